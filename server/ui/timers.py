"""The page of timers: what will fire, when, and why then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import HTMLResponse

from core.robots import AnyRobot
from core.runs.cursor import BadCursor, Sort
from core.runs.filters import Filter
from core.runs.listing import Listing, RunLine
from core.texts.text import Text, as_text
from server.ui.items import ItemLink, item_link
from server.ui.pages import Pages, Visit
from server.ui.queries import PAGE, Query, bad_request
from server.ui.statuses import Status, status_of


@dataclass(frozen=True, slots=True)
class Timer:
    """A run that sleeps."""

    line: RunLine
    status: Status
    robot: Text
    item: ItemLink


class Timers:
    """Answers for ``/ui/timers``."""

    def __init__(self, pages: Pages, listing: Listing, catalogue: Mapping[str, AnyRobot]) -> None:
        self._pages = pages
        self._listing = listing
        self._catalogue = catalogue

    async def page(self, visit: Visit, query: Query) -> HTMLResponse:
        """The soonest come first."""
        try:
            found = await self._listing.runs(
                visit.visitor.portal_id, Filter(), sort=Sort.SOONEST, limit=PAGE, after=query.cursor()
            )
        except BadCursor:
            raise bad_request() from None
        timers = [self._timer(line, visit.visitor.origin) for line in found.items]
        return self._pages.page("timers.html", visit, section="timers", timers=timers, following=found.next)

    def _timer(self, line: RunLine, origin: str) -> Timer:
        robot = self._catalogue.get(line.robot)
        return Timer(
            line=line,
            status=status_of(line.status),
            robot=robot.name if robot else as_text(line.robot),
            item=item_link(line.item, origin, line.document),
        )
