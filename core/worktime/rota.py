"""Shifts that people planned: our own table of them, or a schedule of the portal; both become calendars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from core.bitrix24.command import Json
from core.bitrix24.wire import as_bool_yn, as_dict, as_int, as_list, as_str
from core.texts.text import Text
from core.worktime.calendar import Calendar, NeverOpen
from core.worktime.days import DatedDays, DayKind, SpecialDay
from core.worktime.intervals import MINUTES_A_DAY, Hours, Interval, Week

#: A gap within a day that is not longer is a break, and the shift goes on after it.
LONGEST_BREAK: Final = timedelta(hours=3)
#: A shift ends within this time; whoever works longer is always on shift.
_LONGEST_SHIFT: Final = timedelta(days=3)

_OURS: Final = Text("наша таблица смен", "our table of shifts")
_PORTALS: Final = Text("график портала «{name}»", "the portal's schedule “{name}”")


@dataclass(frozen=True, slots=True)
class PlannedShift:
    """A line of the table: each week on ``weekday`` (0 is Monday), or on one ``day``; ``hours`` None: off then."""

    user_id: int
    hours: Interval | None
    zone: ZoneInfo
    weekday: int | None = None
    day: date | None = None


@dataclass(frozen=True)
class Rota:
    """Everybody's planned shifts; a line for a date takes the place of what the week says."""

    calendars: Mapping[int, Calendar] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, shifts: Iterable[PlannedShift]) -> Rota:
        lines: dict[int, list[PlannedShift]] = {}
        for shift in shifts:
            lines.setdefault(shift.user_id, []).append(shift)
        return cls(MappingProxyType({user_id: _calendar(found) for user_id, found in lines.items()}))

    def of_user(self, user_id: int) -> Calendar | None:
        """Return when this employee works, None when nobody planned it."""
        return self.calendars.get(user_id)


def _calendar(lines: list[PlannedShift]) -> Calendar:
    weekly: list[Hours] = []
    for number in range(7):
        weekly.append(tuple(line.hours for line in lines if line.weekday == number and line.hours))
    dated: dict[date, SpecialDay] = {}
    for line in lines:
        if line.day is None:
            continue
        before = dated[line.day].hours or () if line.day in dated else ()
        hours = (*before, line.hours) if line.hours else before
        dated[line.day] = SpecialDay(DayKind.MOVED if hours else DayKind.HOLIDAY, hours)
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = weekly
    week = Week((monday, tuesday, wednesday, thursday, friday, saturday, sunday))
    return Calendar(week, lines[0].zone, _OURS, (DatedDays(dated),) if dated else ())


def from_schedule(result: Json, *, zone: ZoneInfo) -> Calendar | None:
    """Read the answer of ``timeman.schedule.get``; None when there is no such schedule or it has no hours.

    Times are seconds after midnight, ``WORK_DAYS`` are ``"12345"`` with 1 for Monday. Exclusions are by year, month
    from 0 on, and day (the source of the module keeps them as JavaScript counts; UNPROVEN), and mean a day off.
    """
    fields = as_dict(result)
    weekly: list[list[Interval]] = [[] for _ in range(7)]
    for row in map(as_dict, as_list(fields.get("SHIFTS"))):
        hours = _hours(row)
        if hours is None or as_bool_yn(row.get("DELETED")) is True:
            continue
        for number in {int(letter) for letter in as_str(row.get("WORK_DAYS")) if letter in "1234567"}:
            weekly[number - 1].append(hours)
    if not any(weekly):
        return None
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = map(tuple, weekly)
    off = _exclusions(as_dict(fields.get("CALENDAR")).get("EXCLUSIONS"))
    name = _PORTALS.format(name=as_str(fields.get("NAME")) or as_str(fields.get("ID")))
    week = Week((monday, tuesday, wednesday, thursday, friday, saturday, sunday))
    return Calendar(week, zone, name, (DatedDays(off),) if off else ())


def _hours(row: Mapping[str, Json]) -> Interval | None:
    start, end = as_int(row.get("WORK_TIME_START")), as_int(row.get("WORK_TIME_END"))
    if start is None or end is None or not 0 <= start < 86_400 or not 0 <= end <= 86_400:
        return None
    opens, closes = start // 60, end // 60
    return Interval(opens, closes if closes > opens else closes + MINUTES_A_DAY)


def _exclusions(value: Json) -> dict[date, SpecialDay]:
    found: dict[date, SpecialDay] = {}
    for year, months in as_dict(value).items():
        for month, days in as_dict(months).items():
            for day in as_dict(days):
                numbers = as_int(year), as_int(month), as_int(day)
                if (at := _date(*numbers)) is not None:
                    found[at] = SpecialDay.off()
    return found


def _date(year: int | None, month: int | None, day: int | None) -> date | None:
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month + 1, day)
    except ValueError:
        return None


def shift_end(calendar: Calendar, at: datetime) -> datetime | None:
    """Return when the shift ends that is on at a moment, or the next one when none is; None: it never does.

    A break within the day does not end it.
    """
    try:
        end = calendar.next_close(at)
        while end is not None and end - at < _LONGEST_SHIFT:
            opens = calendar.next_open(end)
            if opens - end > LONGEST_BREAK or _another_day(calendar, end, opens):
                return end
            end = calendar.next_close(opens)
    except NeverOpen:
        return _last_end(calendar, at)
    return None


def _last_end(calendar: Calendar, at: datetime) -> datetime | None:
    """Return the last end there is in a calendar that does not open any more."""
    spans = calendar.spans(at, at + _LONGEST_SHIFT)
    return spans[-1].end if spans else None


def on_break(calendar: Calendar, at: datetime) -> datetime | None:
    """Return when the break ends that a moment lies in; None when it lies in a shift or between two of them."""
    before = calendar.spans(at - LONGEST_BREAK, at)
    if not before or calendar.is_open(at):
        return None
    try:
        opens = calendar.next_open(at)
    except NeverOpen:
        return None
    end = before[-1].end
    return opens if opens - end <= LONGEST_BREAK and not _another_day(calendar, end, opens) else None


def _another_day(calendar: Calendar, end: datetime, opens: datetime) -> bool:
    return end.astimezone(calendar.zone).date() != opens.astimezone(calendar.zone).date()
