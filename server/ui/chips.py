"""Chips under the search box: each condition in words, with a way to take it away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.runs.filters import Filter
from core.texts.text import Text, as_text, joined
from server.ui.items import item_link
from server.ui.reader import Reader
from server.ui.results import result_of
from server.ui.search import Search, Term
from server.ui.statuses import status_of
from server.ui.words import runs as words

_OR: Final = Text(" или ", " or ")
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in words; ``term`` is the part of the search that it stands for."""

    label: Text
    term: Term


def chips(text: str, search: Search, reader: Reader) -> Iterator[Chip]:
    """Yield one chip for each part of a search, saying how it was understood."""
    for term in search.terms(text):
        yield Chip(_label(term, search.robots, reader), term)


def _label(term: Term, robots: Mapping[str, Text], reader: Reader) -> Text:
    wants = term.wants
    if wants.items:
        return joined((item_link(item, "").label for item in wants.items), _OR)
    if wants.robots:
        return words.CHIP_ROBOT.format(what=joined((robots.get(code) or code for code in wants.robots), _OR))
    if wants.statuses:
        return joined((status_of(code).word for code in wants.statuses), _OR)
    if wants.results:
        return words.CHIP_RESULT.format(what=joined((result_of(code) for code in wants.results), _OR))
    if wants.errors:
        return words.CHIP_ERROR.format(what=joined(wants.errors, _OR))
    if wants.properties:
        name, value = wants.properties[0]
        return as_text(f"{name} = {value}"[:_LONGEST])
    return _period(wants, reader) or words.CHIP_WORD.format(what=" ".join(wants.words)[:_LONGEST])


def _period(wants: Filter, reader: Reader) -> Text | None:
    if wants.since is not None:
        return words.CHIP_AFTER.format(at=_moment(wants.since, reader))
    if wants.until is not None:
        return words.CHIP_BEFORE.format(at=_moment(wants.until, reader))
    return None


def _moment(at: datetime, reader: Reader) -> str:
    local = at.astimezone(reader.zone)
    return reader.day(at) if (local.hour, local.minute) == (0, 0) else f"{reader.day(at)}, {local:%H:%M}"
