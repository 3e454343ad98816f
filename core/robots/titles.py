"""Titles of dialogs: how two of them are compared, and how a long one is cut."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from typing import Final

#: What ``im.chat.updateTitle`` keeps of a title (openlines.md part 6).
LONGEST: Final = 255

_QUOTES: Final = re.compile("[\"'`«»„“”‟‚‘’‛‹›″′]")
_DASHES: Final = re.compile(r"\s*[-\u2010-\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]\s*")
_EDGES: Final = ".,;:()"

#: Legal forms in the writings that mean the same; where one stands in a title does not matter.
_FORMS: Final = {
    "ооо": ("ооо", "общество с ограниченной ответственностью", "llc"),
    "ао": ("ао", "акционерное общество", "jsc"),
    "зао": ("зао", "закрытое акционерное общество", "cjsc"),
    "оао": ("оао", "открытое акционерное общество", "ojsc"),
    "пао": ("пао", "публичное акционерное общество", "pjsc"),
    "нао": ("нао", "непубличное акционерное общество"),
    "ип": ("ип", "индивидуальный предприниматель"),
    "тоо": ("тоо", "товарищество с ограниченной ответственностью"),
    "одо": ("одо", "общество с дополнительной ответственностью"),
    "чуп": ("чуп", "частное унитарное предприятие"),
    "уп": ("уп", "унитарное предприятие"),
    "ано": ("ано", "автономная некоммерческая организация"),
    "нко": ("нко", "некоммерческая организация"),
    "ltd": ("ltd", "limited"),
    "inc": ("inc", "incorporated"),
    "corp": ("corp", "corporation"),
    "plc": ("plc",),
    "llp": ("llp",),
    "gmbh": ("gmbh",),
}
_CODES: Final = {tuple(writing.split()): code for code, writings in _FORMS.items() for writing in writings}
_LONGEST_FORM: Final = max(map(len, _CODES))


def same_title(one: str, other: str, *, exactly: bool = False) -> bool:
    """Compare two titles, letter by letter or as `normalised` does; entities of HTML are read in both ways."""
    if exactly:
        return unescape(one) == unescape(other)
    return normalised(one) == normalised(other)


def normalised(title: str) -> str:
    """Return a title without what makes no difference to a reader.

    Case, repeated spaces, the kind of dash and of quotes, ``ё``, and where a legal form stands: «БС — ООО "Ромашка"»
    is «бс - ромашка ооо».
    """
    plain = unicodedata.normalize("NFKC", unescape(title)).casefold().replace("ё", "е")
    parts = _DASHES.split(_QUOTES.sub("", plain))
    return "-".join(filter(None, map(_ordered, parts)))


def _ordered(part: str) -> str:
    """Return the words of a part between two dashes, legal forms last."""
    words = [word.strip(_EDGES) or word for word in part.split()]
    kept: list[str] = []
    forms: list[str] = []
    at = 0
    while at < len(words):
        length, code = _form_at(words, at)
        if code:
            forms.append(code)
        else:
            kept.append(words[at])
        at += length
    return " ".join([*kept, *sorted(forms)])


def _form_at(words: list[str], at: int) -> tuple[int, str]:
    for length in range(min(_LONGEST_FORM, len(words) - at), 0, -1):
        code = _CODES.get(tuple(words[at : at + length]))
        if code is not None:
            return length, code
    return 1, ""


def trimmed(title: str) -> str:
    """Return a title in one line, cut behind a whole word to what the portal keeps."""
    line = " ".join(title.split())
    if len(line) <= LONGEST:
        return line
    cut = line[: LONGEST + 1]
    head, _, _ = cut.rpartition(" ")
    return head.rstrip() or line[:LONGEST]
