"""The portal's own tables about its employees as JSON: planned shifts, and who can do what."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database
from core.portals.audit import audit
from core.portals.settings import change_settings, portal_settings
from core.portals.shifts import planned_shifts, replace_shifts
from core.robots.portal_settings import SKILLS
from core.worktime.roster import BadRoster, read_roster, shift_json
from server.errors import Bad
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.queries import bad_request
from server.ui.sessions import Visitor

MOST_PEOPLE: Final = 1000
MOST_SKILLS: Final = 30
LONGEST_SKILL: Final = 50
_LARGEST: Final = 2**31 - 1
_USER: Final = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)


class ShiftsApi:
    """Answers for ``/api/shifts`` and ``/api/skills``: everybody reads, administrators replace the whole table."""

    def __init__(self, door: Door, database: Database, clock: Clock) -> None:
        self._door = door
        self._database = database
        self._clock = clock

    async def shifts(self, request: Request) -> JSONResponse:
        return await (self._put_shifts(request) if request.method == "PUT" else self._shifts(request))

    async def skills(self, request: Request) -> JSONResponse:
        return await (self._put_skills(request) if request.method == "PUT" else self._skills(request))

    async def _shifts(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        known = await planned_shifts(visitor.portal_id, self._database)
        return JSONResponse({"items": [shift_json(shift) for shift in known]})

    async def _put_shifts(self, request: Request) -> JSONResponse:
        """Take ``{"items": [{"user", "weekday" or "date", "from", "to", "zone"}]}``."""
        visitor = await self._door.admin(request)
        body = await json_object(request)
        if body.keys() != {"items"}:
            raise bad_request()
        try:
            shifts = read_roster(body["items"], zone=visitor.zone)
        except BadRoster:
            raise Bad(422, "invalid_settings") from None
        await replace_shifts(visitor.portal_id, self._database, shifts)
        await self._note(visitor, "shifts", lines=len(shifts))
        return JSONResponse({"status": "saved"})

    async def _skills(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        stored = await portal_settings(visitor.portal_id, self._database)
        return JSONResponse({"skills": stored.get(SKILLS) or {}})

    async def _put_skills(self, request: Request) -> JSONResponse:
        """Take ``{"skills": {"7": ["english", "payroll"]}}``."""
        visitor = await self._door.admin(request)
        body = await json_object(request)
        if body.keys() != {"skills"}:
            raise bad_request()
        skills = _skills_of(body["skills"])
        await change_settings(
            visitor.portal_id,
            self._database,
            values={SKILLS: skills or None},
            user_id=visitor.user_id,
            at=self._clock.real(),
        )
        await self._note(visitor, "skills", lines=len(skills))
        return JSONResponse({"status": "saved"})

    async def _note(self, visitor: Visitor, action: str, *, lines: int) -> None:
        await audit(
            visitor.portal_id,
            self._database,
            action=action,
            at=self._clock.real(),
            actor=("user", str(visitor.user_id)),
            detail={"lines": lines},
        )


def _skills_of(value: Json) -> dict[str, Json]:
    """Accept employees by their number, each with some words; who can do nothing in particular is left out."""
    if not isinstance(value, dict) or len(value) > MOST_PEOPLE:
        raise Bad(422, "invalid_settings")
    for user_id, words in value.items():
        if not _USER.fullmatch(user_id) or int(user_id) > _LARGEST:
            raise Bad(422, "invalid_settings")
        if not isinstance(words, list) or len(words) > MOST_SKILLS or not all(map(_is_skill, words)):
            raise Bad(422, "invalid_settings")
    return {user_id: words for user_id, words in sorted(value.items(), key=lambda pair: int(pair[0])) if words}


def _is_skill(word: Json) -> bool:
    """A comma parts skills where robots ask for them."""
    return isinstance(word, str) and bool(word.strip()) and len(word) <= LONGEST_SKILL and "," not in word
