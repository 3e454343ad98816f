"""Raw data for people's eyes: without keys, telephone numbers and mail addresses."""

from __future__ import annotations

import re
from typing import Final

from core.bitrix24.command import Json

HIDDEN: Final = "•••"
#: More than a screen of one text helps nobody.
LONGEST: Final = 2000

_SECRET_NAMES: Final = re.compile(
    r"token|secret|password|passwd|auth|refresh|access|sign(ature)?$|api_?key|cookie|session_key", re.IGNORECASE
)
_MAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
#: Nine digits and more, with what people put between them; dates and shorter numbers stay.
_PHONE: Final = re.compile(r"(?<![\w.:-])\+?\d(?:[ ()-]{0,2}\d){9,14}(?![\w.:-])")


def masked(value: Json, name: str = "") -> Json:
    """Return the same shape with what must not be seen replaced."""
    match value:
        case dict():
            return {str(key): masked(item, str(key)) for key, item in value.items()}
        case list():
            return [masked(item, name) for item in value]
        case str() if value and _SECRET_NAMES.search(name):
            return HIDDEN
        case str():
            return masked_text(value)
        case _:
            return value


def masked_text(text: str) -> str:
    """Hide telephone numbers and mail addresses in a text, and cut what is too long to read."""
    shown = _PHONE.sub(HIDDEN, _MAIL.sub(HIDDEN, text[: LONGEST + 1]))
    return shown if len(text) <= LONGEST else f"{shown[:LONGEST]}…"
