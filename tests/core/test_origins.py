"""Origins and the grammar of ALLOWED_PORTALS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.origins import CLOUD_RULES, CLOUD_ZONES, BadOrigin, Origin, PortalRule, is_allowed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://Portal.Example.RU", Origin("https", "portal.example.ru", 443)),
        ("https://portal.example.ru/", Origin("https", "portal.example.ru", 443)),
        ("https://portal.example.ru:8443", Origin("https", "portal.example.ru", 8443)),
        ("http://localhost:8088", Origin("http", "localhost", 8088)),
        (" http://127.0.0.1 ", Origin("http", "127.0.0.1", 80)),
        ("https://[::1]:8443", Origin("https", "[::1]", 8443)),
    ],
)
def test_an_origin_is_read(text: str, expected: Origin) -> None:
    assert Origin.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "portal.example.ru",
        "ftp://portal.example.ru",
        "https://",
        "https://portal.example.ru/b24",
        "https://portal.example.ru?x=1",
        "https://portal.example.ru#x",
        "https://user@portal.example.ru",
        "https://portal.example.ru:0",
        "https://portal.example.ru:99999",
        "https://portal..example.ru",
        "https://-portal.example.ru",
        "https://портал.рф",
        "https://portal example.ru",
        "https://*.example.ru",
        "https://[::1",
    ],
)
def test_what_is_more_or_less_than_an_origin_is_refused(text: str) -> None:
    with pytest.raises(BadOrigin):
        Origin.parse(text)


def test_an_origin_is_written_without_its_usual_port() -> None:
    assert str(Origin("https", "a.example", 443)) == "https://a.example"
    assert str(Origin("http", "a.example", 80)) == "http://a.example"
    assert str(Origin("http", "a.example", 443)) == "http://a.example:443"


@given(
    st.sampled_from(["http", "https"]),
    st.from_regex(r"[a-z]([a-z0-9]{0,5})(\.[a-z]{1,6}){0,3}", fullmatch=True),
    st.integers(1, 65535),
)
def test_what_is_written_is_read_again(scheme: str, host: str, port: int) -> None:
    origin = Origin.parse(f"{scheme}://{host}:{port}")
    assert Origin.parse(str(origin)) == origin


@pytest.mark.parametrize(
    ("rule", "allowed", "refused"),
    [
        ("portal.example.ru", "https://portal.example.ru", "http://portal.example.ru"),
        ("portal.example.ru", "https://portal.example.ru:443", "https://portal.example.ru:8443"),
        ("portal.example.ru:8443", "https://portal.example.ru:8443", "https://portal.example.ru"),
        ("http://localhost:8088", "http://localhost:8088", "https://localhost:8088"),
        ("*.example.ru", "https://a.example.ru", "https://example.ru"),
        ("*.example.ru", "https://b.a.example.ru", "https://evilexample.ru"),
        ("https://*.example.ru:8443", "https://a.example.ru:8443", "https://a.example.ru"),
        ("Portal.Example.RU", "https://portal.example.ru", "https://portal.example.ru.evil.example"),
    ],
)
def test_a_rule_allows_exactly_what_it_names(rule: str, allowed: str, refused: str) -> None:
    parsed = PortalRule.parse(rule)
    assert parsed.allows(Origin.parse(allowed))
    assert not parsed.allows(Origin.parse(refused))


@pytest.mark.parametrize(
    "rule", ["", "*", "*.", "*.ru", "a.*.ru", "https://", "portal.example.ru/x", "ftp://a.example"]
)
def test_a_rule_that_says_too_much_or_nothing_is_refused(rule: str) -> None:
    with pytest.raises(BadOrigin):
        PortalRule.parse(rule)


def test_cloud_portals_are_allowed_over_https_only() -> None:
    assert len(set(CLOUD_ZONES)) == 22
    for zone in CLOUD_ZONES:
        assert is_allowed(Origin.parse(f"https://alpha.{zone}"), CLOUD_RULES)
        assert not is_allowed(Origin.parse(f"http://alpha.{zone}"), CLOUD_RULES)
    assert not is_allowed(Origin.parse("https://alpha.bitrix24.ru.evil.example"), CLOUD_RULES)
    assert not is_allowed(Origin.parse("https://bitrix24.ru"), CLOUD_RULES)
