"""Hours of one day and of one week, as wall-clock minutes without a date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from core.texts.text import Text

MINUTES_A_DAY: Final = 24 * 60

#: The days as Bitrix24 names them, Monday first as ``date.weekday()`` counts them.
DAY_CODES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """An open stretch from ``start`` up to ``end``, minutes after local midnight; ``end`` may lie in the next day."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < MINUTES_A_DAY or not self.start < self.end <= self.start + MINUTES_A_DAY:
            raise ValueError(f"{self.start}-{self.end} is no stretch of a day in minutes.")

    @classmethod
    def between(cls, opens: str, closes: str) -> Self:
        """Read ``("09:00", "18:00")``; a closing not later than the opening is the next day's."""
        start, end = _minutes(opens), _minutes(closes)
        return cls(start, end if end > start else end + MINUTES_A_DAY)

    @property
    def text(self) -> Text:
        words = f"{_clock(self.start)}–{_clock(self.end)}"
        return Text(words, words)


Hours = tuple[Interval, ...]

ALL_DAY: Final[Hours] = (Interval(0, MINUTES_A_DAY),)


@dataclass(frozen=True, slots=True)
class Week:
    """The hours of an ordinary week, one tuple for each day from Monday on; an empty one is a day off."""

    days: tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]

    @classmethod
    def of(cls, hours: Hours, *, off: Iterable[str] = ()) -> Self:
        """Give every day the same hours, but none to the days in ``off`` (``SA``, ``SU``; other words do nothing)."""
        closed = {code.strip().upper() for code in off}
        monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
            () if code in closed else hours for code in DAY_CODES
        )
        return cls((monday, tuesday, wednesday, thursday, friday, saturday, sunday))

    def on(self, weekday: int) -> Hours:
        return self.days[weekday]

    @property
    def usual(self) -> Hours:
        """The hours of the first working day, which a moved working day takes over."""
        return next((hours for hours in self.days if hours), ())

    @property
    def never_closes(self) -> bool:
        return all(hours == ALL_DAY for hours in self.days)


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes or 0)


def _clock(minutes: int) -> str:
    in_day = minutes if minutes <= MINUTES_A_DAY else minutes - MINUTES_A_DAY
    return f"{in_day // 60:02d}:{in_day % 60:02d}"
