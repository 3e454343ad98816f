"""Spans of the requests that come in: the route as it is written here, never the address that somebody asked for."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import tracing
from server.guard import ANY_HOST

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Traced:
    """ASGI middleware around all others.

    Starlette's own notes paths, queries, callers and what exceptions say, and lets a stranger decide what is sampled.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ANY_HOST:
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        with tracing.span(method, is_call=True, http_method=method) as span:

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.note("status", message["status"])
                    if message["status"] >= 500:
                        span.fail(str(message["status"]))
                await send(message)

            await self._app(scope, receive, noted)
            if route := getattr(scope.get("route"), "path", ""):
                span.name(f"{method} {route}")
                span.note("route", route)
