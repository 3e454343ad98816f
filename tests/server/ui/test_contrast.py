"""Colours of texts can be read on their grounds: at least 4.5 to 1 in both themes (WCAG AA)."""

from __future__ import annotations

import re

import pytest

from server.ui.assets import FOLDER

TONES = ("green", "red", "amber", "blue", "violet", "grey")
PAIRS = [
    *((tone, f"{tone}-soft") for tone in TONES),
    *(
        (text, ground)
        for text in ("text", "text-2", "text-3", "link")
        for ground in ("page", "card", "card-2", "card-3")
    ),
    *(
        ("red", "card"),
        ("green", "card"),
        ("violet", "card"),
        ("amber", "card"),
        ("blue", "card"),
        ("on-primary", "primary"),
    ),
]


def themes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r"(:root[^{]*)\{([^}]*)\}", (FOLDER / "tokens.css").read_text())
    read = [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6});", block)) for _, block in blocks]
    return {"light": read[0], "dark": read[0] | read[1]}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(letter * 2 for letter in colour[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_texts_can_be_read(theme: str, text: str, ground: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[text], colours[ground]) >= 4.5
