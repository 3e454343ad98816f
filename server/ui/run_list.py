"""The list of runs: the page, more of its rows, and rows that changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse

from core.db import Database
from core.portals.preferences import Preferences, preferences
from core.robots import AnyRobot
from core.runs.causes import causes
from core.runs.cursor import BadCursor
from core.runs.filters import Filter
from core.runs.listing import COUNTED, Counts, Listing, RunLine
from core.runs.own_robots import OWN_ROBOTS
from core.runs.picture import cells, planned
from core.texts.text import Text, as_text
from server.ui.asked import Asked, wanted_runs
from server.ui.cause_list import shown_causes
from server.ui.chips import chips
from server.ui.door import Door
from server.ui.first_visit import PREFERENCE
from server.ui.items import ItemLink, item_link
from server.ui.pages import Pages, Visit
from server.ui.plot import Plot, plot_of, window_of
from server.ui.queries import PAGE, Query, bad_request
from server.ui.search import Search
from server.ui.sessions import Visitor
from server.ui.stages import Stages
from server.ui.statuses import STATUSES, Status, status_of
from server.ui.words import runs as words

_DAY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Row:
    """One line with everything that its row shows."""

    line: RunLine
    status: Status
    robot: Text
    item: ItemLink
    belongs: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """One ready filter over the list with its number; a person's own has an id and no number."""

    word: Text
    count: Text
    address: str
    chosen: bool
    tone: str = ""
    id: str = ""


class RunList:
    """Answers for ``/ui/runs`` and ``/ui/runs/rows``."""

    def __init__(
        self,
        door: Door,
        pages: Pages,
        listing: Listing,
        catalogue: Mapping[str, AnyRobot],
        *,
        database: Database,
        stages: Stages,
    ) -> None:
        self._door = door
        self._pages = pages
        self._listing = listing
        self._database = database
        self._stages = stages
        self._names = {code: robot.name for code, robot in {**catalogue, **OWN_ROBOTS}.items()}

    async def page(self, visit: Visit, query: Query) -> HTMLResponse:
        """The whole page; also the first one after the portal opened the application."""
        asked = Asked.of(query)
        wanted = await self._wanted(visit, asked)
        chosen = await preferences(visit.visitor.portal_id, visit.visitor.user_id, self._database)
        by_cause = asked.view == "causes" and not asked.cause
        rows, following = ([], None) if by_cause else await self._rows(visit, wanted, query)
        found = await causes(self._database, visit.visitor.portal_id, wanted) if by_cause else []
        page = self._pages.page(
            "runs.html",
            visit,
            section="runs",
            asked=asked,
            rows=rows,
            following=following,
            causes=list(shown_causes(found, asked, self._names, visit)) if by_cause else None,
            plot=await self._plot(visit, wanted),
            timeless=asked.timeless(self._search(visit)),
            chips=list(chips(asked.q, self._search(visit), visit.reader)),
            statuses=tuple(STATUSES.values()),
            robots=sorted(self._names.items()),
            density=chosen.values.get("density"),
            views=await self._views(visit, asked),
            saved=_saved(chosen, asked),
            first_visit=visit.visitor.is_admin
            and not (rows or asked or by_cause)
            and chosen.values.get(PREFERENCE) != "hidden",
        )
        # Asked when the page is on its way: it is the next look at the list that has names.
        page.background = BackgroundTask(self._stages.learn, visit.visitor)
        return page

    async def rows(self, request: Request) -> HTMLResponse:
        """More rows after a cursor, or, with ``ids``, rows that changed, each saying whether it still belongs.

        With ``plot`` the picture comes along with the changed rows.
        """
        visit = self._pages.visit(await self._door.visitor(request))
        query = Query.of(request)
        asked = Asked.of(query)
        wanted = await self._wanted(visit, asked)
        if ids := query.ids():
            return await self._changed(visit, asked, wanted, ids, with_plot=bool(query.text("plot", 1)))
        rows, following = await self._rows(visit, wanted, query)
        return self._pages.page("runs_more.html", visit, rows=rows, following=following, asked=asked)

    async def _changed(
        self, visit: Visit, asked: Asked, wanted: Filter, ids: list[str], *, with_plot: bool
    ) -> HTMLResponse:
        found = await self._listing.some(visit.visitor.portal_id, ids, wanted)
        chosen = await preferences(visit.visitor.portal_id, visit.visitor.user_id, self._database)
        return self._pages.page(
            "runs_changed.html",
            visit,
            asked=asked,
            rows=[self._row(line, visit.visitor, belongs=belongs) for line, belongs in found],
            plot=await self._plot(visit, wanted) if with_plot else None,
            timeless=asked.timeless(self._search(visit)),
            views=await self._views(visit, asked),
            saved=_saved(chosen, asked),
        )

    async def _rows(self, visit: Visit, wanted: Filter, query: Query) -> tuple[list[Row], str | None]:
        try:
            page = await self._listing.runs(visit.visitor.portal_id, wanted, limit=PAGE, after=query.cursor())
        except BadCursor:
            raise bad_request() from None
        return [self._row(line, visit.visitor) for line in page.items], page.next

    def _row(self, line: RunLine, visitor: Visitor, *, belongs: bool = True) -> Row:
        return Row(
            line=self._stages.in_line(visitor, line),
            status=status_of(line.status),
            robot=self._names.get(line.robot) or as_text(line.robot),
            item=item_link(line.item, visitor.origin, line.document),
            belongs=belongs,
        )

    async def _plot(self, visit: Visit, wanted: Filter) -> Plot:
        portal_id, now = visit.visitor.portal_id, visit.reader.now
        window = window_of(wanted, now)
        columns, since, until = window.columns, window.since, window.until
        whole = replace(wanted, since=None, until=None)
        began = await cells(self._database, portal_id, whole, since=since, until=until, columns=columns, now=now)
        ahead = await planned(self._database, portal_id, whole, since=since, until=until, columns=columns)
        return plot_of(window, began, [cell for cell in ahead if window.column(cell.column)[1] > now], visit.reader)

    async def _wanted(self, visit: Visit, asked: Asked) -> Filter:
        return await wanted_runs(
            asked, self._names, visit.reader, portal_id=visit.visitor.portal_id, database=self._database
        )

    def _search(self, visit: Visit) -> Search:
        return Search(self._names, visit.reader.zone)

    async def _views(self, visit: Visit, asked: Asked) -> list[View]:
        counts = await self._listing.counts(visit.visitor.portal_id, since=visit.reader.now - _DAY)
        return _views(counts, asked)


def _saved(chosen: Preferences, asked: Asked) -> list[View]:
    here = asked.address()
    return [
        View(as_text(view.name), as_text(""), view.address, chosen=view.address == here, id=view.id)
        for view in chosen.views
    ]


def _views(counts: Counts, asked: Asked) -> list[View]:
    named = (
        ("", words.VIEW_ALL, words.LATELY.format(count=_count(counts.lately)), ""),
        ("waiting", words.VIEW_WAITING, as_text(_count(counts.waiting)), "amber" if counts.waiting else ""),
        ("troubled", words.VIEW_TROUBLED, as_text(_count(counts.troubled)), "red" if counts.troubled else ""),
        ("causes", words.VIEW_CAUSES, as_text(""), ""),
        ("undecided", words.VIEW_UNDECIDED, as_text(_count(counts.undecided)), "violet"),
    )
    return [
        View(
            word,
            count,
            replace(asked, view=name, status="", cause="").address(),
            chosen=asked.view == name and not asked.cause,
            tone=tone,
        )
        for name, word, count, tone in named
        if name != "undecided" or counts.undecided or asked.view == name
    ]


def _count(number: int) -> str:
    return f"{COUNTED - 1}+" if number >= COUNTED else str(number)
