"""What is still to be done before robots work in a portal; each step ticks itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, assert_never

from starlette.requests import Request
from starlette.responses import Response

from core.db import Database
from core.portals.preferences import preferences
from core.portals.schedules import portal_schedules
from core.runs.filters import Filter
from core.runs.listing import Listing
from core.texts.text import Text
from server.ui.door import Door
from server.ui.pages import Pages, Visit
from server.ui.state import StateReader
from server.ui.words import first_visit as words

#: What a person chooses about this list, and about the hours of his portal.
PREFERENCE: Final = "first_visit"
HOURS: Final = "hours"


@dataclass(frozen=True, slots=True)
class Step:
    """``address`` is a page of ours, ``path`` one of the portal."""

    name: str
    title: Text
    about: Text
    done: bool
    link: Text | None = None
    address: str = ""
    path: str = ""


class FirstVisit:
    """Answers for ``/ui/first-visit``."""

    def __init__(self, door: Door, pages: Pages, database: Database, listing: Listing, *, state: StateReader) -> None:
        self._door = door
        self._pages = pages
        self._database = database
        self._listing = listing
        self._state = state

    async def steps_page(self, request: Request) -> Response:
        visit = self._pages.visit(await self._door.visitor(request))
        return self._pages.page("first_visit.html", visit, steps=await self.steps(visit))

    async def steps(self, visit: Visit) -> list[Step]:
        """Return them in the order in which they are done."""
        portal_id = visit.visitor.portal_id
        chosen = (await preferences(portal_id, visit.visitor.user_id, self._database)).values
        schedules = await portal_schedules(portal_id, self._database)
        runs = (await self._listing.runs(portal_id, Filter(), limit=1)).items
        first = Step("received", words.RECEIVED, words.RECEIVED_ABOUT, bool(runs))
        if runs:
            first = replace(first, link=words.RECEIVED_LINK, address=f"/ui/runs/{runs[0].id}")
        return [
            Step("installed", words.INSTALLED, words.INSTALLED_ABOUT, done=True),
            await self._registered(portal_id),
            Step(
                "hours",
                words.HOURS,
                words.HOURS_ABOUT,
                bool(schedules) or chosen.get(HOURS) == "portal",
                words.HOURS_LINK,
                address="/ui/schedules",
            ),
            Step(
                "placed",
                words.PLACED,
                words.PLACED_ABOUT,
                bool(runs),
                words.PLACED_LINK,
                path="/crm/deal/automation/0/",
            ),
            first,
        ]

    async def _registered(self, portal_id: str) -> Step:
        found = await self._state.look(portal_id)
        match found.registration:
            case "done":
                about = words.REGISTERED_ABOUT
            case "refused":
                about = words.REFUSED_ABOUT.format(note=found.registration_note)
            case "no_worker":
                about = words.NO_WORKER_ABOUT
            case "under_way":
                about = words.REGISTERING_ABOUT
            case _:
                assert_never(found.registration)
        done = found.registration == "done"
        return Step("registered", words.REGISTERED, about, done, words.TO_ROBOTS, address="/ui/robots")
