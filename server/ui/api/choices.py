"""What people choose for themselves as JSON: the density of their lists, the filters that they saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database
from core.portals.preferences import forget_view, prefer, preferences, save_view
from server.errors import Bad
from server.ui.asked import Asked
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.first_visit import HOURS, PREFERENCE
from server.ui.queries import bad_request, row_id

LONGEST_NAME: Final = 60
#: What may be chosen; None is the default.
ACCEPTS: Final[Mapping[str, frozenset[str | None]]] = {
    "density": frozenset({None, "compact"}),
    PREFERENCE: frozenset({None, "hidden"}),
    HOURS: frozenset({None, "portal"}),
}


class ChoicesApi:
    """Answers for ``/api/preferences`` and ``/api/views``."""

    def __init__(self, door: Door, database: Database, clock: Clock) -> None:
        self._door = door
        self._database = database
        self._clock = clock

    async def change(self, request: Request) -> JSONResponse:
        visitor, values = await self._door.visitor(request), await json_object(request)
        chosen = {name: _checked(name, value) for name, value in values.items()}
        for name, value in chosen.items():
            await prefer(
                visitor.portal_id, visitor.user_id, self._database, name=name, value=value, at=self._clock.real()
            )
        return JSONResponse({"status": "saved"})

    async def views(self, request: Request) -> JSONResponse:
        return await (self.save(request) if request.method == "POST" else self.list(request))

    async def list(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        views = (await preferences(visitor.portal_id, visitor.user_id, self._database)).views
        return JSONResponse({"items": [{"id": view.id, "name": view.name, "address": view.address} for view in views]})

    async def save(self, request: Request) -> JSONResponse:
        """Save a filter under a name; the address is written anew from what it means."""
        visitor, body = await self._door.visitor(request), await json_object(request)
        name, address = body.get("name"), body.get("address")
        if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME or not isinstance(address, str):
            raise bad_request()
        view_id = await save_view(
            visitor.portal_id,
            visitor.user_id,
            self._database,
            name=name.strip(),
            address=Asked.read(address).address(),
            at=self._clock.real(),
        )
        if view_id is None:
            raise Bad(409, "too_many_views")
        return JSONResponse({"status": "saved", "id": view_id})

    async def forget(self, request: Request) -> JSONResponse:
        visitor, view_id = await self._door.visitor(request), row_id(request.path_params["id"])
        if not await forget_view(visitor.portal_id, visitor.user_id, self._database, view_id=view_id):
            raise Bad(404, "not_found")
        return JSONResponse({"status": "deleted"})


def _checked(name: str, value: Json) -> str | None:
    if name not in ACCEPTS or not (value is None or isinstance(value, str)) or value not in ACCEPTS[name]:
        raise bad_request()
    return value
