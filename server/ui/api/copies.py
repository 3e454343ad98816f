"""Runs that come of other runs as JSON: repeated with other values, taken back; and raw data shown in the open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database
from core.portals.audit import audit
from core.robots import AnyRobot
from core.runs.commands import Actor, NoSuchRun, NotNow
from core.runs.copying import BadValues, repeat_with
from core.runs.listing import Listing, RunCard
from core.runs.undo import undo
from core.texts.text import Text
from server.errors import Bad
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.edit_form import LONGEST, MOST_VALUES
from server.ui.masking import shown_whole
from server.ui.queries import bad_request, row_id
from server.ui.run_page import raw_of
from server.ui.sessions import Visitor


class CopiesApi:
    """Answers for ``/api/runs/{id}/repeat``, ``/api/runs/{id}/reveal`` and ``/api/effects/{id}/undo``."""

    def __init__(
        self,
        door: Door,
        listing: Listing,
        *,
        database: Database,
        clock: Clock,
        catalogue: Mapping[str, AnyRobot],
        ring: Callable[[], Awaitable[None]],
    ) -> None:
        self._door = door
        self._listing = listing
        self._database = database
        self._clock = clock
        self._catalogue = catalogue
        self._ring = ring

    async def repeat(self, request: Request) -> JSONResponse:
        """Start the run anew with ``{"values": {name: text or list of texts}}``, as a run of its own."""
        visitor, body = await self._door.visitor(request), await json_object(request)
        card = await self._card(visitor, row_id(request.path_params["id"]))
        robot = self._catalogue.get(card.run.robot)
        if robot is None:
            raise Bad(404, "not_found")
        deed = repeat_with(
            self._database,
            visitor.portal_id,
            card.run.id,
            values=_values(body.get("values")),
            robot=robot,
            actor=Actor(visitor.user_id, visitor.user_name),
            clock=self._clock,
        )
        return await self._answer(visitor, deed)

    async def undo(self, request: Request) -> JSONResponse:
        """Take an effect back."""
        visitor, _ = await self._door.admin(request), await json_object(request)
        effect_id = row_id(request.path_params["id"])
        actor = Actor(visitor.user_id, visitor.user_name)
        deed = undo(self._database, visitor.portal_id, effect_id, actor=actor, clock=self._clock)
        return await self._answer(visitor, deed)

    async def reveal(self, request: Request) -> JSONResponse:
        """Show the raw data with telephone numbers and mail addresses in it; keys stay hidden, and it is audited."""
        visitor, _ = await self._door.admin(request), await json_object(request)
        card = await self._card(visitor, row_id(request.path_params["id"]))
        await audit(
            visitor.portal_id,
            self._database,
            action="reveal",
            at=self._clock.real(),
            actor=("user", str(visitor.user_id)),
            object_id=card.run.id,
        )
        with shown_whole(True):
            return JSONResponse({"data": raw_of(card)})

    async def _card(self, visitor: Visitor, run_id: str) -> RunCard:
        """Return a run on whose dialog this person may act; raises Bad 404, 403."""
        card = await self._listing.run(visitor.portal_id, run_id)
        if card is None:
            raise Bad(404, "not_found")
        if not visitor.grant.covers(card.line_id):
            raise Bad(403, "other_line")
        return card

    async def _answer(self, visitor: Visitor, deed: Awaitable[str]) -> JSONResponse:
        """Do it, ring for a worker, and name the new run; when it cannot be done, say why."""
        try:
            run_id = await deed
        except NoSuchRun:
            raise Bad(404, "not_found") from None
        except NotNow as not_now:
            return _refused(visitor, 409, "not_now", not_now.text)
        except BadValues as bad:
            return _refused(visitor, 422, "bad_values", bad.text)
        await self._ring()
        return JSONResponse({"status": "done", "id": run_id})


def _refused(visitor: Visitor, status: int, code: str, text: Text) -> JSONResponse:
    return JSONResponse({"error": code, "reason": text.said_in(visitor.language)}, status_code=status)


def _values(value: Json) -> dict[str, Json]:
    """Accept the fields of a form: a text each, or a list of texts."""
    if not isinstance(value, dict) or len(value) > MOST_VALUES:
        raise bad_request()
    for given in value.values():
        parts = given if isinstance(given, list) else [given]
        if len(parts) > MOST_VALUES or not all(isinstance(part, str) and len(part) <= LONGEST for part in parts):
            raise bad_request()
    return value
