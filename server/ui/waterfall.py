"""The waterfall of a run: what took how long, one bar below the other.

A run may work for a second and sleep for a week. On the scale of ``active`` each stretch without work is folded to the
same little width, so that the work between them can be seen; on the scale of ``whole`` time is as long as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from core.bitrix24.command import Json
from core.runs.listing import RunCard
from core.runs.tables import RunEvent
from core.texts.text import Text, as_text
from server.ui.bars import Segment, bar_of
from server.ui.statuses import effect_state
from server.ui.words import run as words

Zoom = Literal["active", "whole"]

#: A folded sleep, and all of them together, in hundredths of the width.
_FOLDED: Final = 9.0
_ALL_FOLDED: Final = 60.0
#: A bar that is thinner cannot be seen.
_THINNEST: Final = 0.4
#: Less than this between two calls is thinking.
_PAUSE: Final = timedelta(seconds=5)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Something that took time; ``counted`` are the pieces of working time in a wait."""

    kind: Literal["wait", "call", "effect"]
    label: Text
    start: datetime
    end: datetime
    tone: str
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Strip:
    """One bar; places are in hundredths of the width, ``pieces`` are those of its own length."""

    span: Span
    x: float
    width: float
    pieces: tuple[Segment, ...]

    @property
    def lasted(self) -> timedelta:
        return self.span.end - self.span.start


@dataclass(frozen=True, slots=True)
class Fold:
    """Where a sleep was folded: its place and how long it was."""

    x: float
    width: float
    lasted: timedelta


@dataclass(frozen=True, slots=True)
class Waterfall:
    """All bars from the beginning until the end, or until now."""

    strips: tuple[Strip, ...]
    folds: tuple[Fold, ...]
    start: datetime
    end: datetime
    zoom: Zoom


def waterfall(card: RunCard, *, now: datetime, zoom: Zoom) -> Waterfall:
    """Draw a run; what has not ended lasts until now."""
    start, end = card.run.created_at, card.run.finished_at or max(now, card.run.created_at)
    spans = sorted(_spans(card, end), key=lambda span: (span.start, span.end))
    end = max([end, *(span.end for span in spans)])
    sleeps = list(_idle(spans, start, end)) if zoom == "active" else []
    place, folds = _scale(start, end, sleeps)
    strips = tuple(_strip(span, place) for span in spans)
    return Waterfall(strips, tuple(folds), start, end, zoom)


def _spans(card: RunCard, end: datetime) -> Iterator[Span]:
    yield from _waits(card.events, end)
    for call in card.calls:
        tone = "red" if call.error or (call.status and call.status >= 400) else "blue"
        yield Span("call", as_text(call.method), call.at, call.at + timedelta(milliseconds=call.milliseconds), tone)
    for effect in card.effects:
        if effect.prepared_at is not None:
            settled = effect.settled_at or end
            tone = effect_state(effect.state).tone
            yield Span(
                "effect", Text.from_json(effect.summary), effect.prepared_at, max(settled, effect.prepared_at), tone
            )


def _waits(events: Sequence[RunEvent], end: datetime) -> Iterator[Span]:
    """A wait ends with the next line of the log, or goes on."""
    for number, event in enumerate(events):
        if event.kind != "waits":
            continue
        following = next((later.at for later in events[number + 1 :] if later.kind not in {"answered", "person"}), end)
        until = max(following, event.at)
        if until - event.at < _SECOND:
            continue
        yield Span("wait", words.KINDS["waits"], event.at, until, "amber", tuple(_pieces(event, until)))


def _pieces(event: RunEvent, until: datetime) -> Iterator[Segment]:
    """The pieces of a wait that count and that do not, in hundredths of what the wait really lasted."""
    data: Json = event.data
    bar = bar_of(event.at, data, now=None)
    if bar is None:
        return
    planned, real = bar.end - bar.start, until - event.at
    for segment in bar.segments:
        begins = max(bar.start + planned * segment.x / 100, event.at)
        ends = min(bar.start + planned * (segment.x + segment.width) / 100, until)
        if ends > begins:
            x, width = (begins - event.at) / real * 100, (ends - begins) / real * 100
            yield Segment(round(x, 2), round(width, 2), segment.counts)


def _idle(spans: Sequence[Span], start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches in which nothing was asked or done."""
    reached = start
    for begins, ends in _merged((span.start, span.end) for span in spans if span.kind != "wait"):
        if begins - reached > _PAUSE:
            yield reached, begins
        reached = max(reached, ends)
    if end - reached > _PAUSE:
        yield reached, end


def _scale(
    start: datetime, end: datetime, sleeps: Sequence[tuple[datetime, datetime]]
) -> tuple[Callable[[datetime], float], list[Fold]]:
    """Return where each moment lies, in hundredths, with the sleeps folded."""
    asleep = sum(((ends - begins) for begins, ends in sleeps), timedelta())
    awake = max((end - start) - asleep, timedelta(milliseconds=1))
    folded = min(_FOLDED, _ALL_FOLDED / len(sleeps)) if sleeps else 0.0
    rest = 100 - folded * len(sleeps)

    def place(at: datetime) -> float:
        x, reached = 0.0, start
        for begins, ends in sleeps:
            if at <= begins:
                break
            x += (begins - reached) / awake * rest
            x += folded * min(1.0, (at - begins) / (ends - begins))
            reached = min(at, ends)
            if at <= ends:
                return x
        return x + max(at - reached, timedelta()) / awake * rest

    return place, [Fold(round(place(begins), 2), folded, ends - begins) for begins, ends in sleeps]


def _merged(sleeps: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    current: tuple[datetime, datetime] | None = None
    for begins, ends in sorted(sleeps):
        if current is not None and begins <= current[1]:
            current = current[0], max(current[1], ends)
        else:
            if current is not None:
                yield current
            current = begins, ends
    if current is not None:
        yield current


def _strip(span: Span, place: Callable[[datetime], float]) -> Strip:
    x, end = place(span.start), place(span.end)
    width = max(end - x, _THINNEST)
    x = min(x, 100 - width)
    pieces = tuple(
        Segment(round(x + width * piece.x / 100, 2), round(width * piece.width / 100, 2), piece.counts)
        for piece in span.segments
    )
    return Strip(span, round(x, 2), round(width, 2), pieces)
