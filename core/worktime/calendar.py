"""A calendar of working time, and the arithmetic of minutes that count only while it is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from itertools import pairwise
from typing import Final, Self
from zoneinfo import ZoneInfo

from core.texts.text import Text
from core.worktime.days import DayKind, Exceptions, SpecialDay
from core.worktime.intervals import ALL_DAY, MINUTES_A_DAY, Hours, Week
from core.worktime.spans import Span
from core.worktime.words import explain as explain_in_words
from core.worktime.zones import moment_at

#: A closed stretch longer than this (days) means that the calendar does not open any more.
LONGEST_CLOSED: Final = 400
#: We do not count further ahead than this (days): sixty years.
HORIZON: Final = 60 * 366

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_NOON: Final = time(12)
_MINUTE: Final = timedelta(minutes=1)


class NeverOpen(Exception):
    """A calendar has no working time ahead, or too little of it; ``text`` says so in one sentence."""

    def __init__(self, name: Text) -> None:
        self.text = Text("Впереди нет рабочего времени: {name}.", "There is no working time ahead: {name}.").format(
            name=name
        )
        super().__init__(self.text.en)


@dataclass(frozen=True)
class Calendar:
    """Weekly hours in a time zone with exceptions by date; ``exceptions`` lie over each other, the first one wins.

    All arguments are aware datetimes and all answers are UTC. Open time holds its opening moment and not its closing
    moment. Durations are absolute: a night when clocks change is an hour longer or shorter.
    """

    week: Week
    zone: ZoneInfo
    name: Text
    exceptions: tuple[Exceptions, ...] = ()

    @classmethod
    def always(cls, zone: ZoneInfo) -> Self:
        """Return the calendar that never closes; its zone only names the days."""
        return cls(Week.of(ALL_DAY), zone, Text("круглосуточно", "around the clock"))

    def with_exceptions(self, *exceptions: Exceptions) -> Self:
        """Lay more exceptions over those that there are."""
        return replace(self, exceptions=(*exceptions, *self.exceptions))

    # --- days ---------------------------------------------------------------------------------------------------

    def hours_on(self, day: date) -> Hours:
        special = self._special(day)
        if special is None:
            return self.week.on(day.weekday())
        return self.week.usual if special.hours is None else special.hours

    def day_kind(self, day: date) -> DayKind:
        special = self._special(day)
        if special is None:
            return DayKind.WORKDAY if self.week.on(day.weekday()) else DayKind.WEEKEND
        if special.kind is DayKind.MOVED and self.week.on(day.weekday()):
            return DayKind.WORKDAY
        return special.kind

    def note_on(self, day: date) -> Text:
        """Return why the day is special, for example the name of the holiday; empty for ordinary days."""
        special = self._special(day)
        return special.note if special else Text("", "")

    def _special(self, day: date) -> SpecialDay | None:
        return next((found for layer in self.exceptions if (found := layer.on(day)) is not None), None)

    # --- arithmetic ---------------------------------------------------------------------------------------------

    def add(self, start: datetime, minutes: int) -> datetime:
        """Return when ``minutes`` (0 or more) of open time have passed since ``start``; always an open moment.

        Zero moves a closed moment to the next opening. What would end at closing time ends at the next opening.
        Raises NeverOpen.
        """
        if minutes < 0:
            raise ValueError("Working minutes are counted forwards only.")
        left, at = minutes * _MINUTE, _utc(start)
        first = at.astimezone(self.zone).date() - 2 * _DAY
        day, last_open, last = first, first, _last_day(first)
        while day < last and (day - last_open).days <= LONGEST_CLOSED:
            if left >= self._week_length and first + 4 * _DAY < day < last - 2 * _WEEK and self._is_ordinary_week(day):
                left -= self._week_length
                last_open = day = day + _WEEK
                continue
            for span in self._pieces_of(day, since=at):
                last_open, at = day, span.end
                if left < span.length:
                    return span.start + left
                left -= span.length
            day += _DAY
        raise NeverOpen(self.name)

    @cached_property
    def _week_length(self) -> timedelta:
        """The open time of a week without exceptions; zero when its hours overlap, or when there are none."""
        minutes = sorted(
            (at * MINUTES_A_DAY + one.start, at * MINUTES_A_DAY + one.end)
            for at in range(8)
            for one in self.week.on(at % 7)
        )
        if any(end > start for (_, end), (start, _) in pairwise(minutes)):
            return timedelta()
        return sum(end - start for start, end in minutes if start < 7 * MINUTES_A_DAY) * _MINUTE

    def _is_ordinary_week(self, day: date) -> bool:
        """Whether the seven days from this one on have their usual hours, and clocks are left alone.

        Such weeks need not be gone through day by day, which is most of a year. The days beside them count, too:
        hours may reach over midnight.
        """
        days = [day + number * _DAY for number in range(-1, 8)]
        if not self._week_length or any(layer.on(one) is not None for layer in self.exceptions for one in days):
            return False
        noons = (datetime.combine(one, _NOON) for one in (*days[::3], days[-1] + _DAY))
        return len({self.zone.utcoffset(noon) for noon in noons}) == 1

    def between(self, a: datetime, b: datetime) -> int:
        """Return the whole open minutes from ``a`` to ``b``; 0 when ``b`` is not later."""
        return self.seconds_between(a, b) // 60

    def seconds_between(self, a: datetime, b: datetime) -> int:
        return int(sum((span.length for span in self.spans(a, b)), timedelta()).total_seconds())

    def spans(self, a: datetime, b: datetime) -> tuple[Span, ...]:
        """Return the open stretches between two moments, cut to them, with neighbours joined."""
        first, last = _utc(a), _utc(b)
        found: list[Span] = []
        for span in self._pieces_until(first, last):
            cut = Span(max(span.start, first), min(span.end, last))
            if cut.end <= cut.start:
                continue
            if found and found[-1].end == cut.start:
                found[-1] = Span(found[-1].start, cut.end)
            else:
                found.append(cut)
        return tuple(found)

    def is_open(self, at: datetime) -> bool:
        moment = _utc(at)
        return any(span.start <= moment < span.end for span in self._pieces_until(moment, moment))

    def next_open(self, at: datetime) -> datetime:
        """Return ``at`` itself when it is open, else the next opening. Raises NeverOpen."""
        return self.add(at, 0)

    def next_close(self, at: datetime) -> datetime | None:
        """Return the first closing after ``at``, of the next open stretch when ``at`` is closed; None: never closes.

        Raises NeverOpen.
        """
        if self.week.never_closes and not self.exceptions:
            return None
        moment = _utc(at)
        end: datetime | None = None
        try:
            for span in self._pieces(moment):
                if end is not None and span.start > end:
                    break
                end = span.end
                if end - moment > LONGEST_CLOSED * _DAY:
                    return None
        except NeverOpen:
            if end is None:
                raise
        return end

    def explain(
        self, start: datetime, due: datetime, *, zone: tzinfo | None = None, now: datetime | None = None
    ) -> Text:
        """Say how the time from ``start`` to ``due`` was counted.

        Clocks and days are those of ``zone``, the reader's (none: the calendar's own); "today" is the day of ``now``
        (none: of ``start``).
        """
        return explain_in_words(self.spans(start, due), due, zone=zone or self.zone, now=now or start)

    # --- open stretches -----------------------------------------------------------------------------------------

    def _pieces(self, at: datetime) -> Iterator[Span]:
        """Yield open stretches that end after ``at``, in order, never overlapping. Raises NeverOpen, never runs on."""
        first = at.astimezone(self.zone).date() - 2 * _DAY
        last_open = first
        for day in _days_from(first):
            for span in self._pieces_of(day, since=at):
                last_open = day
                at = span.end
                yield span
            if (day - last_open).days > LONGEST_CLOSED:
                break
        raise NeverOpen(self.name)

    def _pieces_until(self, first: datetime, last: datetime) -> Iterator[Span]:
        day = first.astimezone(self.zone).date() - 2 * _DAY
        stop = last.astimezone(self.zone).date() + _DAY
        at = first
        while day <= stop:
            for span in self._pieces_of(day, since=at):
                at = span.end
                yield span
            day += _DAY

    def _pieces_of(self, day: date, *, since: datetime) -> Iterator[Span]:
        """Yield the open stretches of one day, cut at ``since``."""
        for interval in sorted(self.hours_on(day)):
            start = max(moment_at(day, interval.start, self.zone), since)
            end = moment_at(day, interval.end, self.zone)
            if start < end:
                since = end
                yield Span(start, end)


def _days_from(first: date) -> Iterable[date]:
    return (first + n * _DAY for n in range((_last_day(first) - first).days))


def _last_day(first: date) -> date:
    """Return the day before which counting from ``first`` ends."""
    return first + min(HORIZON, (date.max - 4 * _DAY - first).days) * _DAY


def _utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("Working time is counted between aware datetimes only.")
    return at.astimezone(UTC)
