"""What is hidden in raw data, and what is not."""

from __future__ import annotations

import pytest

from core.bitrix24.command import Json
from server.ui.masking import HIDDEN, LONGEST, masked, masked_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Позвоните +7 912 345-67-89 до обеда", f"Позвоните {HIDDEN} до обеда"),
        ("8(912)345-67-89", HIDDEN),
        ("+442071838750", HIDDEN),
        ("пишите anna.ivanova+crm@example.co.uk!", f"пишите {HIDDEN}!"),
        ("заказ 4820, сумма 1500000", "заказ 4820, сумма 1500000"),
        ("2026-11-23T09:00:00+00:00", "2026-11-23T09:00:00+00:00"),
        ("65a1b2c3d4e5f6.00000001", "65a1b2c3d4e5f6.00000001"),
        ("", ""),
    ],
)
def test_texts(text: str, shown: str) -> None:
    assert masked_text(text) == shown


def test_long_texts_are_cut() -> None:
    assert len(masked_text("я" * 5000)) == LONGEST + 1


@pytest.mark.parametrize(
    "name", ["access_token", "AUTH_ID", "refresh", "client_secret", "password", "event_token", "apikey", "signature"]
)
def test_keys_are_hidden_by_their_name(name: str) -> None:
    assert masked({name: "abc"}) == {name: HIDDEN}
    assert masked({"deep": [{name: "abc"}]}) == {"deep": [{name: HIDDEN}]}


def test_the_rest_keeps_its_shape() -> None:
    value: Json = {"minutes": 30, "on": True, "none": None, "list": ["a", 1.5], "text": "design"}
    assert masked(value) == value
    assert masked({"token": ""}) == {"token": ""}
