"""Counting that goes beyond minutes ahead: minutes back, and whole working days either way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from core.worktime.calendar import HORIZON, LONGEST_CLOSED, Calendar, NeverOpen
from core.worktime.zones import moment_at

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
#: So many days are looked at in one go.
_STRETCH = 31


def shifted(calendar: Calendar, at: datetime, minutes: int) -> datetime:
    """Return the moment so many working minutes later, or earlier when they are negative; 0 moves to an opening."""
    return calendar.add(at, minutes) if minutes >= 0 else back(calendar, at, -minutes)


def back(calendar: Calendar, end: datetime, minutes: int) -> datetime:
    """Return the latest open moment from which ``minutes`` (1 or more) of open time pass until ``end``.

    Raises NeverOpen.
    """
    if minutes < 1:
        raise ValueError("Counting back needs a minute or more.")
    left = minutes * _MINUTE
    until, last_open = end.astimezone(UTC), end.astimezone(UTC)
    first_possible = until - min(HORIZON, (until.date() - date.min).days - 3) * _DAY
    while until > first_possible and until > last_open - LONGEST_CLOSED * _DAY:
        since = max(until - _STRETCH * _DAY, first_possible)
        for span in reversed(calendar.spans(since, until)):
            if left <= span.length:
                return span.end - left
            left -= span.length
            last_open = span.start
        until = since
    raise NeverOpen(calendar.name)


def minutes_between(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Return the working minutes from one moment to another; negative when the other is earlier."""
    return calendar.between(start, end) if end >= start else -calendar.between(end, start)


def add_days(calendar: Calendar, start: datetime, days: int) -> datetime:
    """Return the same time of day so many working days later or earlier.

    What begins outside of working time begins at the next opening (0 days: just that; backwards: as it stands). Where
    that day is shorter, the end of its hours is meant, so that the day is never another one. Raises NeverOpen.
    """
    begins = calendar.next_open(start) if days >= 0 else start.astimezone(UTC)
    if days == 0:
        return begins
    local = begins.astimezone(calendar.zone)
    day = _working_day(calendar, local.date(), days)
    wanted = moment_at(day, local.hour * 60 + local.minute, calendar.zone) + timedelta(seconds=local.second)
    hours = sorted(calendar.hours_on(day))
    opens = moment_at(day, hours[0].start, calendar.zone)
    closes = max(moment_at(day, one.end, calendar.zone) for one in hours)
    if wanted >= closes:
        return closes
    return calendar.next_open(max(wanted, opens))


def _working_day(calendar: Calendar, first: date, days: int) -> date:
    step, left, closed = (_DAY if days > 0 else -_DAY), abs(days), 0
    day = first
    while left:
        if closed > LONGEST_CLOSED or not date.min + 4 * _DAY < day < date.max - 4 * _DAY:
            raise NeverOpen(calendar.name)
        day += step
        works = bool(calendar.hours_on(day))
        left, closed = left - works, 0 if works else closed + 1
    return day
