"""Places in a message that are filled in: no language, one pass, nothing is evaluated.

``{name}``, ``{name.part}`` and ``{name.part, default "…"}``; braces of any other form are literal text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 20_000

_PLACE = re.compile(r'\{\s*([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)?)\s*(?:,\s*default\s+"([^"{}]*)"\s*)?\}', re.ASCII)
#: Families whose parts are known by the item, not by us; a name with double underscores is nobody's field.
_OPEN_FAMILIES: Final = frozenset({"client", "contact", "company", "deal", "lead", "item"})
#: Names that we fill ourselves.
_KNOWN: Final = frozenset(
    {
        "company",
        "operator.name",
        "operator.first_name",
        "operator.last_name",
        "operator.position",
        "line.name",
        "calendar.next_open",
    }
)


class TooLong(ValueError):
    """The filled text is longer than a message may be."""


class Missing(ValueError):
    """A value is missing and the text has no default for it; the message is its name."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place: its name and what stands there when the value is missing (None: nothing was said)."""

    name: str
    default: str | None


def places(template: str) -> Iterator[Place]:
    for match in _PLACE.finditer(template):
        yield Place(match.group(1), match.group(2))


def first_unknown(template: str) -> str | None:
    """Return the first name of the right form that nobody can fill, so that a typo never reaches a client."""
    return next((place.name for place in places(template) if not is_known(place.name)), None)


def is_known(name: str) -> bool:
    family, dot, part = name.partition(".")
    return name in _KNOWN or (bool(dot) and family in _OPEN_FAMILIES and "__" not in part)


def families(template: str) -> frozenset[str]:
    """Return what must be read to fill the text: ``contact``, ``company``, …"""
    return frozenset(place.name.partition(".")[0] for place in places(template))


def fill(template: str, values: Mapping[str, str], *, blank: bool = False) -> str:
    """Fill every place once; values are never scanned again.

    A missing or empty value takes the place's own default; without one it is an empty string when ``blank``, else
    Missing is raised. Raises TooLong above 20 000 characters.
    """

    def filled(match: re.Match[str]) -> str:
        name, default = match.group(1), match.group(2)
        value = values.get(name, "")
        if value:
            return value
        if default is None and not blank:
            raise Missing(name)
        return default or ""

    text = _PLACE.sub(filled, template)
    if len(text) > LONGEST:
        raise TooLong
    return text
