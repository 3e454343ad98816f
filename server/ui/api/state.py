"""The service's state, the robots it has, and how far a registration is, as JSON."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

from core.bitrix24.command import Json
from core.robots import AnyRobot
from core.robots.registration import form
from core.robots.shape import Shape, shapes
from core.texts.text import Language
from server.ui.door import Door
from server.ui.state import ServiceState, StateReader


class StateApi:
    """Answers for ``/api/health`` and ``/api/registration``."""

    def __init__(self, door: Door, state: StateReader) -> None:
        self._door = door
        self._state = state

    async def health(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        return JSONResponse(state_json(await self._state.look(visitor.portal_id)))

    async def registration(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        state = await self._state.look(visitor.portal_id)
        return JSONResponse({"state": state.registration, "note": state.registration_note})


def state_json(state: ServiceState) -> dict[str, Json]:
    return {
        "ok": state.is_well,
        "portal": {"status": state.portal_status, "reason": state.portal_reason},
        "registration": {
            "state": state.registration,
            "note": state.registration_note,
            "synced_at": state.synced_at.isoformat() if state.synced_at else None,
        },
        "workers": [
            {"name": worker.name, "seen_seconds_ago": round(worker.seen_ago.total_seconds(), 1)}
            for worker in state.workers
        ],
        "overdue": {"runs": state.overdue, "oldest_seconds": round(state.oldest.total_seconds())},
        "undecided": state.undecided,
        "watching": {
            "dialogs": state.noticing.dialogs,
            "noticed_within_seconds": round(state.noticing.within.total_seconds()),
        },
    }


def robot_json(robot: AnyRobot, language: Language) -> dict[str, Json]:
    return {
        "code": robot.code,
        "kind": robot.kind,
        "name": robot.name.said_in(language),
        "about": robot.about.said_in(language),
        "properties": [_property(shape, language) for shape in form(robot.input_model)],
        "returns": [_property(shape, language) for shape in shapes(robot.output_model)],
    }


def _property(shape: Shape, language: Language) -> Json:
    return {
        "code": shape.name,
        "name": shape.property.label.said_in(language),
        "type": shape.kind,
        "required": shape.property.required,
        "multiple": shape.multiple,
        "options": {str(option): option.label.said_in(language) for option in shape.options or ()},
    }
