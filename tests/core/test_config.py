"""Settings: every variable of the table, what it refuses, and the sentence it refuses with."""

import base64
import os
from pathlib import Path

import pytest

from core.config import Settings, SettingsError, load, read_keys
from core.origins import CLOUD_RULES, PortalRule

KEY = base64.urlsafe_b64encode(bytes(range(224, 256))).decode()
OLD_KEY = base64.urlsafe_b64encode(bytes(32)).decode()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("DEZHURNY_")]:
        monkeypatch.delenv(name)


def loaded(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"DEZHURNY_{name}", value)
    return load(env_file=None)


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    with pytest.raises(SettingsError) as error:
        loaded(monkeypatch, **variables)
    return str(error.value)


def test_without_variables_the_defaults_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch)
    assert settings.database_url == "sqlite+aiosqlite:///var/dezhurny.db"
    assert settings.redis_url == ""
    assert settings.oauth_hosts == ("https://oauth.bitrix24.tech", "https://oauth.bitrix.info")
    assert settings.portal_rules == CLOUD_RULES
    assert (settings.language, settings.log_retention_days) == ("ru", 30)
    assert not settings.allow_private_networks
    assert not settings.store_message_text
    assert settings.key_ring == ()
    assert settings.data_dir == Path("var")


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, LANGUAGE="", LOG_RETENTION_DAYS="", OAUTH_HOSTS="").language == "ru"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "dezhurny.example.ru"),
        ("PUBLIC_URL", "https://dezhurny.example.ru/app"),
        ("PUBLIC_URL", "https://localhost"),
        ("SECRET_KEYS", "short"),
        ("SECRET_KEYS", f"{KEY},?"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "sqlite+aiosqlite:///"),
        ("DATABASE_URL", "sqlite+aiosqlite:///:memory:"),
        ("DATABASE_URL", "postgresql://localhost/x"),
        ("REDIS_URL", "localhost:6379"),
        ("OAUTH_HOSTS", "oauth.bitrix24.tech"),
        ("OAUTH_HOSTS", "https://oauth.bitrix24.tech/oauth/token/"),
        ("OAUTH_HOSTS", ","),
        ("ALLOWED_PORTALS", "*"),
        ("ALLOWED_PORTALS", "portal.example.ru,https://"),
        ("ALLOW_PRIVATE_NETWORKS", "perhaps"),
        ("LANGUAGE", "de"),
        ("LOG_RETENTION_DAYS", "2"),
        ("LOG_RETENTION_DAYS", "month"),
        ("STORE_MESSAGE_TEXT", "2"),
        ("METRICS_TOKEN", "two words"),
        ("METRICS_TOKEN", "жетон"),
        ("CLOCK_URL", "http://127.0.0.1:8088/_sandbox/clock"),
    ],
)
def test_a_wrong_value_is_refused_with_one_sentence_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    sentence = refusal(monkeypatch, **{name: value})
    assert f"DEZHURNY_{name} " in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_clock_address_must_be_http(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = refusal(monkeypatch, CLOCK_URL="file:///etc/passwd", ALLOW_PRIVATE_NETWORKS="true")
    assert sentence == "DEZHURNY_CLOCK_URL must be an http address."


def test_a_clock_is_allowed_where_private_networks_are(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "http://127.0.0.1:8088/_sandbox/clock"
    assert loaded(monkeypatch, CLOCK_URL=url, ALLOW_PRIVATE_NETWORKS="true").clock_url == url


def test_a_refusal_never_repeats_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "CANARY" not in refusal(monkeypatch, SECRET_KEYS="CANARY")
    assert "CANARY" not in refusal(monkeypatch, DATABASE_URL="postgres://user:CANARY@host/x")


def test_no_secret_is_in_the_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(
        monkeypatch,
        CLIENT_SECRET="CANARY1",
        SECRET_KEYS=KEY,
        METRICS_TOKEN="CANARY2",
        DATABASE_URL="postgresql+asyncpg://user:CANARY3@host/x",
        REDIS_URL="redis://:CANARY4@host",
    )
    assert "CANARY" not in repr(settings)
    assert KEY not in repr(settings)


def test_keys_come_newest_first_and_may_lack_padding(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, SECRET_KEYS=f"{KEY.rstrip('=')}, {OLD_KEY}")
    assert settings.key_ring == (bytes(range(224, 256)), bytes(32))


@pytest.mark.parametrize("text", [KEY.replace("-", "+").replace("_", "/"), KEY[:-5], f"{KEY}A", "ключ"])
def test_a_key_in_another_alphabet_or_length_is_none(text: str) -> None:
    with pytest.raises(Exception, match="32 bytes"):
        read_keys(text)


def test_addresses_lose_their_final_slash_and_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, PUBLIC_URL=" https://Dezhurny.example.ru/ ", OAUTH_HOSTS="http://127.0.0.1:8088/ ,")
    assert settings.public_url == "https://dezhurny.example.ru"
    assert settings.oauth_hosts == ("http://127.0.0.1:8088",)


def test_portals_that_are_named_replace_the_cloud_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, ALLOWED_PORTALS="http://localhost:8088,*.example.ru")
    assert settings.portal_rules == (PortalRule.parse("http://localhost:8088"), PortalRule.parse("*.example.ru"))


def test_the_data_folder_is_where_the_database_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, DATABASE_URL="sqlite+aiosqlite:////srv/dezhurny/main.db")
    assert settings.database_file == Path("/srv/dezhurny/main.db")
    assert settings.data_dir == Path("/srv/dezhurny")


def test_on_postgresql_the_data_folder_is_var(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, DATABASE_URL="postgresql+asyncpg://user@host/x")
    assert settings.database_file is None
    assert settings.data_dir == Path("var")


def test_a_command_names_what_it_cannot_do_without(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, CLIENT_ID="local.1", SECRET_KEYS=KEY)
    settings.needs("CLIENT_ID", "SECRET_KEYS")
    with pytest.raises(SettingsError, match=r"^DEZHURNY_CLIENT_SECRET is not set; .*\.$"):
        settings.needs("CLIENT_ID", "CLIENT_SECRET", "PUBLIC_URL")


def test_the_file_is_read_below_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# comment\nDEZHURNY_LANGUAGE=en\nDEZHURNY_CLIENT_ID='local.1'\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("DEZHURNY_CLIENT_ID", "local.2")
    settings = load(file)
    assert (settings.language, settings.client_id) == ("en", "local.2")


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"DEZHURNY_CLIENT_ID=\xff\xfe")
    with pytest.raises(SettingsError, match=r"^The settings file .*\.env cannot be read\.$"):
        load(file)
