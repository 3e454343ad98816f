"""The working hours of an open line, by the rule that Bitrix24 itself follows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.bitrix24.command import Json
from core.texts.text import Text
from core.worktime.calendar import Calendar
from core.worktime.days import SpecialDay, YearlyDays
from core.worktime.intervals import MINUTES_A_DAY, Hours, Interval, Week

LAST_MINUTE: Final = MINUTES_A_DAY - 1
DAYS_IN_MONTH: Final = 31
_DAY_OF_YEAR: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})", re.ASCII)


def from_line(config: Mapping[str, Json], *, portal_zone: ZoneInfo) -> Calendar:
    """Build the calendar from the ``WORKTIME_*`` fields of ``imopenlines.config.get``.

    The rule is that of imopenlines/lib/automaticaction/worktime.php: in the line's zone (none: the server's), not a
    ``DAYOFF``, not a ``HOLIDAYS`` day, ``FROM <= time <= TO`` as numbers. So hours over midnight never match there, and
    such a line has no open time here either. Bitrix24 counts the whole minute of ``TO`` in; we close at its beginning,
    as people read "until 18:00", except for 23.59, which is the whole day.
    """
    zone = _zone(config.get("WORKTIME_TIMEZONE"), portal_zone)
    name = _name(config)
    if config.get("WORKTIME_ENABLE") == "N":
        return Calendar(Calendar.always(zone).week, zone, name)
    hours = hours_of(config.get("WORKTIME_FROM"), config.get("WORKTIME_TO"))
    holidays = yearly(words_of(config.get("WORKTIME_HOLIDAYS")), SpecialDay.off())
    week = Week.of(hours, off=words_of(config.get("WORKTIME_DAYOFF")))
    return Calendar(week, zone, name, (holidays,) if holidays.days else ())


def hours_of(opens: Json, closes: Json) -> Hours:
    """Read the numbers ``"9"``, ``"18.30"`` and ``"18.3"`` (which is 18:30 too) as the hours of a day."""
    start, end = clock_minutes(opens), clock_minutes(closes)
    end = MINUTES_A_DAY if end >= LAST_MINUTE else end
    return (Interval(start, end),) if start < end else ()


def clock_minutes(number: Json) -> int:
    """Return minutes after midnight; after the point stand minutes, padded on the right; nonsense is 0 as in PHP."""
    hours, _, minutes = str(number if number is not None else "").strip().replace(":", ".").partition(".")
    if not (hours.isascii() and hours.isdigit()):
        return 0
    part = int(minutes.ljust(2, "0")[:2]) if minutes.isascii() and minutes.isdigit() else 0
    return min(int(hours) * 60 + min(part, 60), MINUTES_A_DAY)


def words_of(value: Json) -> tuple[str, ...]:
    """Read a list or a comma-separated string; ``[""]`` is how Bitrix24 writes an empty list."""
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return tuple(word for part in parts if (word := str(part or "").strip()))


def yearly(days: tuple[str, ...], special: SpecialDay) -> YearlyDays:
    """Read ``dd.mm`` (also ``1.1``); what is no such date is passed over."""
    found = {}
    for text in days:
        match = _DAY_OF_YEAR.fullmatch(text)
        if match and 1 <= int(match[2]) <= 12 and 1 <= int(match[1]) <= DAYS_IN_MONTH:
            found[(int(match[2]), int(match[1]))] = special
    return YearlyDays(found)


def _zone(name: Json, portal_zone: ZoneInfo) -> ZoneInfo:
    if not isinstance(name, str) or not name.strip():
        return portal_zone
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return portal_zone


def _name(config: Mapping[str, Json]) -> Text:
    title = str(config.get("LINE_NAME") or config.get("ID") or "")
    return Text("часы линии «{line}»", "hours of the line “{line}”").format(line=title)
