"""The list of runs: the page, more of its rows, and rows that changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from core.robots import AnyRobot
from core.runs.cursor import ASLEEP, BadCursor
from core.runs.filters import Filter
from core.runs.listing import COUNTED, TROUBLED, Counts, Listing, RunLine
from core.texts.text import Text, as_text
from server.ui.door import Door
from server.ui.items import ItemLink, item_link
from server.ui.pages import Pages, Visit
from server.ui.queries import PAGE, Query, bad_request
from server.ui.search import Search
from server.ui.statuses import STATUSES, Status, status_of
from server.ui.words import runs as words

_DAY: Final = timedelta(hours=24)
#: A view is a filter with a name; its name stands in the address.
_VIEWS: Final[Mapping[str, tuple[str, ...]]] = {"waiting": ASLEEP, "troubled": TROUBLED, "undecided": ("unknown",)}


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as it stands in the address."""

    q: str
    status: str
    robot: str
    view: str

    @classmethod
    def of(cls, query: Query) -> Asked:
        view = query.text("view", 20)
        if view and view not in _VIEWS:
            raise bad_request()
        return cls(query.text("q"), query.status(), query.robot(), view)

    def address(self, **more: str) -> str:
        """The part of the address after the question mark, without empty parameters."""
        fields = {"q": self.q, "status": self.status, "robot": self.robot, "view": self.view} | more
        return urlencode({name: value for name, value in fields.items() if value})

    def __bool__(self) -> bool:
        return bool(self.q or self.status or self.robot or self.view)


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
    """One ready filter over the list with its number."""

    word: Text
    count: Text
    address: str
    chosen: bool
    tone: str


class RunList:
    """Answers for ``/ui/runs`` and ``/ui/runs/rows``."""

    def __init__(self, door: Door, pages: Pages, listing: Listing, catalogue: Mapping[str, AnyRobot]) -> None:
        self._door = door
        self._pages = pages
        self._listing = listing
        self._names = {code: robot.name for code, robot in catalogue.items()}

    async def page(self, visit: Visit, query: Query) -> HTMLResponse:
        """The whole page; also the first one after the portal opened the application."""
        asked = Asked.of(query)
        rows, following = await self._rows(visit, asked, query)
        return self._pages.page(
            "runs.html",
            visit,
            section="runs",
            asked=asked,
            rows=rows,
            following=following,
            views=await self._views(visit, asked),
            statuses=tuple(STATUSES.values()),
            robots=sorted(self._names.items()),
        )

    async def rows(self, request: Request) -> HTMLResponse:
        """More rows after a cursor, or, with ``ids``, rows that changed, each saying whether it still belongs."""
        visit = self._pages.visit(await self._door.visitor(request))
        query = Query.of(request)
        asked = Asked.of(query)
        if ids := query.ids():
            found = await self._listing.some(visit.visitor.portal_id, ids, self.filter(visit, asked))
            changed = [self.row(line, visit.visitor.origin, belongs=belongs) for line, belongs in found]
            return self._pages.page("runs_changed.html", visit, rows=changed, views=await self._views(visit, asked))
        rows, following = await self._rows(visit, asked, query)
        return self._pages.page("runs_more.html", visit, rows=rows, following=following, asked=asked)

    async def _rows(self, visit: Visit, asked: Asked, query: Query) -> tuple[list[Row], str | None]:
        try:
            page = await self._listing.runs(
                visit.visitor.portal_id, self.filter(visit, asked), limit=PAGE, after=query.cursor()
            )
        except BadCursor:
            raise bad_request() from None
        return [self.row(line, visit.visitor.origin) for line in page.items], page.next

    def filter(self, visit: Visit, asked: Asked) -> Filter:
        return asked_filter(asked, self._names, visit)

    def row(self, line: RunLine, origin: str, *, belongs: bool = True) -> Row:
        return Row(
            line=line,
            status=status_of(line.status),
            robot=self._names.get(line.robot) or as_text(line.robot),
            item=item_link(line.item, origin, line.document),
            belongs=belongs,
        )

    async def _views(self, visit: Visit, asked: Asked) -> list[View]:
        counts = await self._listing.counts(visit.visitor.portal_id, since=visit.reader.now - _DAY)
        return _views(counts, asked)


def asked_filter(asked: Asked, names: Mapping[str, Text], visit: Visit) -> Filter:
    """Join what was typed with what was chosen."""
    wanted = Search(names, visit.reader.zone).read(asked.q)
    if asked.robot:
        wanted = replace(wanted, robots=(asked.robot,))
    if asked.status:
        wanted = replace(wanted, statuses=(asked.status,))
    elif asked.view:
        wanted = replace(wanted, statuses=_VIEWS[asked.view])
    if asked.view == "troubled":
        wanted = replace(wanted, since=visit.reader.now - _DAY)
    return wanted


def _views(counts: Counts, asked: Asked) -> list[View]:
    named = (
        ("", words.VIEW_ALL, words.LATELY.format(count=_count(counts.lately)), ""),
        ("waiting", words.VIEW_WAITING, as_text(_count(counts.waiting)), "amber" if counts.waiting else ""),
        ("troubled", words.VIEW_TROUBLED, as_text(_count(counts.troubled)), "red" if counts.troubled else ""),
        ("undecided", words.VIEW_UNDECIDED, as_text(_count(counts.undecided)), "violet"),
    )
    return [
        View(word, count, replace(asked, view=name, status="").address(), asked.view == name, tone)
        for name, word, count, tone in named
        if name != "undecided" or counts.undecided or asked.view == name
    ]


def _count(number: int) -> str:
    return f"{COUNTED - 1}+" if number >= COUNTED else str(number)
