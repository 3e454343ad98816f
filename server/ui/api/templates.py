"""Ready texts as JSON: read by everybody, changed by administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database
from core.portals.audit import audit
from core.portals.templates import drop_template, portal_templates, put_template
from core.texts.template import CODE, BadTemplate, Template, read_template
from core.texts.text import Text
from server.errors import Bad
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.queries import bad_request
from server.ui.sessions import Visitor
from server.ui.words import templates as words

#: The address of a template that does not exist yet, and therefore no code.
NEW: Final = "new"
MOST: Final = 500


class TemplatesApi:
    """Answers for ``/api/templates`` and ``/api/templates/{code}``."""

    def __init__(self, door: Door, database: Database, clock: Clock) -> None:
        self._door = door
        self._database = database
        self._clock = clock

    async def list(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        known = await portal_templates(visitor.portal_id, self._database)
        return JSONResponse({"items": [_json(kept.template) for _, kept in sorted(known.items())]})

    async def answer(self, request: Request) -> JSONResponse:
        match request.method:
            case "PUT":
                return await self._put(request)
            case "DELETE":
                return await self._delete(request)
            case _:
                return await self._one(request)

    async def _one(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        known = await portal_templates(visitor.portal_id, self._database)
        kept = known.get(code_of(request))
        if kept is None:
            raise Bad(404, "not_found")
        return JSONResponse(_json(kept.template))

    async def _put(self, request: Request) -> JSONResponse:
        """Store ``{"name", "text", "variants": [{"channel", "language", "text"}]}``, whole."""
        visitor, code = await self._door.admin(request), code_of(request)
        body = await json_object(request)
        try:
            template = draft(code, body)
        except BadTemplate as bad:
            return refused(bad, visitor)
        known = await portal_templates(visitor.portal_id, self._database)
        if code not in known and len(known) >= MOST:
            return refused(BadTemplate({"": words.TOO_MANY}), visitor)
        now = self._clock.now()
        await put_template(visitor.portal_id, self._database, template, user_id=visitor.user_id, at=now)
        await self._note(visitor, "template", code)
        return JSONResponse({"status": "saved"})

    async def _delete(self, request: Request) -> JSONResponse:
        visitor, code = await self._door.admin(request), code_of(request)
        if not await drop_template(visitor.portal_id, self._database, code):
            raise Bad(404, "not_found")
        await self._note(visitor, "template_deleted", code)
        return JSONResponse({"status": "deleted"})

    async def _note(self, visitor: Visitor, action: str, code: str) -> None:
        await audit(
            visitor.portal_id,
            self._database,
            action=action,
            at=self._clock.real(),
            actor=("user", str(visitor.user_id)),
            object_id=code,
            detail={"code": code},
        )


def code_of(request: Request) -> str:
    """Raises Bad 404 for what cannot be a code."""
    code: str = request.path_params["code"]
    if not CODE.fullmatch(code):
        raise Bad(404, "not_found")
    return code


def draft(code: str, body: Mapping[str, Json]) -> Template:
    """Read what somebody is about to keep, which may repeat its code; raises BadTemplate, and Bad 400."""
    if body.get("code", code) != code:
        raise bad_request()
    if code == NEW:
        raise BadTemplate({"code": words.RESERVED})
    return read_template(code, {name: value for name, value in body.items() if name != "code"})


def problems_json(bad: BadTemplate, visitor: Visitor) -> dict[str, Json]:
    return {place: text.said_in(visitor.language) for place, text in bad.problems.items()}


def refused(bad: BadTemplate, visitor: Visitor) -> JSONResponse:
    """Say the first problem in a sentence, and all of them by their places."""
    where, first = next(iter(bad.problems.items()))
    name: Text | None = words.PLACES.get(where.partition(".")[0])
    reason = Text("{place}: {what}", "{place}: {what}").format(place=name, what=first) if name else first
    body: dict[str, Json] = {
        "error": "invalid_settings",
        "reason": reason.said_in(visitor.language),
        "problems": problems_json(bad, visitor),
    }
    return JSONResponse(body, status_code=422)


def _json(template: Template) -> dict[str, Json]:
    return {"code": template.code, **template.as_json()}
