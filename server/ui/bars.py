"""A wait as a bar: what counts, what does not, and where we are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.bitrix24.command import Json
from core.worktime.words import as_shown

#: What is due so soon is no wait: moments are rounded up to a second.
_AT_ONCE: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the bar; ``x`` and ``width`` are in hundredths of its length."""

    x: float
    width: float
    counts: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A wait from ``start`` to ``end``; ``now_at`` is where the present lies, None when it does not matter.

    ``by_calendar``: working time was counted; without it all time is alike.
    """

    start: datetime
    end: datetime
    segments: tuple[Segment, ...]
    counted: timedelta
    now_at: float | None
    by_calendar: bool = True


def bar_of(said_at: datetime, data: Json, *, now: datetime | None) -> Bar | None:
    """Read what the log keeps of a wait; None when there is nothing to draw.

    ``data`` has ``due`` and ``counted``, a list of pairs, all in ISO 8601. Counting may have begun before it was said:
    a client waits since his message, not since our look at it. ``now`` is None for a wait that is over.
    """
    if not isinstance(data, dict) or (due := _moment(data.get("due"))) is None or due - said_at <= _AT_ONCE:
        return None
    told = _until(due, sorted(_spans(data)))
    spans = told or [(said_at, due)]
    start = min(said_at, spans[0][0])
    counted = sum((as_shown(begins, ends) for begins, ends in spans), timedelta())
    place = (now - start) / (due - start) * 100 if now else -1
    segments = tuple(_segments(spans, start, due))
    return Bar(
        start, due, segments, counted, now_at=round(place, 2) if 0 <= place <= 100 else None, by_calendar=bool(told)
    )


def _spans(data: Mapping[str, Json]) -> Iterator[tuple[datetime, datetime]]:
    counted = data.get("counted")
    for pair in counted if isinstance(counted, list) else []:
        if isinstance(pair, list) and len(pair) == 2:
            start, end = _moment(pair[0]), _moment(pair[1])
            if start is not None and end is not None and start < end:
                yield start, end


def _until(due: datetime, spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    inside = [(begins, min(ends, due)) for begins, ends in spans]
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
