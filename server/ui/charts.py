"""Charts as places and sizes: stacked bars of days, a heat map of the week, a distribution."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core.runs.figures import Count

#: The height of the bars of days, in pixels.
DAYS_HEIGHT: Final = 150
#: Statuses from the ground up; those that are not named lie on top.
STACK: Final = (
    *("done", "skipped", "cancelled", "waiting", "running", "retrying", "parked", "held"),
    *("failed", "rejected", "refused", "quarantined", "unknown"),
)
#: Upper bounds of the answer times, in working minutes; the last has none.
ANSWERS: Final = (5, 15, 30, 60, 120, 240)


@dataclass(frozen=True, slots=True)
class Part:
    """Runs of one status within a day; ``y`` and ``height`` in pixels."""

    status: str
    count: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Day:
    """One bar; ``x`` and ``width`` in hundredths of the width."""

    day: date
    since: datetime
    until: datetime
    total: int
    x: float
    width: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Warm:
    """An hour of a weekday (0 is Monday); ``warmth`` of the fullest is 4, of an empty one 0."""

    weekday: int
    hour: int
    count: int
    warmth: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """Answers within some minutes; ``upper`` is None for all that took longer."""

    lower: int
    upper: int | None
    count: int
    share: float


def days_of(counts: Iterable[Count], since: datetime, until: datetime, zone: ZoneInfo) -> list[Day]:
    """Stack runs by the local day on which they began."""
    by_day: dict[date, Counter[str]] = {}
    for count in counts:
        by_day.setdefault(count.at.astimezone(zone).date(), Counter())[count.status] += count.count
    first, last = since.astimezone(zone).date(), (until - timedelta(milliseconds=1)).astimezone(zone).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    highest = max((sum(found.values()) for found in by_day.values()), default=0) or 1
    width = 100 / len(days)
    return [
        _day(day, by_day.get(day, Counter()), number * width, width, highest, zone) for number, day in enumerate(days)
    ]


def _day(day: date, found: Mapping[str, int], x: float, width: float, highest: int, zone: ZoneInfo) -> Day:
    parts, y = [], float(DAYS_HEIGHT)
    for status in sorted(found, key=lambda code: STACK.index(code) if code in STACK else len(STACK)):
        height = found[status] / highest * (DAYS_HEIGHT - 8)
        y -= height
        parts.append(Part(status, found[status], round(y, 1), round(height, 1)))
    since = datetime(day.year, day.month, day.day, tzinfo=zone)
    gap = width * 0.12
    return Day(
        day=day,
        since=since,
        until=since + timedelta(days=1),
        total=sum(found.values()),
        x=round(x + gap, 2),
        width=round(width - 2 * gap, 2),
        parts=tuple(parts),
    )


def week_of(counts: Iterable[Count], zone: ZoneInfo) -> list[Warm]:
    """Count runs by the weekday and the hour at which they began."""
    found: Counter[tuple[int, int]] = Counter()
    for count in counts:
        local = count.at.astimezone(zone)
        found[local.weekday(), local.hour] += count.count
    highest = max(found.values(), default=0) or 1
    return [
        Warm(weekday, hour, found[weekday, hour], _warmth(found[weekday, hour], highest))
        for weekday in range(7)
        for hour in range(24)
    ]


def _warmth(count: int, highest: int) -> int:
    return 0 if not count else min(4, 1 + int(count / highest * 3.999))


def buckets_of(minutes: Mapping[int, int], bounds: Sequence[int] = ANSWERS) -> list[Bucket]:
    """Sort answers by how long they took; ``share`` is the part of all."""
    total = sum(minutes.values()) or 1
    edges = [(lower, upper) for lower, upper in zip((-1, *bounds), (*bounds, None), strict=True)]
    counts = [
        sum(count for taken, count in minutes.items() if taken > lower and (upper is None or taken <= upper))
        for lower, upper in edges
    ]
    return [
        Bucket(max(lower, 0), upper, count, round(count / total, 4))
        for (lower, upper), count in zip(edges, counts, strict=True)
    ]


def middle_of(numbers: Mapping[int, int]) -> int | None:
    """Return the median of numbers that are told by how often each came; None of none."""
    total = sum(numbers.values())
    passed = 0
    for number in sorted(numbers):
        passed += numbers[number]
        if passed * 2 > total:
            return number
    return None
