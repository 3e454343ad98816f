"""Days that differ from the ordinary week: holidays, short days, moved working days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol, Self

from core.texts.text import Text
from core.worktime.intervals import Hours


class DayKind(StrEnum):
    """What a day is; the values are those that ``working_time`` returns."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SHORT = "short"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day with hours of its own; ``hours`` None means the usual hours of a working day."""

    kind: DayKind
    hours: Hours | None = ()
    note: Text = field(default=Text("", ""))

    @classmethod
    def off(cls, note: Text | None = None) -> Self:
        return cls(DayKind.HOLIDAY, (), note or Text("", ""))

    @classmethod
    def short(cls, hours: Hours, note: Text | None = None) -> Self:
        return cls(DayKind.SHORT, hours, note or Text("", ""))

    @classmethod
    def working(cls, hours: Hours | None = None, note: Text | None = None) -> Self:
        return cls(DayKind.MOVED, hours, note or Text("", ""))


class Exceptions(Protocol):
    """Something that knows special days; several lie over each other, the first that knows the day decides."""

    def on(self, day: date) -> SpecialDay | None: ...


@dataclass(frozen=True)
class DatedDays:
    """Special days by their full date."""

    days: Mapping[date, SpecialDay]

    def on(self, day: date) -> SpecialDay | None:
        return self.days.get(day)


@dataclass(frozen=True)
class YearlyDays:
    """Special days that come back each year, by (month, day)."""

    days: Mapping[tuple[int, int], SpecialDay]

    def on(self, day: date) -> SpecialDay | None:
        return self.days.get((day.month, day.day))
