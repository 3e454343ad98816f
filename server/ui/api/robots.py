"""The robots of a portal as JSON: what there is, how the portal knows it, and switches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database
from core.portals.audit import audit
from core.portals.settings import change_settings, portal_settings
from core.portals.store import PortalStore
from core.portals.switches import OFF, switched_off
from core.robots import AnyRobot
from core.runs.look import ROBOT_MODES
from server.errors import Bad
from server.ui.api.state import robot_json
from server.ui.bodies import json_object
from server.ui.catalogue import CatalogueReader, Known
from server.ui.door import Door
from server.ui.queries import bad_request
from server.ui.sessions import Visitor
from server.ui.words import robots as words

_MODES: Final = frozenset({"inherit", "live", "dry"})


class RobotsApi:
    """Answers for ``/api/robots``, ``/api/robots/{code}`` and ``/api/registration/renew``."""

    def __init__(
        self,
        door: Door,
        reader: CatalogueReader,
        *,
        database: Database,
        portals: PortalStore,
        clock: Clock,
        catalogue: Mapping[str, AnyRobot],
        owe_sync: Callable[[str], Awaitable[object]],
    ) -> None:
        self._door = door
        self._reader = reader
        self._database = database
        self._portals = portals
        self._clock = clock
        self._catalogue = catalogue
        self._owe_sync = owe_sync

    async def list(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        known = await self._reader.look(visitor, self._clock.now())
        return JSONResponse({"items": [_shown(one, visitor) for one in known]})

    async def change(self, request: Request) -> JSONResponse:
        """Take ``{"on": bool}`` or ``{"mode": "inherit" | "live" | "dry"}``, or both."""
        visitor, code = await self._door.admin(request), request.path_params["code"]
        if code not in self._catalogue:
            raise Bad(404, "not_found")
        body = await json_object(request)
        if not body or not body.keys() <= {"on", "mode"}:
            raise bad_request()
        settings = await portal_settings(visitor.portal_id, self._database)
        values: dict[str, Json] = {}
        if "on" in body:
            off = _switched(switched_off(settings) & self._catalogue.keys(), code, body["on"])
            if len(off) == len(self._catalogue):
                reason = words.LAST_ONE.said_in(visitor.language)
                return JSONResponse({"error": "invalid_settings", "reason": reason}, status_code=422)
            values[OFF] = [*sorted(off)]
        if "mode" in body:
            values[ROBOT_MODES] = _modes(settings.get(ROBOT_MODES), code, body["mode"])
        await change_settings(
            visitor.portal_id, self._database, values=values, user_id=visitor.user_id, at=self._clock.real()
        )
        for action, detail in _actions(body):
            await self._note(visitor, action, code, detail)
        if OFF in values:
            await self._owe_sync(visitor.portal_id)
        return JSONResponse({"status": "saved"})

    async def renew(self, request: Request) -> JSONResponse:
        """Have the portal told of all robots again, as if it knew none."""
        visitor = await self._door.admin(request)
        await self._portals.change(visitor.portal_id, robots_fingerprint="")
        await self._owe_sync(visitor.portal_id)
        await self._note(visitor, "sync_asked", "", {})
        return JSONResponse({"status": "done"})

    async def _note(self, visitor: Visitor, action: str, code: str, detail: Mapping[str, Json]) -> None:
        await audit(
            visitor.portal_id,
            self._database,
            action=action,
            at=self._clock.real(),
            actor=("user", str(visitor.user_id)),
            object_id=code,
            detail=detail or None,
        )


def _shown(known: Known, visitor: Visitor) -> dict[str, Json]:
    return {
        **robot_json(known.robot, visitor.language),
        "state": known.state,
        "mode": known.mode,
        "waiting": known.week.waiting,
        "runs": {"days": [*known.week.days], "failed": known.week.failed},
    }


def _switched(off: frozenset[str], code: str, on: Json) -> frozenset[str]:
    if not isinstance(on, bool):
        raise bad_request()
    return off - {code} if on else off | {code}


def _modes(kept: Json, code: str, mode: Json) -> dict[str, Json]:
    if not isinstance(mode, str) or mode not in _MODES:
        raise bad_request()
    modes = dict(kept) if isinstance(kept, dict) else {}
    modes.pop(code, None)
    return modes if mode == "inherit" else modes | {code: mode}


def _actions(body: Mapping[str, Json]) -> list[tuple[str, dict[str, Json]]]:
    done: list[tuple[str, dict[str, Json]]] = []
    if "on" in body:
        done.append(("robot_on" if body["on"] else "robot_off", {}))
    if "mode" in body:
        done.append(("robot_mode", {"mode": body["mode"]}))
    return done
