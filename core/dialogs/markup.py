"""Take the markup of Bitrix24 and quotations of other people's words out of a message.

Clients write these texts, so everything here takes time in proportion to the length, whatever is written.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

_QUOTE_LINE: Final = "-" * 20
_QUOTE_OPENS: Final = "[quote"
_QUOTE_CLOSES: Final = "[/quote]"
_TAG: Final = re.compile(r"\[/?[a-z][a-z0-9]{0,15}(?:[= ][^\[\]]*)?\]", re.IGNORECASE)
_BREAK: Final = re.compile(r"\[br\]", re.IGNORECASE)
#: Without any of these a text is what its author said; most are.
_MARKS: Final = re.compile(r"[\[&]|>>|-{20}")


def said_plainly(text: str) -> str:
    """Return what the author himself said, without markup.

    Bitrix24 writes a quotation between two lines of dashes, or as ``[QUOTE]`` or ``>>``.
    """
    if _MARKS.search(text) is None:
        return "\n".join(text.splitlines()).strip()
    kept: list[str] = []
    in_quote = False
    for line in _without_quote_tags(_BREAK.sub("\n", unescape(text))).splitlines():
        if line.strip().startswith(_QUOTE_LINE):
            in_quote = not in_quote
        elif not in_quote and not line.lstrip().startswith(">>"):
            kept.append(line)
    return _TAG.sub(" ", "\n".join(kept)).strip()


def _without_quote_tags(text: str) -> str:
    """Cut out what stands between ``[quote…]`` and ``[/quote]``; one that is not closed is left."""
    lowered = text.lower()
    if len(lowered) != len(text):
        return text
    kept: list[str] = []
    at = 0
    while (opens := lowered.find(_QUOTE_OPENS, at)) >= 0:
        closes = lowered.find(_QUOTE_CLOSES, opens)
        if closes < 0:
            break
        kept.append(text[at:opens])
        at = closes + len(_QUOTE_CLOSES)
    kept.append(text[at:])
    return " ".join(kept)
