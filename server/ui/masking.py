"""Raw data for people's eyes: without keys, telephone numbers and mail addresses.

An administrator may have the last two shown to administrators; keys are never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from core.bitrix24.command import Json

#: The setting by which a portal has personal data hidden; it does unless it says otherwise.
MASKING: Final = "masking"
HIDDEN: Final = "•••"
#: More than a screen of one text helps nobody.
LONGEST: Final = 2000

_SECRET_NAMES: Final = re.compile(
    r"token|secret|password|passwd|auth|refresh|access|sign(ature)?$|api_?key|cookie|session_key", re.IGNORECASE
)
_MAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
#: Nine digits and more, with what people put between them; dates and shorter numbers stay.
_PHONE: Final = re.compile(r"(?<![\w.:-])\+?\d(?:[ ()-]{0,2}\d){9,14}(?![\w.:-])")


_whole: ContextVar[bool] = ContextVar("whole", default=False)


@contextmanager
def shown_whole(whole: bool) -> Iterator[None]:
    """Show telephone numbers and mail addresses to whom this request answers, if he may see them."""
    before = _whole.set(whole)
    try:
        yield
    finally:
        _whole.reset(before)


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
    shown = text[: LONGEST + 1]
    if not _whole.get():
        shown = _PHONE.sub(HIDDEN, _MAIL.sub(HIDDEN, shown))
    return shown if len(text) <= LONGEST else f"{shown[:LONGEST]}…"
