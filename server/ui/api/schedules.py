"""Working-time schedules as JSON: read by everybody, changed by administrators, imported from the portal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from core.bitrix24.command import Json
from core.bitrix24.errors import BitrixError
from core.clock import Clock
from core.db import Database
from core.portals.audit import audit
from core.portals.keyring import Unreadable
from core.portals.lane import LaneClosed
from core.portals.schedules import drop_schedule, portal_schedules, put_schedule
from core.robots import AnyRobot
from core.runs.recount import MOST, Moved
from core.texts.text import Text, plural
from core.worktime.schedule import CODE, BadSchedule, Schedule
from server.errors import Bad
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.queries import bad_request
from server.ui.schedule_book import Books
from server.ui.sessions import Visitor
from server.ui.words import schedules as words

#: The address of a schedule that does not exist yet, and therefore no code.
NEW: Final = "new"

_FIELDS: Final = frozenset({"name", "zone", "week", "exceptions", "country", "import"})


class SchedulesApi:
    """Answers for ``/api/schedules``, ``/api/schedules/{code}`` and what is asked before one is changed."""

    def __init__(
        self, door: Door, database: Database, books: Books, clock: Clock, *, catalogue: Mapping[str, AnyRobot]
    ) -> None:
        self._door = door
        self._database = database
        self._books = books
        self._clock = clock
        self._catalogue = catalogue

    async def list(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        known = await portal_schedules(visitor.portal_id, self._database)
        return JSONResponse({"items": [schedule.as_json() for _, schedule in sorted(known.items())]})

    async def answer(self, request: Request) -> JSONResponse:
        match request.method:
            case "PUT":
                return await self._put(request)
            case "DELETE":
                return await self._delete(request)
            case _:
                return await self._one(request)

    async def preview(self, request: Request) -> JSONResponse:
        """Say which timers a schedule would move if it were kept as it is sent, and to when."""
        visitor, code = await self._door.admin(request), code_of(request)
        body = await json_object(request)
        if not body.keys() <= _FIELDS | {"code"}:
            raise bad_request()
        try:
            draft = self._books.draft(code, body)
        except BadSchedule as bad:
            return refused(bad, visitor)
        changes = await self._moved(visitor, draft)
        items: list[Json] = [self._change_json(change, visitor) for change in changes]
        return JSONResponse({"timers": items, "more": len(items) >= MOST})

    async def _one(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        known = await portal_schedules(visitor.portal_id, self._database)
        schedule = known.get(code_of(request))
        if schedule is None:
            raise Bad(404, "not_found")
        return JSONResponse(schedule.as_json())

    async def _put(self, request: Request) -> JSONResponse:
        """Store one, whole; ``{"import": "portal"}`` takes the portal's own working time first.

        ``"recount": true`` moves the timers that were counted by it, too.
        """
        visitor, code = await self._door.admin(request), code_of(request)
        body = await json_object(request)
        if not body.keys() <= _FIELDS | {"code", "recount"} or not isinstance(body.get("recount", False), bool):
            raise bad_request()
        if code == NEW:
            return refused(BadSchedule(words.RESERVED), visitor)
        try:
            draft = self._books.draft(code, await self._imported(visitor, body))
        except BadSchedule as bad:
            return refused(bad, visitor)
        changes = await self._moved(visitor, draft) if body.get("recount") else ()
        await put_schedule(visitor.portal_id, self._database, draft, user_id=visitor.user_id, at=self._clock.now())
        await self._note(visitor, "schedule", code)
        if not body.get("recount"):
            return JSONResponse({"status": "saved"})
        done = await self._books.recount(visitor, changes)
        await self._note(visitor, "recount", code, timers=done)
        return JSONResponse({"status": "saved", "recounted": done, "text": _recounted(done).said_in(visitor.language)})

    async def _delete(self, request: Request) -> JSONResponse:
        visitor, code = await self._door.admin(request), code_of(request)
        if not await drop_schedule(visitor.portal_id, self._database, code):
            raise Bad(404, "not_found")
        await self._note(visitor, "schedule_deleted", code)
        return JSONResponse({"status": "deleted"})

    async def _imported(self, visitor: Visitor, body: Mapping[str, Json]) -> Mapping[str, Json]:
        source = body.get("import")
        given = {name: value for name, value in body.items() if name in _FIELDS - {"import"}}
        if source is None:
            return given
        if source != "portal":
            raise Bad(422, "invalid_settings")
        return (await self._of_portal(visitor)).as_json() | given

    async def _of_portal(self, visitor: Visitor) -> Schedule:
        book = await self._books.open(visitor)
        try:
            if book.read is not None:
                return await book.of_portal()
        except BitrixError:
            pass
        raise Bad(503, "portal_unavailable")

    async def _moved(self, visitor: Visitor, draft: Schedule) -> Sequence[Moved]:
        try:
            return await self._books.moved(visitor, draft)
        except (BitrixError, LaneClosed, Unreadable):
            raise Bad(503, "portal_unavailable") from None

    def _change_json(self, change: Moved, visitor: Visitor) -> Json:
        robot = self._catalogue.get(change.wait.robot)
        return {
            "run_id": change.wait.run_id,
            "robot": robot.name.said_in(visitor.language) if robot else change.wait.robot,
            "title": change.wait.title,
            "was": change.wait.due_at.isoformat(),
            "will": change.due_at.isoformat(),
        }

    async def _note(self, visitor: Visitor, action: str, code: str, **detail: Json) -> None:
        await audit(
            visitor.portal_id,
            self._database,
            action=action,
            at=self._clock.real(),
            actor=("user", str(visitor.user_id)),
            detail={"code": code, **detail},
        )


def code_of(request: Request) -> str:
    """Return the code in an address; raises Bad 404 for what can be none."""
    code = str(request.path_params["code"])
    if not CODE.fullmatch(code):
        raise Bad(404, "not_found")
    return code


def refused(bad: BadSchedule, visitor: Visitor) -> JSONResponse:
    """Say in the words of the person what is wrong with a schedule."""
    return JSONResponse({"error": "invalid_settings", "reason": bad.text.said_in(visitor.language)}, status_code=422)


def _recounted(done: int) -> Text:
    timers = plural(done, ("таймер", "таймера", "таймеров"), ("timer", "timers"))
    return words.RECOUNTED.format(timers=timers)
