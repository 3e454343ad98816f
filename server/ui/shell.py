"""What anybody may see: the shell that a reloaded frame starts from, and a friendly word outside of a portal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from server.errors import Bad
from server.ui.door import Door
from server.ui.pages import Pages, Visit

Inside = Callable[[Visit, Request], Awaitable[Response]]


class Shell:
    """Decides between a page for a visitor and the shell, which is the same for all and holds no data."""

    def __init__(self, door: Door, pages: Pages) -> None:
        self._door = door
        self._pages = pages

    def around(self, inside: Inside) -> Callable[[Request], Awaitable[Response]]:
        """Serve a page to who has a session, the shell to who brings no token, and refuse a wrong one."""

        async def serve(request: Request) -> Response:
            if "authorization" not in request.headers:
                return self.outside(request)
            visit = self._pages.visit(await self._door.visitor(request))
            try:
                return await inside(visit, request)
            except Bad as bad:
                if bad.status != 404:
                    raise
                return self._pages.page("missing.html", visit, http_status=404, section="missing")

        return serve

    def outside(self, request: Request) -> Response:
        """The shell; in a frame it waits for the portal's word, in a window of its own it says where to go."""
        framed = request.headers.get("sec-fetch-dest", "") in {"iframe", "frame", "embed", "object"}
        return self._pages.open_page("shell.html", self._pages.stranger(request), framed=framed)

    async def front(self, request: Request) -> Response:
        """The bare address of the service, which somebody may type."""
        return self.outside(request)

    async def missing(self, visit: Visit, request: Request) -> Response:  # noqa: ARG002
        raise Bad(404, "not_found")
