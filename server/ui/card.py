"""The tab in the card of an item: what waits for it, what robots did with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.background import BackgroundTask
from starlette.responses import HTMLResponse

from core.db import Database
from core.robots import AnyRobot
from core.runs.commands import OPEN
from core.runs.consequences import candidates, consequences
from core.runs.cursor import Sort
from core.runs.filters import Filter
from core.runs.listing import Listing, RunLine
from core.runs.own_robots import OWN_ROBOTS
from core.runs.waits import last_waits
from core.texts.text import as_text, joined
from server.errors import Bad
from server.ui.items import ItemLink, item_link
from server.ui.pages import Pages, Visit
from server.ui.queries import Query
from server.ui.robot_settings.asked import read_item
from server.ui.run_list import Row
from server.ui.stages import Stages
from server.ui.statuses import status_of
from server.ui.timers import timer_of

_MOST_WAITING: Final = 50
_LAST: Final = 20


class Card:
    """Answers for ``/ui/card?item=deal:17`` and for the tab of a card."""

    def __init__(
        self,
        pages: Pages,
        listing: Listing,
        catalogue: Mapping[str, AnyRobot],
        *,
        database: Database,
        stages: Stages,
    ) -> None:
        self._pages = pages
        self._listing = listing
        self._stages = stages
        self._database = database
        self._names = {code: robot.name for code, robot in {**catalogue, **OWN_ROBOTS}.items()}

    async def page(self, visit: Visit, query: Query) -> HTMLResponse:
        key = query.text("item", 40)
        item = read_item(key)
        if item is None:
            raise Bad(404, "not_found")
        portal_id = visit.visitor.portal_id
        open_ones = Filter(items=(item,), statuses=tuple(sorted(OPEN)))
        waiting = await self._listing.runs(portal_id, open_ones, sort=Sort.SOONEST, limit=_MOST_WAITING)
        latest = await self._listing.runs(portal_id, Filter(items=(item,)), limit=_LAST)
        waits = await last_waits(self._database, portal_id, [line.id for line in waiting.items])
        found = await candidates(self._database, portal_id, [line.id for line in waiting.items])
        mine = [run for run in found if visit.visitor.grant.covers(run.line_id)]
        stopping = consequences("cancel", mine)
        link = item_link(item, visit.visitor.origin)
        page = self._pages.page(
            "card.html",
            visit,
            section="card",
            key=key,
            item=link,
            search=f"spa:{item.entity_type_id}/{item.id}" if item.is_dynamic else key,
            title=next((line.title for line in latest.items if line.title), ""),
            timers=[timer_of(line, waits.get(line.id), visit, self._names) for line in waiting.items],
            mine={run.id for run in mine} if visit.visitor.may_act else set(),
            stopping=[run.id for run in stopping.runs] if visit.visitor.may_act else [],
            stopping_said=joined(stopping.said(), " "),
            rows=[
                self._row(line, visit, link)
                for line in latest.items
                if line.id not in {one.id for one in waiting.items}
            ],
        )
        page.background = BackgroundTask(self._stages.learn, visit.visitor)
        return page

    def _row(self, line: RunLine, visit: Visit, link: ItemLink) -> Row:
        named = self._stages.in_line(visit.visitor, line)
        return Row(named, status_of(line.status), self._names.get(line.robot) or as_text(line.robot), link)
