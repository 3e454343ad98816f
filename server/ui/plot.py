"""The dot plot over the list: each dot is runs that began together, high when they took long, hollow when not over."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from babel.dates import format_date

from core.db import to_millis
from core.runs.filters import Filter
from core.runs.picture import LANES, Cell
from core.texts.text import Text, plural
from server.ui.reader import Reader
from server.ui.statuses import status_of
from server.ui.words import runs as words

LANE_HEIGHT: Final = 8
HEIGHT: Final = LANE_HEIGHT * (len(LANES) + 2)
_DAY: Final = timedelta(days=1)
_MOST_COLUMNS: Final = 112
#: A picture of more dots is a cloud, and a heavy one.
_MOST_DOTS: Final = 480
_STEPS: Final = tuple(timedelta(minutes=number) for number in (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 10080))
_TICKS: Final = tuple(timedelta(hours=number) for number in (1, 2, 4, 8, 24, 48, 120, 240, 720, 2160))
#: Lanes whose upper bound is written beside the picture.
_NAMED_LANES: Final = (0, 3, 5, 7)
_BAD: Final = frozenset({"failed", "unknown", "rejected", "refused", "quarantined"})
_OPEN: Final = frozenset({"waiting", "running", "retrying", "parked", "held"})


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time in columns of ``step``; ``now`` is where the future begins."""

    since: datetime
    step: timedelta
    columns: int
    now: datetime

    @property
    def until(self) -> datetime:
        return self.since + self.step * self.columns

    def place(self, at: datetime) -> float:
        """Return where a moment lies, in hundredths of the width."""
        return round((at - self.since) / (self.until - self.since) * 100, 2)

    def column(self, number: int) -> tuple[datetime, datetime]:
        begins = self.since + self.step * number
        return begins, begins + self.step

    def coarser(self) -> Window:
        """The same stretch with two columns in one."""
        return Window(self.since, self.step * 2, math.ceil(self.columns / 2), self.now)


@dataclass(frozen=True, slots=True)
class Dot:
    """``x`` in hundredths of the width, ``y`` and ``radius`` in pixels; ``run_id`` when it is one run."""

    x: float
    y: float
    radius: float
    tone: str
    shape: str
    title: Text
    run_id: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Level:
    """A line of the scale of durations."""

    y: float
    label: Text


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything that the picture is drawn from."""

    window: Window
    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    scale: tuple[Level, ...]
    now_x: float | None
    summary: Text
    #: What a script needs to say a moment of the picture in the portal's own time.
    since_ms: int
    until_ms: int
    offset_minutes: int


def window_of(wanted: Filter, now: datetime) -> Window:
    """Return the stretch that a filter asks for, of the last day when it asks for none; a bit of the future behind."""
    until = min(wanted.until or now, now)
    since = wanted.since if wanted.since is not None and wanted.since < until else until - _DAY
    ahead = (until - since) / 6 if wanted.until is None or wanted.until > now else timedelta(0)
    length = until - since + ahead
    step = next((step for step in _STEPS if length / step <= _MOST_COLUMNS), length / _MOST_COLUMNS)
    first = since - (since - datetime.min.replace(tzinfo=since.tzinfo)) % step
    return Window(first, step, max(1, math.ceil((until + ahead - first) / step)), now)


def plot_of(window: Window, cells: Iterable[Cell], planned: Iterable[Cell], reader: Reader) -> Plot:
    """Place the dots; what ended badly is drawn last, so that nothing hides it."""
    began, ahead = list(cells), list(planned)
    while len(began) + len(ahead) > _MOST_DOTS and window.columns > 1:
        window, began, ahead = window.coarser(), _paired(began), _paired(ahead)
    drawn = sorted(began, key=lambda cell: (cell.status in _BAD, -cell.count))
    dots = [_dot(cell, window, reader) for cell in drawn]
    dots += [_ahead(cell, window, reader) for cell in ahead]
    now_x = window.place(window.now)
    offset = reader.now.astimezone(reader.zone).utcoffset() or timedelta(0)
    return Plot(
        window=window,
        dots=tuple(dots),
        ticks=tuple(_ticks(window, reader)),
        scale=tuple(Level(_height(lane) - LANE_HEIGHT / 2, words.lane_label(LANES[lane])) for lane in _NAMED_LANES),
        now_x=now_x if 0 <= now_x <= 100 else None,
        summary=_summary(began, window, reader),
        since_ms=to_millis(window.since),
        until_ms=to_millis(window.until),
        offset_minutes=offset // timedelta(minutes=1),
    )


def _paired(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells of a window that is half as fine."""
    joined: dict[tuple[int, int, str], Cell] = {}
    for cell in cells:
        place = cell.column // 2, cell.lane, cell.status
        known = joined.get(place)
        count, run_id = (known.count, max(known.run_id, cell.run_id)) if known else (0, cell.run_id)
        joined[place] = Cell(*place, count + cell.count, run_id)
    return list(joined.values())


def _dot(cell: Cell, window: Window, reader: Reader) -> Dot:
    since, until = window.column(cell.column)
    shape = "bad" if cell.status in _BAD else "open" if cell.status in _OPEN else "over"
    status = status_of(cell.status)
    title = words.PLOT_DOT.format(
        at=reader.due(since), runs=_runs(cell.count), status=status.word, length=_lane(cell.lane)
    )
    return Dot(
        x=round((cell.column + 0.5) / window.columns * 100, 2),
        y=_height(cell.lane),
        radius=_radius(cell.count),
        tone=status.tone,
        shape=shape,
        title=title,
        run_id=cell.run_id if cell.count == 1 else "",
        since=since,
        until=until,
    )


def _ahead(cell: Cell, window: Window, reader: Reader) -> Dot:
    since, until = window.column(cell.column)
    return Dot(
        x=round((cell.column + 0.5) / window.columns * 100, 2),
        y=_height(0),
        radius=_radius(cell.count),
        tone="amber",
        shape="ahead",
        title=words.PLOT_AHEAD.format(at=reader.due(since), runs=_runs(cell.count)),
        run_id=cell.run_id if cell.count == 1 else "",
        since=since,
        until=until,
    )


def _height(lane: int) -> float:
    return HEIGHT - LANE_HEIGHT * (lane + 1.2)


def _radius(count: int) -> float:
    return round(min(2.6 + 0.9 * math.log2(count), 7), 1)


def _lane(lane: int) -> Text:
    return words.LONGER if lane >= len(LANES) else words.UP_TO.format(length=words.lane_length(LANES[lane]))


def _runs(number: int) -> Text:
    return plural(number, ("запуск", "запуска", "запусков"), ("run", "runs"))


def _ticks(window: Window, reader: Reader) -> Iterator[Tick]:
    length = window.until - window.since
    apart = next((tick for tick in _TICKS if length / tick <= 9), _TICKS[-1])
    local = window.since.astimezone(reader.zone)
    at = local.replace(hour=0, minute=0, second=0, microsecond=0)
    while at < window.until:
        place = window.place(at)
        if 2 < place < 97:
            yield Tick(place, _tick_label(at, apart, reader))
        at = (at + apart) if apart < _DAY else (at + apart).replace(hour=0)


def _tick_label(at: datetime, apart: timedelta, reader: Reader) -> str:
    day = format_date(at, "d MMM", locale=reader.locale)
    return day if apart >= _DAY or (at.hour, at.minute) == (0, 0) else f"{at:%H:%M}"


def _summary(cells: Sequence[Cell], window: Window, reader: Reader) -> Text:
    bad = sum(cell.count for cell in cells if cell.status in _BAD)
    return words.PLOT_SUMMARY.format(
        runs=_runs(sum(cell.count for cell in cells)),
        bad=bad,
        since=reader.due(window.since),
        until=reader.due(min(window.now, window.until)),
    )
