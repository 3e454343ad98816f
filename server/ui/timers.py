"""The page of timers: what will fire, when, and why then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from starlette.responses import HTMLResponse

from core.db import Database
from core.robots import AnyRobot
from core.runs.cursor import BadCursor, Sort
from core.runs.filters import Filter
from core.runs.listing import Listing, RunLine
from core.runs.own_robots import OWN_ROBOTS
from core.runs.picture import planned
from core.runs.waits import Wait, last_waits
from core.texts.text import Text, as_text
from core.worktime.words import duration
from server.ui.asked import Asked, asked_filter
from server.ui.bars import Bar, bar_of
from server.ui.chips import chips
from server.ui.items import ItemLink, item_link
from server.ui.pages import Pages, Visit
from server.ui.queries import PAGE, Query, bad_request
from server.ui.search import Search
from server.ui.state import LATE
from server.ui.statuses import Status, status_of
from server.ui.words.ahead import ahead_of

HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Timer:
    """A run that sleeps; ``bar`` is how its wait was reckoned, ``late`` how long ago it should have fired."""

    line: RunLine
    status: Status
    robot: Text
    item: ItemLink
    ahead: Text
    bar: Bar | None
    late: Text | None


@dataclass(frozen=True, slots=True)
class Hour:
    """What fires within one of the next hours; ``height`` of the fullest is 1."""

    since: datetime
    until: datetime
    count: int
    height: float


class Timers:
    """Answers for ``/ui/timers``."""

    def __init__(self, pages: Pages, listing: Listing, catalogue: Mapping[str, AnyRobot], database: Database) -> None:
        self._pages = pages
        self._listing = listing
        self._database = database
        self._names = {code: robot.name for code, robot in {**catalogue, **OWN_ROBOTS}.items()}

    async def page(self, visit: Visit, query: Query) -> HTMLResponse:
        """The soonest come first."""
        asked = Asked(q=query.text("q"), robot=query.robot())
        wanted = asked_filter(asked, self._names, visit.reader)
        found, following = await self._lines(visit, wanted, query)
        waits = await last_waits(self._database, visit.visitor.portal_id, [line.id for line in found])
        timers = [timer_of(line, waits.get(line.id), visit, self._names) for line in found]
        return self._pages.page(
            "timers.html",
            visit,
            section="timers",
            asked=asked,
            timers=timers,
            following=following,
            hours=await self._hours(visit, wanted),
            late=sum(timer.late is not None for timer in timers),
            chips=list(chips(asked.q, Search(self._names, visit.reader.zone), visit.reader)),
            robots=sorted(self._names.items()),
        )

    async def _lines(self, visit: Visit, wanted: Filter, query: Query) -> tuple[Sequence[RunLine], str | None]:
        try:
            page = await self._listing.runs(
                visit.visitor.portal_id, wanted, sort=Sort.SOONEST, limit=PAGE, after=query.cursor()
            )
        except BadCursor:
            raise bad_request() from None
        return page.items, page.next

    async def _hours(self, visit: Visit, wanted: Filter) -> list[Hour]:
        since = hour_of(visit.reader.now, visit.reader.zone)
        end = since + timedelta(hours=HOURS)
        found = await planned(
            self._database, visit.visitor.portal_id, replace(wanted, statuses=()), since=since, until=end, columns=HOURS
        )
        counts = [0] * HOURS
        for cell in found:
            counts[cell.column] += cell.count
        highest = max(*counts, 1)
        moments = [since + timedelta(hours=number) for number in range(HOURS + 1)]
        return [
            Hour(since, until, count, round(count / highest, 3))
            for since, until, count in zip(moments, moments[1:], counts, strict=False)
        ]


def hour_of(now: datetime, zone: tzinfo) -> datetime:
    """Return when the hour began that the clock on the wall shows; zones may be half an hour off."""
    local = now.astimezone(zone)
    return now - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)


def timer_of(line: RunLine, wait: Wait | None, visit: Visit, names: Mapping[str, Text]) -> Timer:
    """Return a run that sleeps as it is shown, by the newest wait that its log tells of."""
    now = visit.reader.now
    late = now - line.wake_at if line.wake_at is not None else timedelta(0)
    return Timer(
        line=line,
        status=status_of(line.status),
        robot=names.get(line.robot) or as_text(line.robot),
        item=item_link(line.item, visit.visitor.origin, line.document),
        ahead=ahead_of(line.robot, line.step, line.status),
        bar=_bar(line, wait, now),
        late=duration(late) if late > LATE else None,
    )


def _bar(line: RunLine, wait: Wait | None, now: datetime) -> Bar | None:
    """Draw the reckoning of a wait, unless the timer was moved since."""
    bar = bar_of(wait.at, wait.data, now=now) if wait is not None else None
    return bar if bar is not None and bar.end == line.wake_at else None
