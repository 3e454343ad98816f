"""Working-time schedules as JSON: read by everybody, changed by administrators, imported from the portal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from core.bitrix24.command import Command, Json
from core.bitrix24.errors import BitrixError
from core.bitrix24.wire import as_dict
from core.clock import Clock
from core.db import Database
from core.portals.audit import audit
from core.portals.lane import LaneClosed, Lanes
from core.portals.schedules import portal_schedules, put_schedule
from core.worktime.portal import from_portal
from core.worktime.schedule import CODE, BadSchedule, Schedule, read_schedule, schedule_of
from server.errors import Bad
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.queries import bad_request
from server.ui.sessions import Visitor

_FIELDS: Final = frozenset({"name", "zone", "week", "exceptions", "country", "import"})


class SchedulesApi:
    """Answers for ``/api/schedules`` and ``/api/schedules/{code}``."""

    def __init__(self, door: Door, database: Database, lanes: Lanes, clock: Clock) -> None:
        self._door = door
        self._database = database
        self._lanes = lanes
        self._clock = clock

    async def list(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        known = await portal_schedules(visitor.portal_id, self._database)
        return JSONResponse({"items": [schedule.as_json() for _, schedule in sorted(known.items())]})

    async def answer(self, request: Request) -> JSONResponse:
        return await (self.put(request) if request.method == "PUT" else self.one(request))

    async def one(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        known = await portal_schedules(visitor.portal_id, self._database)
        schedule = known.get(_code(request))
        if schedule is None:
            raise Bad(404, "not_found")
        return JSONResponse(schedule.as_json())

    async def put(self, request: Request) -> JSONResponse:
        """Store one, whole; ``{"import": "portal"}`` takes the portal's own working time first."""
        visitor, code = await self._door.admin(request), _code(request)
        body = await json_object(request)
        if not body.keys() <= _FIELDS | {"code"}:
            raise bad_request()
        now = self._clock.now()
        try:
            schedule = read_schedule(code, await self._imported(visitor, body), now=now)
        except BadSchedule:
            raise Bad(422, "invalid_settings") from None
        await put_schedule(visitor.portal_id, self._database, schedule, user_id=visitor.user_id, at=now)
        await self._note(visitor, schedule)
        return JSONResponse({"status": "saved"})

    async def _imported(self, visitor: Visitor, body: Mapping[str, Json]) -> Mapping[str, Json]:
        source = body.get("import")
        given = {name: value for name, value in body.items() if name not in {"import", "code"}}
        if source is None:
            return given
        if source != "portal":
            raise Bad(422, "invalid_settings")
        try:
            lane = await self._lanes.lane(visitor.portal_id)
            answers = await lane.read({"calendar": Command("calendar.settings.get")})
        except (BitrixError, LaneClosed):
            raise Bad(503, "portal_unavailable") from None
        if not answers["calendar"].ok:
            raise Bad(503, "portal_unavailable")
        company = from_portal(as_dict(answers["calendar"].result), zone=visitor.zone)
        return schedule_of("imported", company).as_json() | given

    async def _note(self, visitor: Visitor, schedule: Schedule) -> None:
        await audit(
            visitor.portal_id,
            self._database,
            action="schedule",
            at=self._clock.real(),
            actor=("user", str(visitor.user_id)),
            detail={"code": schedule.code},
        )


def _code(request: Request) -> str:
    code = str(request.path_params["code"])
    if not CODE.fullmatch(code):
        raise Bad(404, "not_found")
    return code
