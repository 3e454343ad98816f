"""Settings of a portal as JSON; nothing unknown is stored, and all of a request is stored or none of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database
from core.portals.access import ACCESS, stored_access
from core.portals.audit import audit
from core.portals.lane import KEEPS_TEXT
from core.portals.settings import change_settings, portal_settings
from core.portals.store import PortalStore
from core.portals.switches import OFF
from core.robots.duty import USUAL_SOURCES
from core.robots.orphan import USUAL_MINUTES
from core.robots.portal_settings import (
    HOLD_FIELD,
    LOST_LAUNCHES,
    ORPHAN_DETECTOR,
    ORPHAN_MINUTES,
    ORPHAN_POOL,
    SCHEDULE_ID,
    SHIFT_SOURCES,
    UNKNOWN_SHIFT,
)
from core.runs.failures import FAILURES_TO
from core.runs.look import ROBOT_MODES
from core.runs.overdue import OVERDUE, OVERDUE_MINUTES, Policy
from core.runs.retention import LOG_DAYS, PAYLOAD_DAYS, keeping
from server.errors import Bad
from server.ui.accepted import EXCEPTIONS, LANGUAGE, MODE, TIME_ZONE, accepts
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.masking import MASKING
from server.ui.queries import bad_request
from server.ui.sessions import Visitor

#: A second name under which callers may give the same setting.
_ALSO: Final = {"pattern": EXCEPTIONS}
#: What the portal itself must be told when it changes.
_TOLD: Final = frozenset({OFF, LANGUAGE})


class SettingsApi:
    """Answers for ``/api/settings``; ``owe_sync`` has a portal told of its robots when that is needed."""

    def __init__(
        self,
        door: Door,
        database: Database,
        portals: PortalStore,
        clock: Clock,
        *,
        robots: Collection[str],
        log_days: int,
        owe_sync: Callable[[str], Awaitable[object]],
    ) -> None:
        self._door = door
        self._database = database
        self._portals = portals
        self._clock = clock
        self._accepts = accepts(robots)
        self._log_days = log_days
        self._owe_sync = owe_sync

    async def answer(self, request: Request) -> JSONResponse:
        return await (self.change(request) if request.method == "POST" else self.read(request))

    async def read(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        return JSONResponse(await self.values(visitor))

    async def values(self, visitor: Visitor) -> dict[str, Json]:
        """Return every setting as it holds, whether somebody set it or not."""
        stored = await portal_settings(visitor.portal_id, self._database)
        portal = await self._portals.get(visitor.portal_id)
        kept, late = keeping(stored, log_days=self._log_days), Policy.of(stored)
        values: dict[str, Json] = {
            TIME_ZONE: stored.get(TIME_ZONE) or visitor.zone.key,
            LANGUAGE: portal.language if portal is not None else "ru",
            MODE: stored.get(MODE) or "live",
            ROBOT_MODES: stored.get(ROBOT_MODES) or {},
            OFF: stored.get(OFF) or [],
            EXCEPTIONS: stored.get(EXCEPTIONS) or [],
            KEEPS_TEXT: stored.get(KEEPS_TEXT) is True,
            MASKING: stored.get(MASKING) is not False,
            LOG_DAYS: kept.log.days,
            PAYLOAD_DAYS: kept.payload.days,
            FAILURES_TO: stored.get(FAILURES_TO) or [],
            OVERDUE: late.choice.value,
            OVERDUE_MINUTES: late.after // timedelta(minutes=1),
            SHIFT_SOURCES: stored.get(SHIFT_SOURCES) or ",".join(source.value for source in USUAL_SOURCES),
            UNKNOWN_SHIFT: stored.get(UNKNOWN_SHIFT) or "on",
            SCHEDULE_ID: stored.get(SCHEDULE_ID) or 0,
            HOLD_FIELD: stored.get(HOLD_FIELD) or "",
            ORPHAN_DETECTOR: stored.get(ORPHAN_DETECTOR) is True,
            ORPHAN_MINUTES: stored.get(ORPHAN_MINUTES) or USUAL_MINUTES,
            ORPHAN_POOL: stored.get(ORPHAN_POOL) or [],
            LOST_LAUNCHES: stored.get(LOST_LAUNCHES) or "tell",
        }
        if visitor.is_admin:
            values[ACCESS] = stored_access(stored.get(ACCESS, {})).as_json()
        return values

    async def change(self, request: Request) -> JSONResponse:
        visitor = await self._door.admin(request)
        values = self._checked(await json_object(request))
        await change_settings(
            visitor.portal_id, self._database, values=values, user_id=visitor.user_id, at=self._clock.real()
        )
        if isinstance(zone := values.get(TIME_ZONE), str):
            await self._portals.change(visitor.portal_id, time_zone=zone, updated_at=self._clock.real())
        if isinstance(language := values.get(LANGUAGE), str):
            await self._portals.change(visitor.portal_id, language=language, updated_at=self._clock.real())
        await self._note(visitor, values)
        if _TOLD & values.keys():
            await self._owe_sync(visitor.portal_id)
        return JSONResponse({"status": "saved"})

    def _checked(self, given: Mapping[str, Json]) -> dict[str, Json]:
        """Return what to store; an unknown name is a mistake of the request, an impossible value of the settings."""
        named = {_ALSO.get(name, name): value for name, value in given.items()}
        if len(named) != len(given) or not named.keys() <= self._accepts.keys():
            raise bad_request()
        try:
            return {name: self._accepts[name](value) for name, value in named.items()}
        except ValueError:
            raise Bad(422, "invalid_settings") from None

    async def _note(self, visitor: Visitor, values: Mapping[str, Json]) -> None:
        if values:
            await audit(
                visitor.portal_id,
                self._database,
                action="settings",
                at=self._clock.real(),
                actor=("user", str(visitor.user_id)),
                detail={"names": ", ".join(sorted(values))},
            )
