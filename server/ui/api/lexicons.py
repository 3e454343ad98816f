"""Lists of phrases as JSON: what a portal put in the place of ours, and how a message would be understood by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database
from core.dialogs.lexicon import SHIPPED, Phrases
from core.dialogs.words import meaning_of, promise_in
from core.portals.audit import audit
from core.portals.lexicons import KINDS, BadLexicon, Kind, check_list, lexicon_of, own_lists, put_list
from server.errors import Bad
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.queries import bad_request

#: A message that is tried out.
_LONGEST_MESSAGE: Final = 2000


class LexiconsApi:
    """Answers for ``/api/lexicons``, ``/api/lexicons/{kind}`` and ``/api/lexicons/try``."""

    def __init__(self, door: Door, database: Database, clock: Clock) -> None:
        self._door = door
        self._database = database
        self._clock = clock

    async def list(self, request: Request) -> JSONResponse:
        visitor = await self._door.visitor(request)
        own = await own_lists(visitor.portal_id, self._database)
        return JSONResponse({"items": [list_json(kind, own) for kind in KINDS]})

    async def put(self, request: Request) -> JSONResponse:
        """Keep ``{"words": …}``; blank words take the portal back to our list."""
        visitor, kind = await self._door.admin(request), _kind(request)
        body = await json_object(request)
        if body.keys() != {"words"}:
            raise bad_request()
        words = _checked(body["words"])
        now = self._clock.real()
        await put_list(visitor.portal_id, self._database, kind, words, user_id=visitor.user_id, at=now)
        await audit(
            visitor.portal_id,
            self._database,
            action="lexicon",
            at=now,
            actor=("user", str(visitor.user_id)),
            object_id=kind,
            detail={"phrases": len(Phrases.read(words).all)},
        )
        return JSONResponse({"status": "saved"})

    async def attempt(self, request: Request) -> JSONResponse:
        """Say what ``{"text", "before"}`` would be taken for; lists given beside it are tried in place of the kept."""
        visitor = await self._door.visitor(request)
        body = await json_object(request)
        if not body.keys() <= {"text", "before", *KINDS}:
            raise bad_request()
        own = await own_lists(visitor.portal_id, self._database)
        lexicon = lexicon_of(own | {kind: _checked(body[kind]) for kind in KINDS if kind in body})
        text, before = _message(body.get("text")), _message(body.get("before", ""))
        return JSONResponse(
            {
                "meaning": meaning_of(text, before=before, lexicon=lexicon).value,
                "promise": promise_in(text, lexicon=lexicon) or "",
            }
        )


def list_json(kind: Kind, own: Mapping[str, str]) -> dict[str, Json]:
    """One list as it holds now; ``own``: it is the portal's."""
    return {"kind": kind, "words": own.get(kind) or shipped_words(kind), "own": kind in own}


def shipped_words(kind: Kind) -> str:
    """Our own list as people type one."""
    phrases: Phrases = getattr(SHIPPED, kind)
    return "\n".join(" ".join(phrase) for phrase in phrases.all)


def _kind(request: Request) -> Kind:
    for kind in KINDS:
        if kind == request.path_params["kind"]:
            return kind
    raise Bad(404, "not_found")


def _checked(value: Json) -> str:
    try:
        return check_list(value if isinstance(value, str) else "\x00")
    except BadLexicon:
        raise Bad(422, "invalid_settings") from None


def _message(value: Json) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_MESSAGE:
        raise bad_request()
    return value
