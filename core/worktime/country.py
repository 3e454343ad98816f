"""Public holidays and moved working days of a country, from the ``holidays`` library."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final, Protocol, cast

import holidays

from core.texts.text import Text
from core.worktime.calendar import Calendar
from core.worktime.days import SpecialDay

#: What administrators may choose.
COUNTRIES: Final = {
    "RU": Text("Россия", "Russia"),
    "BY": Text("Беларусь", "Belarus"),
    "KZ": Text("Казахстан", "Kazakhstan"),
}
#: Where the library has Russian names.
_NAMED_IN_RUSSIAN: Final = frozenset({"RU", "BY"})


class _Holidays(Protocol):
    weekend_workdays: set[date]

    def get(self, day: date) -> str | None: ...


@dataclass(frozen=True)
class CountryDays:
    """The production calendar of a country; short days before holidays are not in it (the library has none)."""

    country: str

    def on(self, day: date) -> SpecialDay | None:
        return _special(self.country, day)


def with_country(calendar: Calendar, country: str) -> Calendar:
    """Put a country's calendar over the portal's list and under what people set by hand. Raises ValueError."""
    if country not in COUNTRIES:
        raise ValueError(f"We have no holidays of {country[:20]!r}.")
    return replace(calendar, exceptions=(CountryDays(country), *calendar.exceptions))


@lru_cache(maxsize=8192)
def _special(country: str, day: date) -> SpecialDay | None:
    english = _year(country, day.year, "en_US")
    if day in english.weekend_workdays:
        return SpecialDay.working(note=Text("перенесённый рабочий день", "moved working day"))
    name = english.get(day)
    if name is None:
        return None
    russian = _year(country, day.year, "ru").get(day) if country in _NAMED_IN_RUSSIAN else None
    return SpecialDay.off(Text(russian or "праздничный день", name))


@lru_cache(maxsize=64)
def _year(country: str, year: int, language: str) -> _Holidays:
    return cast(_Holidays, holidays.country_holidays(country, years=year, language=language))
