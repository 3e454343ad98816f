"""A table of shifts as people write it: read strictly, and written as it is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.bitrix24.command import Json
from core.worktime.intervals import DAY_CODES, MINUTES_A_DAY, Interval
from core.worktime.rota import PlannedShift

MOST_LINES: Final = 3000
_LARGEST: Final = 2**31 - 1
_LONGEST_ZONE: Final = 64
_FIELDS: Final = frozenset({"user", "weekday", "date", "from", "to", "zone"})
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class BadRoster(ValueError):
    """A table that cannot be kept."""


def read_roster(value: Json, *, zone: ZoneInfo) -> list[PlannedShift]:
    """Read the lines; ``zone`` is that of a line which names none. Raises BadRoster.

    ``from`` and ``to`` are wall clocks, ``to`` not later than ``from`` is the next day's; both None is a day off, which
    only a date can be. Whoever works in two zones would have days of two lengths, so an employee has one zone.
    """
    if not isinstance(value, list) or len(value) > MOST_LINES:
        raise BadRoster("no list of lines")
    shifts = [_shift(line, zone) for line in value]
    if len(set(shifts)) != len(shifts):
        raise BadRoster("a line twice")
    zones: dict[int, ZoneInfo] = {}
    if any(zones.setdefault(shift.user_id, shift.zone) != shift.zone for shift in shifts):
        raise BadRoster("an employee in two zones")
    off = {(shift.user_id, shift.day) for shift in shifts if shift.hours is None}
    if any((shift.user_id, shift.day) in off for shift in shifts if shift.hours is not None):
        raise BadRoster("a day that is off and worked")
    return shifts


def shift_json(shift: PlannedShift) -> dict[str, Json]:
    """Write a line as `read_roster` reads it."""
    return {
        "user": shift.user_id,
        "weekday": DAY_CODES[shift.weekday] if shift.weekday is not None else None,
        "date": shift.day.isoformat() if shift.day is not None else None,
        "from": _clock(shift.hours.start) if shift.hours else None,
        "to": _clock(shift.hours.end) if shift.hours else None,
        "zone": shift.zone.key,
    }


def _shift(line: Json, zone: ZoneInfo) -> PlannedShift:
    if not isinstance(line, dict) or not line.keys() <= _FIELDS:
        raise BadRoster("no line")
    weekday, day = _weekday(line.get("weekday")), _day(line.get("date"))
    hours = _hours(line)
    if (weekday is None) == (day is None) or (hours is None and day is None):
        raise BadRoster("neither a weekday nor a date, or both")
    return PlannedShift(_user(line.get("user")), hours, _zone(line.get("zone"), zone), weekday, day)


def _user(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _LARGEST:
        raise BadRoster("no employee")
    return value


def _weekday(value: Json) -> int | None:
    if value is None:
        return None
    if value not in DAY_CODES:
        raise BadRoster("no day of the week")
    return DAY_CODES.index(str(value))


def _day(value: Json) -> date | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise BadRoster("no date")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadRoster("no date") from None


def _hours(line: Mapping[str, Json]) -> Interval | None:
    opens, closes = line.get("from"), line.get("to")
    if opens is None and closes is None:
        return None
    start, end = _minutes(opens), MINUTES_A_DAY if closes == "24:00" else _minutes(closes)
    return Interval(start, end if end > start else end + MINUTES_A_DAY)


def _minutes(value: Json) -> int:
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise BadRoster("no time of day")
    return int(match.group(1)) * 60 + int(match.group(2))


def _zone(value: Json, default: ZoneInfo) -> ZoneInfo:
    if value is None or value == "":
        return default
    if not isinstance(value, str) or len(value) > _LONGEST_ZONE or value.startswith(("/", ".")) or ".." in value:
        raise BadRoster("no zone")
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        raise BadRoster("no zone") from None


def _clock(minutes: int) -> str:
    if minutes == MINUTES_A_DAY:
        return "24:00"
    in_day = minutes % MINUTES_A_DAY
    return f"{in_day // 60:02d}:{in_day % 60:02d}"
