"""The first wall: what no route needs to see, and what every answer carries."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.db import own_scope
from core.origins import BadOrigin, Origin
from server.errors import Bad, refusal, unavailable
from server.intake.form import BODY_BYTES

#: Name, value and path of a request together; the HTTP server's own limit must be above it, or it answers first.
HEAD_BYTES: Final = 16 * 1024
BODY_LIMIT: Final = BODY_BYTES

#: Probes and scrapers come by address, not by name, and find no secret there.
ANY_HOST: Final = frozenset({"/healthz", "/readyz", "/metrics"})

#: A page that is to be framed says so itself.
DEFAULT_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

#: A host is not a place to hide a path, a user or a space in.
_NO_HOST: Final = re.compile(r"[^A-Za-z0-9.:\[\]-]")

log = logging.getLogger(__name__)


class Guard:
    """ASGI middleware, the outermost one: refuses before routing, adds headers, lets no error out but as 503."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._origin = Origin.parse(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        try:
            check_head(scope, self._origin)
            with own_scope():
                await self._app(scope, _Counted(receive), answer)
        except Bad as bad:
            await answer.instead(scope, receive, bad)
        except Exception as error:  # noqa: BLE001 - the edge: a defect may reach the caller only as 503
            log.error("A request failed: %s at %s", type(error).__name__, _place(error))
            await answer.instead(scope, receive, None)


def check_head(scope: Scope, origin: Origin) -> None:
    """Raise Bad unless the head of the request is one that we serve."""
    headers = Headers(scope=scope)
    if _head_size(scope) > HEAD_BYTES:
        raise Bad(431, "headers_too_large")
    if not scope["path"].startswith("/") or ("content-length" in headers and "transfer-encoding" in headers):
        raise Bad(400, "bad_request")
    if scope["path"] not in ANY_HOST and not _is_ours(tuple(headers.getlist("host")), origin):
        raise Bad(400, "bad_request")
    if _declared(headers.getlist("content-length")) > BODY_LIMIT:
        raise Bad(413, "too_large")


def _head_size(scope: Scope) -> int:
    fields: Iterable[tuple[bytes, bytes]] = scope["headers"]
    target = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
    return target + sum(len(name) + len(value) for name, value in fields)


@lru_cache(maxsize=256)
def _is_ours(hosts: tuple[str, ...], origin: Origin) -> bool:
    if len(hosts) != 1 or _NO_HOST.search(hosts[0]):
        return False
    try:
        return Origin.parse(f"{origin.scheme}://{hosts[0]}") == origin
    except BadOrigin:
        return False


def _declared(lengths: list[str]) -> int:
    if not lengths:
        return 0
    if len(lengths) != 1 or not lengths[0].isascii() or not lengths[0].isdigit():
        raise Bad(400, "bad_request")
    return int(lengths[0]) if len(lengths[0]) < len(str(BODY_LIMIT)) + 1 else BODY_LIMIT + 1


class _Counted:
    """Receives a body of unknown length (chunked) and stops at the limit."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._bytes = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes > BODY_LIMIT:
            raise Bad(413, "too_large")
        return message


class _Answer:
    """Sends an answer with the headers that every answer has."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = True
            headers = MutableHeaders(scope=message)
            for name, value in DEFAULT_HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)

    async def instead(self, scope: Scope, receive: Receive, bad: Bad | None) -> None:
        """Answer with a refusal, unless an answer is already on its way."""
        if self._started:
            return
        response = unavailable() if bad is None else refusal(bad.status, bad.code, headers=bad.headers)
        await response(scope, receive, self)


def _place(error: BaseException) -> str:
    """Return file and line of the innermost frame: where to look, without what was there."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frame.tb_lineno}" if frame else "nowhere"
