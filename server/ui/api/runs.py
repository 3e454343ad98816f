"""Runs as JSON: the list, one of them, and what an administrator may do to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database
from core.robots import AnyRobot
from core.runs.commands import Actor, NoSuchRun, NotNow, cancel, decide, decide_late, move, retry
from core.runs.cursor import BadCursor, Sort
from core.runs.filters import Filter
from core.runs.listing import Listing
from server.errors import Bad
from server.ui.api.shapes import card_json, line_json, timer_json
from server.ui.asked import Asked, asked_filter
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.pages import Pages
from server.ui.queries import Query, bad_request, row_id
from server.ui.sessions import Visitor

Start = Literal["step", "start", "reply"]
Action = Literal["now", "move", "cancel"]
Decision = Literal["arrived", "send_again", "skip"]
LateDecision = Literal["run", "skip"]

_LONGEST_REASON: Final = 300


class RunsApi:
    """Answers for ``/api/runs`` and ``/api/effects``."""

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
        self._names = {code: robot.name for code, robot in catalogue.items()}

    async def list(self, request: Request) -> JSONResponse:
        visit = self._pages.visit(await self._door.visitor(request))
        query = Query.of(request)
        try:
            page = await self._listing.runs(
                visit.visitor.portal_id,
                asked_filter(Asked.of(query), self._names, visit.reader),
                sort=query.sort(),
                limit=query.limit(),
                after=query.cursor(),
            )
        except BadCursor:
            raise bad_request() from None
        items = [line_json(line, visit.visitor.language) for line in page.items]
        return JSONResponse({"items": items, "next": page.next})

    async def one(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        card = await self._listing.run(visitor.portal_id, row_id(request.path_params["id"]))
        if card is None:
            raise Bad(404, "not_found")
        return JSONResponse(card_json(card, visitor.language))

    async def retry(self, request: Request) -> JSONResponse:
        visitor, body = await self._door.visitor(request), await json_object(request)
        run_id = await self._run_of(visitor, request)
        actor = Actor(visitor.user_id, visitor.user_name)
        start = _start(body.get("from", "step"))
        deed = retry(self._database, visitor.portal_id, run_id, start=start, actor=actor, clock=self._clock)
        return await self._answer(visitor, deed)

    async def cancel(self, request: Request) -> JSONResponse:
        visitor, body = await self._door.visitor(request), await json_object(request)
        run_id = await self._run_of(visitor, request)
        actor = Actor(visitor.user_id, visitor.user_name)
        reason = _reason(body.get("reason", ""))
        deed = cancel(self._database, visitor.portal_id, run_id, reason=reason, actor=actor, clock=self._clock)
        return await self._answer(visitor, deed)

    async def decide(self, request: Request) -> JSONResponse:
        visitor, body = await self._door.visitor(request), await json_object(request)
        effect_id = row_id(request.path_params["id"])
        await self._reach(visitor, await self._listing.run_of_effect(visitor.portal_id, effect_id))
        actor = Actor(visitor.user_id, visitor.user_name)
        decision = _decision(body.get("decision"))
        deed = decide(self._database, visitor.portal_id, effect_id, decision=decision, actor=actor, clock=self._clock)
        return await self._answer(visitor, deed)

    async def late(self, request: Request) -> JSONResponse:
        visitor, body = await self._door.visitor(request), await json_object(request)
        run_id, decision = await self._run_of(visitor, request), _late(body.get("decision"))
        actor = Actor(visitor.user_id, visitor.user_name)
        deed = decide_late(self._database, visitor.portal_id, run_id, decision=decision, actor=actor, clock=self._clock)
        return await self._answer(visitor, deed)

    async def timers(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        query = Query.of(request)
        try:
            page = await self._listing.runs(
                visitor.portal_id, Filter(), sort=Sort.SOONEST, limit=query.limit(), after=query.cursor()
            )
        except BadCursor:
            raise bad_request() from None
        items = [timer_json(line, visitor.language) for line in page.items]
        return JSONResponse({"items": items, "next": page.next})

    async def move(self, request: Request) -> JSONResponse:
        visitor, body = await self._door.visitor(request), await json_object(request)
        run_id = await self._run_of(visitor, request)
        actor = Actor(visitor.user_id, visitor.user_name)
        action = _action(body.get("action"))
        wake_at = _moment(body.get("wake_at"), visitor) if action == "move" else None
        deed = move(
            self._database, visitor.portal_id, run_id, action=action, wake_at=wake_at, actor=actor, clock=self._clock
        )
        return await self._answer(visitor, deed)

    async def _run_of(self, visitor: Visitor, request: Request) -> str:
        run_id = row_id(request.path_params["id"])
        await self._reach(visitor, run_id)
        return run_id

    async def _reach(self, visitor: Visitor, run_id: str | None) -> None:
        """Raise Bad unless there is such a run and its dialog is of a line that this person looks after."""
        line_id = await self._listing.line_of(visitor.portal_id, run_id) if run_id is not None else None
        if line_id is None:
            raise Bad(404, "not_found")
        if not visitor.grant.covers(line_id):
            raise Bad(403, "other_line")

    async def _answer(self, visitor: Visitor, deed: Awaitable[None]) -> JSONResponse:
        """Do it, ring for a worker, and say so; when the run does not allow it, say why."""
        try:
            await deed
        except NoSuchRun:
            raise Bad(404, "not_found") from None
        except NotNow as not_now:
            reason = not_now.text.said_in(visitor.language)
            return JSONResponse({"error": "not_now", "reason": reason}, status_code=409)
        await self._ring()
        return JSONResponse({"status": "done"})


def _start(value: Json) -> Start:
    match value:
        case "step" | "start" | "reply":
            return value
        case _:
            raise bad_request()


def _decision(value: Json) -> Decision:
    match value:
        case "arrived" | "send_again" | "skip":
            return value
        case _:
            raise bad_request()


def _late(value: Json) -> LateDecision:
    match value:
        case "run" | "skip":
            return value
        case _:
            raise bad_request()


def _action(value: Json) -> Action:
    match value:
        case "now" | "move" | "cancel":
            return value
        case _:
            raise bad_request()


def _reason(value: Json) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_REASON:
        raise bad_request()
    return value.strip()


def _moment(value: Json, visitor: Visitor) -> datetime:
    """Read ISO 8601; without an offset it is the portal's time."""
    if not isinstance(value, str) or len(value) > 40:
        raise bad_request()
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=visitor.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise bad_request() from None
