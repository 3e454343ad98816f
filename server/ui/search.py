"""What a person types into the search box becomes a filter.

``deal:4812``, ``lead:``, ``contact:``, ``company:``, ``spa:128/77``, ``robot:``, ``status:``, ``result:``, ``err:``,
``after:2026-11-20``, ``before:``, an address of a card copied from the portal, and plain words; all of it must hold.
A value with spaces stands in double quotes.
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
_TERM: Final = re.compile(r'(?:([a-zа-яё]{2,10}):)?(?:"([^"]*)"|(\S+))', re.IGNORECASE)
_CARD: Final = re.compile(r"/crm/(deal|lead|contact|company)/(?:details|show)/([0-9]{1,9})(?![0-9])", re.ASCII)
_DYNAMIC_CARD: Final = re.compile(r"/type/([0-9]{1,9})/details/([0-9]{1,9})(?![0-9])", re.ASCII)
_NUMBER: Final = re.compile(r"#?([0-9]{1,9})", re.ASCII)
_PAIR: Final = re.compile(r"([0-9]{1,9})[/:]([0-9]{1,9})", re.ASCII)
_RUSSIAN: Final = {
    **{"сделка": "deal", "лид": "lead", "контакт": "contact", "компания": "company", "робот": "robot"},
    **{"статус": "status", "итог": "result", "ошибка": "err", "после": "after", "до": "before"},
}


@dataclass(frozen=True, slots=True)
class Search:
    """What the words of a search may refer to: the robots by code, and the zone in which days begin."""

    robots: Mapping[str, Text]
    zone: tzinfo

    def read(self, text: str) -> Filter:
        """Return the filter; what fits no rule is a plain word, so nothing typed is ever an error."""
        wanted = Filter()
        for name, value in _terms(text):
            wanted = self._with(wanted, name, value)
        return wanted

    def _with(self, wanted: Filter, name: str, value: str) -> Filter:
        if item := _item(name, value):
            return replace(wanted, items=(*wanted.items, item))
        rule = self._rules().get(name)
        more = rule(wanted, value) if rule else None
        if more is not None:
            return more
        word = f"{name}:{value}" if name else value
        return replace(wanted, words=(*wanted.words, word)) if word else wanted

    def _rules(self) -> Mapping[str, Callable[[Filter, str], Filter | None]]:
        return {
            "robot": self._robot,
            "status": _status,
            "result": lambda wanted, value: replace(wanted, results=(*wanted.results, value.lower())),
            "err": lambda wanted, value: replace(wanted, errors=(*wanted.errors, value)),
            "after": self._after,
            "before": self._before,
        }

    def _robot(self, wanted: Filter, value: str) -> Filter:
        lower = value.lower()
        found = [
            code
            for code, name in self.robots.items()
            if lower in code or lower in name.ru.lower() or lower in name.en.lower()
        ]
        return replace(wanted, robots=(*wanted.robots, *(found or [lower])))

    def _after(self, wanted: Filter, value: str) -> Filter | None:
        day = _day(value)
        return None if day is None else replace(wanted, since=self._begins(day))

    def _before(self, wanted: Filter, value: str) -> Filter | None:
        day = _day(value)
        return None if day is None else replace(wanted, until=self._begins(day))

    def _begins(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)


def _terms(text: str) -> Iterator[tuple[str, str]]:
    for number, match in enumerate(_TERM.finditer(text[:LONGEST])):
        if number == MOST_WORDS:
            return
        name = (match[1] or "").lower()
        if name in {"http", "https"}:
            name = ""
            yield "", match[0]
            continue
        yield _RUSSIAN.get(name, name), match[2] if match[2] is not None else match[3]


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


def _status(wanted: Filter, value: str) -> Filter:
    return replace(wanted, statuses=(*wanted.statuses, *(statuses_called(value) or [value.lower()])))


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if abs(day.year - 2050) < 80 else None
