"""Files to take along: asked for with a session, fetched once by a link that lives a minute."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, cast
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database, confine
from core.portals.audit import audit
from core.portals.downloads import Taken, offer, take
from core.texts.text import Language
from server.errors import Bad
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.queries import bad_request
from server.ui.reader import Reader
from server.ui.sessions import Visitor
from server.ui.spreadsheet import MARK, rows_of

Rows = AsyncIterator[Iterable[object]]
_PLAIN_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file for one person: whose, of what, in which words and whose time."""

    portal_id: str
    address: str
    reader: Reader


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file; ``check`` refuses an address that makes no sense, when it is asked for."""

    name: str
    extension: str
    media_type: str
    check: Callable[[str], object]
    write: Callable[[Wanted], AsyncIterator[str]]


def table(name: str, check: Callable[[str], object], rows: Callable[[Wanted], Rows]) -> Kind:
    """Return a kind of file that spreadsheets open."""

    def write(wanted: Wanted) -> AsyncIterator[str]:
        return _written(rows(wanted), wanted.reader.language)

    return Kind(name, "csv", "text/csv; charset=utf-8", check, write)


class Export:
    """Answers for ``/ui/export`` and ``/dl/{token}``."""

    def __init__(self, door: Door, database: Database, clock: Clock, kinds: Mapping[str, Kind]) -> None:
        self._door = door
        self._database = database
        self._clock = clock
        self._kinds = kinds

    async def ask(self, request: Request) -> JSONResponse:
        """Take ``{"what", "address"}`` and return the address of the file."""
        visitor, body = await self._door.visitor(request), await json_object(request)
        what, address = body.get("what"), body.get("address", "")
        if not isinstance(what, str) or what not in self._kinds or not isinstance(address, str):
            raise bad_request()
        self._kinds[what].check(address)
        await audit(
            visitor.portal_id,
            self._database,
            action="export",
            at=self._clock.real(),
            actor=("user", str(visitor.user_id)),
            detail={"what": what},
        )
        token = await offer(
            visitor.portal_id,
            visitor.user_id,
            self._database,
            body=_described(visitor, what, address),
            now=self._clock.real(),
        )
        return JSONResponse({"address": f"/dl/{token}"})

    async def fetch(self, request: Request) -> Response:
        """Give the file to whoever comes first; a look at its head does not take it."""
        if request.method != "GET":
            raise Bad(405, "method_not_allowed")
        taken = await take(request.path_params["token"], self._database, now=self._clock.real())
        if taken is None:
            raise Bad(404, "not_found")
        confine(taken.portal_id)
        kind, wanted = self._kinds[str(taken.body["what"])], self._wanted(taken)
        day = f"{wanted.reader.now.astimezone(wanted.reader.zone):%Y-%m-%d}"
        name = f"dezhurny-{kind.name}-{day}.{kind.extension}"
        headers = {**_PLAIN_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(kind.write(wanted), media_type=kind.media_type, headers=headers)

    def _wanted(self, taken: Taken) -> Wanted:
        body = taken.body
        return Wanted(
            portal_id=taken.portal_id,
            address=str(body["address"]),
            reader=Reader(cast(Language, body["language"]), ZoneInfo(str(body["zone"])), self._clock.now()),
        )


def _described(visitor: Visitor, what: str, address: str) -> dict[str, Json]:
    return {"what": what, "address": address, "language": visitor.language, "zone": visitor.zone.key}


async def _written(rows: Rows, language: Language) -> AsyncIterator[str]:
    yield MARK
    waiting: list[Iterable[object]] = []
    async for row in rows:
        waiting.append(row)
        if len(waiting) == _AT_ONCE:
            yield rows_of(waiting, language)
            waiting.clear()
    yield rows_of(waiting, language)
