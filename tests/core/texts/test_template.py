"""Ready texts with versions."""

from __future__ import annotations

from typing import Any

import pytest

from core.texts.template import MOST_VARIANTS, BadTemplate, Template, Variant, read_template

BODY: dict[str, Any] = {
    "name": "Спасибо",
    "text": "{client.first_name}, спасибо!",
    "variants": [
        {"language": "en", "text": "Thank you!"},
        {"channel": "telegrambot", "text": "Спасибо :)"},
        {"channel": "telegrambot", "language": "en", "text": "Thanks :)"},
    ],
}


@pytest.mark.parametrize(
    ("channel", "language", "said"),
    [
        ("livechat", "ru", "{client.first_name}, спасибо!"),
        ("livechat", "en", "Thank you!"),
        ("telegrambot", "ru", "Спасибо :)"),
        ("telegrambot", "", "Спасибо :)"),
        ("telegrambot", "en", "Thanks :)"),
        ("", "", "{client.first_name}, спасибо!"),
    ],
)
def test_the_closest_version_is_said(channel: str, language: str, said: str) -> None:
    assert read_template("thanks", BODY).said(channel=channel, language=language) == said


def test_a_channel_decides_before_a_language() -> None:
    template = Template("a", "A", "-", (Variant("en", language="en"), Variant("tg", channel="tg")))
    assert template.said(channel="tg", language="en") == "tg"


def test_it_is_written_as_it_is_read() -> None:
    template = read_template("thanks", BODY)
    assert read_template("thanks", template.as_json()) == template


@pytest.mark.parametrize("code", ["", "Thanks", "1a", "a-b", "a" * 33, "спасибо", "a b"])
def test_impossible_codes(code: str) -> None:
    with pytest.raises(BadTemplate) as bad:
        read_template(code, BODY)
    assert set(bad.value.problems) == {"code"}


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"name": " "}, {"name"}),
        ({"name": "a" * 101}, {"name"}),
        ({"name": 5}, {""}),
        ({"text": "  "}, {"text"}),
        ({"text": None}, {""}),
        ({"text": "{clinet}"}, {"text"}),
        ({"text": "a" * 20_001}, {"text"}),
        ({"text": "", "name": ""}, {"text", "name"}),
        ({"more": 1}, {""}),
        ({"variants": {}}, {""}),
        ({"variants": [1]}, {""}),
        ({"variants": [{"text": "a", "more": 1, "channel": "tg"}]}, {""}),
        ({"variants": [{"text": "a", "channel": 1}]}, {""}),
        ({"variants": [{"text": "a"}] * (MOST_VARIANTS + 1)}, {""}),
        ({"variants": [{"text": "a"}]}, {"variants.0"}),
        ({"variants": [{"channel": "tg", "text": "{b.__c}"}]}, {"variants.0"}),
        ({"variants": [{"channel": "tg bot", "text": "a"}]}, {"variants.0"}),
        ({"variants": [{"language": "eng", "text": "a"}]}, {"variants.0"}),
        ({"variants": [{"channel": "tg", "text": "a"}, {"channel": "TG ", "text": "b"}]}, {"variants.1"}),
    ],
)
def test_everything_wrong_is_said_at_its_place(change: dict[str, Any], places: set[str]) -> None:
    with pytest.raises(BadTemplate) as bad:
        read_template("thanks", {**BODY, **change})
    assert set(bad.value.problems) == places


def test_the_name_that_nobody_can_fill_is_told() -> None:
    with pytest.raises(BadTemplate) as bad:
        read_template("thanks", {**BODY, "text": "Здравствуйте, {clinet}"})
    assert bad.value.problems["text"].ru == "Нет такой подстановки: {clinet}."
