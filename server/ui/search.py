"""What a person types into the search box becomes a filter, and chips that say how it was understood.

``deal:4812``, ``lead:``, ``contact:``, ``company:``, ``spa:128/77``, ``robot:``, ``status:``, ``result:``, ``err:``,
``after:2026-11-20`` or ``after:2026-11-20T14:05``, ``before:``, ``prop.chain=sales``, an address of a card copied from
the portal, and plain words; all of it must hold. A value with spaces stands in double quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from typing import Final

from core.bitrix24.documents import COMPANY, CONTACT, DEAL, FIRST_DYNAMIC, LEAD, Item
from core.runs.filters import Filter
from core.texts.text import Text
from server.ui.statuses import statuses_called

LONGEST: Final = 200
MOST_WORDS: Final = 12

_TYPES: Final = {"deal": DEAL, "lead": LEAD, "contact": CONTACT, "company": COMPANY}
_VALUE: Final = r'(?:"([^"]*)"|(\S+))'
_TERM: Final = re.compile(rf"(?:(?:([a-zа-яё]{{2,10}}):|prop\.([a-z0-9_]{{1,60}})=))?{_VALUE}", re.IGNORECASE)
_CARD: Final = re.compile(r"/crm/(deal|lead|contact|company)/(?:details|show)/([0-9]{1,9})(?![0-9])", re.ASCII)
_DYNAMIC_CARD: Final = re.compile(r"/type/([0-9]{1,9})/details/([0-9]{1,9})(?![0-9])", re.ASCII)
_NUMBER: Final = re.compile(r"#?([0-9]{1,9})", re.ASCII)
_PAIR: Final = re.compile(r"([0-9]{1,9})[/:]([0-9]{1,9})", re.ASCII)
_RUSSIAN: Final = {
    **{"сделка": "deal", "лид": "lead", "контакт": "contact", "компания": "company", "робот": "robot"},
    **{"статус": "status", "итог": "result", "ошибка": "err", "после": "after", "до": "before"},
}


@dataclass(frozen=True, slots=True)
class Term:
    """One part of what was typed: ``text`` as it stands there, from ``start`` to ``end``.

    ``name`` is the word before the colon in English, ``prop`` for a property; ``wants`` is what it alone asks for.
    """

    text: str
    start: int
    end: int
    name: str
    value: str
    wants: Filter


@dataclass(frozen=True, slots=True)
class Search:
    """What the words of a search may refer to: the robots by code, and the zone in which days begin."""

    robots: Mapping[str, Text]
    zone: tzinfo

    def read(self, text: str) -> Filter:
        """Return the filter; what fits no rule is a plain word, so nothing typed is ever an error."""
        wanted = Filter()
        for term in self.terms(text):
            wanted = _both(wanted, term.wants)
        return wanted

    def terms(self, text: str) -> Iterator[Term]:
        """Yield the parts of a search in their order, each with what it asks for."""
        for number, match in enumerate(_TERM.finditer(text[:LONGEST])):
            if number == MOST_WORDS:
                return
            name, value = _named(match)
            if value or name:
                yield Term(match[0], match.start(), match.end(), name, value, self._wants(name, value, match[2]))

    def _wants(self, name: str, value: str, name_of_property: str | None) -> Filter:
        if name_of_property:
            return Filter(properties=((name_of_property.lower(), value),))
        if item := _item(name, value):
            return Filter(items=(item,))
        if not name and (alone := _alone(value)) is not None:
            return alone
        rule = self._rules().get(name)
        more = rule(value) if rule else None
        return more if more is not None else Filter(words=(f"{name}:{value}" if name else value,))

    def _rules(self) -> Mapping[str, Callable[[str], Filter | None]]:
        return {
            "robot": self._robot,
            "status": lambda value: Filter(statuses=statuses_called(value) or (value.lower(),)),
            "result": lambda value: Filter(results=(value.lower(),)),
            "err": lambda value: Filter(errors=(value,)),
            "after": lambda value: Filter(since=at) if (at := self._moment(value)) else None,
            "before": lambda value: Filter(until=at) if (at := self._moment(value)) else None,
        }

    def _robot(self, value: str) -> Filter:
        lower = value.lower()
        found = [
            code
            for code, name in self.robots.items()
            if lower in code or lower in name.ru.lower() or lower in name.en.lower()
        ]
        return Filter(robots=tuple(found) or (lower,))

    def _moment(self, value: str) -> datetime | None:
        """Read a day or a moment; without an offset it is that of the zone."""
        try:
            at = datetime.fromisoformat(value) if "T" in value else datetime.combine(date.fromisoformat(value), time())
        except ValueError:
            return None
        return (at if at.tzinfo else at.replace(tzinfo=self.zone)) if abs(at.year - 2050) < 80 else None


def _alone(value: str) -> Filter | None:
    """A number with its sign is an item of any kind, and the word of a status that status."""
    if value.startswith("#") and (match := _NUMBER.fullmatch(value)):
        return Filter(items=tuple(Item(kind, int(match[1])) for kind in _TYPES.values()))
    if statuses := statuses_called(value):
        return Filter(statuses=statuses)
    return None


def without(text: str, term: Term) -> str:
    """Return what was typed without one of its parts."""
    return " ".join(f"{text[: term.start]} {text[term.end :]}".split())


def _both(one: Filter, other: Filter) -> Filter:
    """Join two filters: both must hold, but of several items, robots or statuses one is enough."""
    return replace(
        one,
        items=one.items + other.items,
        robots=one.robots + other.robots,
        statuses=one.statuses + other.statuses,
        results=one.results + other.results,
        errors=one.errors + other.errors,
        words=one.words + other.words,
        properties=one.properties + other.properties,
        since=max((at for at in (one.since, other.since) if at), default=None),
        until=min((at for at in (one.until, other.until) if at), default=None),
    )


def _named(match: re.Match[str]) -> tuple[str, str]:
    name = (match[1] or "").lower()
    value = match[3] if match[3] is not None else match[4]
    if match[2]:
        return "prop", value
    if name in {"http", "https"}:
        return "", match[0]
    return _RUSSIAN.get(name, name), value


def _item(name: str, value: str) -> Item | None:
    if not name:
        return _pasted(value)
    if name in _TYPES and (match := _NUMBER.fullmatch(value)):
        return _valid(_TYPES[name], int(match[1]))
    if name == "spa" and (match := _PAIR.fullmatch(value)):
        return _valid(int(match[1]), int(match[2]))
    return None


def _pasted(value: str) -> Item | None:
    if match := _CARD.search(value):
        return _valid(_TYPES[match[1]], int(match[2]))
    if match := _DYNAMIC_CARD.search(value):
        return _valid(int(match[1]), int(match[2]))
    return None


def _valid(entity_type_id: int, number: int) -> Item | None:
    known = entity_type_id in _TYPES.values() or entity_type_id >= FIRST_DYNAMIC
    return Item(entity_type_id, number) if known and number else None
