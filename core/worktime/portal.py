"""The working hours of the whole company, as the portal's calendar settings have them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from core.bitrix24.command import Json
from core.texts.text import Text
from core.worktime.calendar import Calendar
from core.worktime.days import DatedDays, Exceptions, SpecialDay
from core.worktime.intervals import Week
from core.worktime.line import hours_of, words_of, yearly

_FULL_DATE: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", re.ASCII)


def from_portal(settings: Mapping[str, Json], *, zone: ZoneInfo) -> Calendar:
    """Build the calendar from the answer of ``calendar.settings.get``, which names no time zone.

    ``work_time_start`` and ``work_time_end`` are ``"9"`` or ``"9.30"``; ``year_holidays`` and ``year_workdays`` are
    ``"1.01,2.01"`` (calendar/calendar-settings-get.md). A day in both lists works.
    """
    hours = hours_of(_or(settings.get("work_time_start"), "9"), _or(settings.get("work_time_end"), "18"))
    week = Week.of(hours, off=words_of(settings.get("week_holidays")))
    layers = (
        *_days(words_of(settings.get("year_workdays")), SpecialDay.working()),
        *_days(words_of(settings.get("year_holidays")), SpecialDay.off()),
    )
    return Calendar(week, zone, Text("рабочее время портала", "working time of the portal"), layers)


def _or(value: Json, default: str) -> Json:
    return default if value is None or value == "" else value


def _days(texts: tuple[str, ...], special: SpecialDay) -> tuple[Exceptions, ...]:
    dated = DatedDays({day: special for text in texts if (day := _full_date(text)) is not None})
    each_year = yearly(texts, special)
    return tuple(layer for layer in (dated, each_year) if layer.days)


def _full_date(text: str) -> date | None:
    """Read ``dd.mm.yyyy``, which administrators also type into these fields."""
    match = _FULL_DATE.fullmatch(text)
    if match is None:
        return None
    day, month, year = map(int, match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
