"""A wait as a bar: what counts, what does not, and where we are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.bitrix24.command import Json


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the bar; ``x`` and ``width`` are in hundredths of its length."""

    x: float
    width: float
    counts: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A wait from ``start`` to ``end``; ``now_at`` is where the present lies, None when it lies outside."""

    start: datetime
    end: datetime
    segments: tuple[Segment, ...]
    counted: timedelta
    now_at: float | None


def bar_of(started_at: datetime, data: Json, *, now: datetime) -> Bar | None:
    """Read what the log keeps of a wait; None when there is nothing to draw.

    ``data`` has ``due`` and ``counted``, a list of pairs, all in ISO 8601.
    """
    if not isinstance(data, dict) or (due := _moment(data.get("due"))) is None or due <= started_at:
        return None
    spans = _clipped(list(_spans(data)), started_at, due) or [(started_at, due)]
    counted = timedelta(seconds=round(sum((end - start).total_seconds() for start, end in spans)))
    place = (now - started_at) / (due - started_at) * 100
    segments = tuple(_segments(spans, started_at, due))
    return Bar(started_at, due, segments, counted, round(place, 2) if 0 <= place <= 100 else None)


def _spans(data: Mapping[str, Json]) -> Iterator[tuple[datetime, datetime]]:
    counted = data.get("counted")
    for pair in counted if isinstance(counted, list) else []:
        if isinstance(pair, list) and len(pair) == 2:
            start, end = _moment(pair[0]), _moment(pair[1])
            if start is not None and end is not None and start < end:
                yield start, end


def _clipped(spans: list[tuple[datetime, datetime]], start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    inside = [(max(begins, start), min(ends, end)) for begins, ends in sorted(spans)]
    return [(begins, ends) for begins, ends in inside if begins < ends]


def _segments(spans: list[tuple[datetime, datetime]], start: datetime, end: datetime) -> Iterator[Segment]:
    length = end - start
    reached = start
    for begins, ends in spans:
        if begins > reached:
            yield _segment(reached, begins, start, length, counts=False)
        yield _segment(begins, ends, start, length, counts=True)
        reached = ends
    if reached < end:
        yield _segment(reached, end, start, length, counts=False)


def _segment(begins: datetime, ends: datetime, start: datetime, length: timedelta, *, counts: bool) -> Segment:
    return Segment(round((begins - start) / length * 100, 2), round((ends - begins) / length * 100, 2), counts)


def _moment(value: Json) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
