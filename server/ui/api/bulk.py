"""The same done to many runs as JSON: first what would come of it, then the deed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database
from core.robots import AnyRobot
from core.runs.bulk import MOST, MOST_MINUTES, Order, act_on_all
from core.runs.commands import Actor
from core.runs.consequences import Action, Candidate, Consequences, candidates, consequences
from core.runs.listing import Listing
from core.runs.own_robots import OWN_ROBOTS
from core.texts.text import Text, plural
from server.ui.asked import Asked, wanted_runs
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.pages import Pages, Visit
from server.ui.queries import bad_request, is_row_id

_ACTIONS: Final[Mapping[str, Action]] = {action: action for action in get_args(Action)}
_LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """The runs that somebody chose, by id or by the address of a list, and what he wants."""

    action: Action
    ids: tuple[str, ...]
    asked: Asked | None


class BulkApi:
    """Answers for ``/api/bulk/preview`` and ``/api/bulk``."""

    def __init__(
        self,
        door: Door,
        pages: Pages,
        listing: Listing,
        *,
        database: Database,
        clock: Clock,
        catalogue: Mapping[str, AnyRobot],
        ring: Callable[[], Awaitable[None]],
    ) -> None:
        self._door = door
        self._pages = pages
        self._listing = listing
        self._database = database
        self._clock = clock
        self._ring = ring
        self._names = {code: robot.name for code, robot in {**catalogue, **OWN_ROBOTS}.items()}

    async def preview(self, request: Request) -> JSONResponse:
        """Say what would come of it, and name the runs that it would be done to."""
        visit = self._pages.visit(await self._door.visitor(request))
        chosen = _choice(await json_object(request), with_address=True)
        found = await self._consequences(visit, chosen, await self._ids(visit, chosen))
        language = visit.visitor.language
        return JSONResponse(
            {"ids": [run.id for run in found.runs], "lines": [text.said_in(language) for text in found.said()]}
        )

    async def act(self, request: Request) -> JSONResponse:
        """Do it to the runs that are named, to each that still allows it."""
        visit = self._pages.visit(await self._door.visitor(request))
        visitor, body = visit.visitor, await json_object(request)
        chosen = _choice(body, with_address=False)
        order = Order(chosen.action, _reason(body.get("reason", "")), _minutes(body.get("minutes", 0)))
        found = await self._consequences(visit, chosen, chosen.ids)
        actor = Actor(visitor.user_id, visitor.user_name)
        done = await act_on_all(
            self._database, visitor.portal_id, found.runs, order=order, actor=actor, clock=self._clock
        )
        late = done.late + found.left_out + found.foreign
        if done.done:
            await self._ring()
        text = _said(done.done, late).said_in(visitor.language)
        return JSONResponse({"status": "done", "done": done.done, "left_out": late, "text": text})

    async def _ids(self, visit: Visit, chosen: Choice) -> tuple[str, ...]:
        if chosen.asked is None:
            return chosen.ids
        portal_id = visit.visitor.portal_id
        wanted = await wanted_runs(
            chosen.asked, self._names, visit.reader, portal_id=portal_id, database=self._database
        )
        page = await self._listing.runs(portal_id, wanted, limit=MOST)
        return tuple(line.id for line in page.items)

    async def _consequences(self, visit: Visit, chosen: Choice, ids: tuple[str, ...]) -> Consequences:
        found = await candidates(self._database, visit.visitor.portal_id, ids)
        mine: list[Candidate] = [run for run in found if visit.visitor.grant.covers(run.line_id)]
        return consequences(chosen.action, mine, foreign=len(found) - len(mine))


def _choice(body: Mapping[str, Json], *, with_address: bool) -> Choice:
    action = body.get("action")
    if not isinstance(action, str) or action not in _ACTIONS:
        raise bad_request()
    address = body.get("address")
    if with_address and isinstance(address, str):
        return Choice(_ACTIONS[action], (), Asked.read(address))
    ids = body.get("ids")
    if not isinstance(ids, list) or not 0 < len(ids) <= MOST:
        raise bad_request()
    names = [name for name in ids if isinstance(name, str) and is_row_id(name)]
    if len(names) != len(ids):
        raise bad_request()
    return Choice(_ACTIONS[action], tuple(dict.fromkeys(names)), None)


def _reason(value: Json) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_REASON:
        raise bad_request()
    return value.strip()


def _minutes(value: Json) -> int:
    """A field of a form sends its number as text."""
    if isinstance(value, str) and value.removeprefix("-").isascii() and value.removeprefix("-").isdigit():
        value = int(value[:8])
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MOST_MINUTES:
        raise bad_request()
    return value


def _said(done: int, late: int) -> Text:
    text = plural(done, ("запуск изменён", "запуска изменены", "запусков изменены"), ("run changed", "runs changed"))
    if late:
        text += Text("; уже в другом состоянии: {late}", "; in another state by now: {late}").format(late=late)
    return text + "."
