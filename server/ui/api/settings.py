"""Settings of a portal as JSON; nothing unknown is stored, and all of a request is stored or none of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.requests import Request
from starlette.responses import JSONResponse

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database
from core.portals.audit import audit
from core.portals.lane import KEEPS_TEXT
from core.portals.settings import change_settings, portal_settings
from core.portals.store import PortalStore
from core.robots.patterns import compiles
from server.errors import Bad
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.queries import bad_request
from server.ui.sessions import Visitor

MOST_PATTERNS: Final = 50


def time_zone(value: Json) -> Json:
    """Accept the name of a zone of the IANA database; raises ValueError."""
    if not isinstance(value, str) or not value or len(value) > 64 or value.startswith(("/", ".")) or ".." in value:
        raise ValueError("no zone")
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError("no zone") from None


def patterns(value: Json) -> Json:
    """Accept one RE2 pattern or a list of them; what cannot be compiled raises ValueError."""
    if isinstance(value, str):
        return [_pattern(value)]
    if not isinstance(value, list) or len(value) > MOST_PATTERNS:
        raise ValueError("no list of patterns")
    return [_pattern(pattern) for pattern in value]


def _pattern(value: Json) -> str:
    if not isinstance(value, str) or not value or not compiles(value):
        raise ValueError("no pattern")
    return value


def dry_or_live(value: Json) -> Json:
    if value not in {"live", "dry"}:
        raise ValueError("no mode")
    return value


def yes_or_no(value: Json) -> Json:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


#: What may be set, and how it is checked.
ACCEPTS: Final[Mapping[str, Callable[[Json], Json]]] = {
    "timezone": time_zone,
    "naming_exceptions": patterns,
    "mode": dry_or_live,
    KEEPS_TEXT: yes_or_no,
}
#: A second name under which callers may give the same setting.
_ALSO: Final = {"pattern": "naming_exceptions"}


class SettingsApi:
    """Answers for ``/api/settings``."""

    def __init__(self, door: Door, database: Database, portals: PortalStore, clock: Clock) -> None:
        self._door = door
        self._database = database
        self._portals = portals
        self._clock = clock

    async def answer(self, request: Request) -> JSONResponse:
        return await (self.change(request) if request.method == "POST" else self.read(request))

    async def read(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        stored = await portal_settings(visitor.portal_id, self._database)
        return JSONResponse(
            {
                "timezone": stored.get("timezone") or visitor.zone.key,
                "naming_exceptions": stored.get("naming_exceptions") or [],
                "mode": stored.get("mode") or "live",
                KEEPS_TEXT: stored.get(KEEPS_TEXT) is True,
            }
        )

    async def change(self, request: Request) -> JSONResponse:
        visitor = await self._door.admin(request)
        values = _checked(await json_object(request))
        await change_settings(
            visitor.portal_id, self._database, values=values, user_id=visitor.user_id, at=self._clock.real()
        )
        if isinstance(zone := values.get("timezone"), str):
            await self._portals.change(visitor.portal_id, time_zone=zone, updated_at=self._clock.real())
        await self._note(visitor, values)
        return JSONResponse({"status": "saved"})

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


def _checked(given: Mapping[str, Json]) -> dict[str, Json]:
    """Return what to store; an unknown name is a mistake of the request, an impossible value one of the settings."""
    named = {_ALSO.get(name, name): value for name, value in given.items()}
    if len(named) != len(given) or not named.keys() <= ACCEPTS.keys():
        raise bad_request()
    try:
        return {name: ACCEPTS[name](value) for name, value in named.items()}
    except ValueError:
        raise Bad(422, "invalid_settings") from None
