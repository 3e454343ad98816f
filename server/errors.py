"""How the service says no: a status and one word, never a detail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.db import DatabaseAway

#: When a caller may try again after 503; portals do not, people and proxies do.
RETRY_AFTER_SECONDS: Final = 5

_WORDS: Final = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed"}


class Bad(Exception):
    """The request is refused; ``code`` is all that the caller is told."""

    def __init__(self, status: int, code: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.headers = dict(headers or {})


def refusal(status: int, code: str, *, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return ``{"error": code}``."""
    return JSONResponse({"error": code}, status_code=status, headers=dict(headers or {}))


def unavailable() -> JSONResponse:
    return refusal(503, "unavailable", headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


async def on_bad(request: Request, error: Exception) -> Response:  # noqa: ARG001
    if not isinstance(error, Bad):
        raise error
    return refusal(error.status, error.code, headers=error.headers)


async def on_http(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """Answer what routing refused (unknown path, wrong method) in our own words."""
    if not isinstance(error, HTTPException):
        raise error
    code = _WORDS.get(error.status_code, "bad_request")
    return refusal(error.status_code, code, headers=error.headers)


async def on_database_away(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return unavailable()


async def on_defect(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """Answer for a defect of ours; Starlette raises it again, and the guard writes down where it was."""
    return unavailable()


Handler = Callable[[Request, Exception], Awaitable[Response]]

#: For ``Starlette(exception_handlers=…)``.
HANDLERS: Final[Mapping[type[Exception], Handler]] = {
    Bad: on_bad,
    HTTPException: on_http,
    DatabaseAway: on_database_away,
    Exception: on_defect,
}
