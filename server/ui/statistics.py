"""The page of statistics: counted facts over a period, each of them a link to the runs that it counts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from starlette.responses import HTMLResponse

from core.db import Database
from core.robots import AnyRobot
from core.runs.causes import Cause, causes
from core.runs.figures import Count, counts, lengths, numbers_of, top_items
from core.runs.filters import Filter
from core.runs.listing import TROUBLED
from core.runs.own_robots import OWN_ROBOTS
from core.texts.text import Text, as_text
from server.ui.asked import Asked
from server.ui.charts import buckets_of, days_of, middle_of, week_of
from server.ui.export import Kind, Wanted, table
from server.ui.items import item_link
from server.ui.pages import Pages, Visit
from server.ui.queries import Query, bad_request
from server.ui.statuses import status_of
from server.ui.words import statistics as words

PERIODS: Final[Mapping[str, int]] = {"7d": 7, "14d": 14, "30d": 30, "90d": 90}
_DEFAULT: Final = "7d"
_MOST_CAUSES: Final = 6
#: The robot whose return values say how long clients waited and how far it went.
_ESCALATES: Final = "escalate_no_reply"
_OPEN: Final = frozenset({"waiting", "running", "retrying", "parked", "held"})


@dataclass(frozen=True, slots=True)
class Span:
    """The period and the robot that somebody asked for; days are those of the reader's zone."""

    period: str
    robot: str
    since: datetime
    until: datetime
    zone: ZoneInfo

    @classmethod
    def of(cls, query: Query, now: datetime, zone: ZoneInfo) -> Span:
        period = query.text("period", 5) or _DEFAULT
        if period not in PERIODS:
            raise bad_request()
        today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        since = (today - timedelta(days=PERIODS[period] - 1)).replace(hour=0)
        return cls(period, query.robot(), since, now, zone)

    @property
    def filter(self) -> Filter:
        robots = (self.robot,) if self.robot else ()
        return Filter(robots=robots, since=self.since, until=self.until)

    def address(self, **more: str) -> str:
        fields = {"period": self.period if self.period != _DEFAULT else "", "robot": self.robot} | more
        return urlencode({name: value for name, value in fields.items() if value})

    def runs(self, q: str = "", *, since: datetime | None = None, until: datetime | None = None, **more: str) -> str:
        """The address of the list of the runs that a figure counts."""
        until = until or self.until + timedelta(minutes=1)
        return Asked(q=q, robot=self.robot).within(since or self.since, until, self.zone).address(**more)


@dataclass(frozen=True, slots=True)
class Totals:
    """Numbers over the whole period; ``success`` is the part of ended runs that are not in trouble, None of none."""

    runs: int
    ended: int
    troubled: int
    success: float | None


class StatisticsPage:
    """Answers for ``/ui/statistics``."""

    def __init__(self, pages: Pages, catalogue: Mapping[str, AnyRobot], database: Database) -> None:
        self._pages = pages
        self._database = database
        self._names = {code: robot.name for code, robot in {**catalogue, **OWN_ROBOTS}.items()}

    async def page(self, visit: Visit, query: Query) -> HTMLResponse:
        span = Span.of(query, visit.reader.now, visit.reader.zone)
        portal_id, wanted, zone = visit.visitor.portal_id, span.filter, visit.reader.zone
        found = await counts(self._database, portal_id, wanted)
        answers = await self._returned(portal_id, span, "answer_minutes", ("answered", "Y"))
        levels = await self._returned(portal_id, span, "level_reached", None)
        items = await top_items(self._database, portal_id, wanted)
        days = days_of(found, span.since, span.until, zone)
        return self._pages.page(
            "statistics.html",
            visit,
            section="statistics",
            span=span,
            periods=words.PERIODS,
            robots=sorted(self._names.items()),
            totals=totals_of(found),
            lengths=await lengths(self._database, portal_id, replace(wanted, statuses=("done",))),
            days=days,
            seen=list(dict.fromkeys(part.status for day in days for part in day.parts)),
            week=week_of(found, zone),
            answers=buckets_of(answers),
            answered=sum(answers.values()),
            middle=middle_of(answers),
            levels=[(level, count) for level, count in sorted(levels.items()) if level > 0],
            items=[(item_link(one.item, visit.visitor.origin), one) for one in items],
            causes=await self._causes(portal_id, wanted),
            name_of=self._name,
        )

    async def _returned(self, portal_id: str, span: Span, name: str, only: tuple[str, str] | None) -> dict[int, int]:
        if span.robot not in {"", _ESCALATES}:
            return {}
        wanted = replace(span.filter, robots=(_ESCALATES,))
        return await numbers_of(self._database, portal_id, wanted, name=name, only=only)

    async def _causes(self, portal_id: str, wanted: Filter) -> Sequence[Cause]:
        return (await causes(self._database, portal_id, wanted))[:_MOST_CAUSES]

    def _name(self, code: str) -> Text:
        return self._names.get(code) or as_text(code)

    def table(self) -> Kind:
        """Return the days of the period as a table: a line for each day and status."""

        async def rows(wanted: Wanted) -> AsyncIterator[Iterable[object]]:
            reader = wanted.reader
            span = Span.of(Query(parse_qsl(wanted.address)), reader.now, reader.zone)
            yield [reader.said(title) for title in words.COLUMNS]
            found = await counts(self._database, wanted.portal_id, span.filter)
            for day in days_of(found, span.since, span.until, reader.zone):
                for part in day.parts:
                    yield [day.day.isoformat(), reader.said(status_of(part.status).word), part.count]

        return table("statistics", _checked, rows)


def totals_of(found: Iterable[Count]) -> Totals:
    """Sum counts up."""
    runs = ended = troubled = 0
    for count in found:
        runs += count.count
        ended += count.count if count.status not in _OPEN else 0
        troubled += count.count if count.status in TROUBLED else 0
    return Totals(runs, ended, troubled, (ended - troubled) / ended if ended else None)


def _checked(address: str) -> None:
    """Refuse an address that makes no sense, whenever it is read."""
    Span.of(Query(parse_qsl(address, keep_blank_values=True)), datetime.now(UTC), ZoneInfo("UTC"))
