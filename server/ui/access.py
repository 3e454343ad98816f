"""Which role each address needs: one table, asked before any handler runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.portals.access import Role
from server.errors import Bad
from server.ui.door import Door, unauthorized
from server.ui.masking import shown_whole
from server.ui.pages import Pages
from server.ui.sessions import Visitor


@dataclass(frozen=True, slots=True)
class Need:
    """What an address asks of who comes; ``page``: who brings no session gets the shell, and a refusal is a page."""

    role: Role
    page: bool = False


#: The address proves by itself who comes, or shows nobody's data.
OPEN: Final = None
SEES: Final = Need(Role.VIEWER)
PAGE: Final = Need(Role.VIEWER, page=True)
ACTS: Final = Need(Role.SUPERVISOR)
SETS: Final = Need(Role.ADMIN)
SETTINGS_PAGE: Final = Need(Role.ADMIN, page=True)

NEEDS: Final[Mapping[str, Need | None]] = {
    "GET /": OPEN,
    "POST /b24/app": OPEN,
    "POST /b24/settings/{code}": OPEN,
    "POST /ui/session": OPEN,
    "POST /ui/settings/{code}/preview": OPEN,
    "GET /ui": PAGE,
    "GET /ui/{rest:path}": PAGE,
    "GET /ui/runs": PAGE,
    "GET /ui/runs/rows": SEES,
    "GET /ui/runs/{id}": PAGE,
    "GET /ui/timers": PAGE,
    "GET /ui/card": PAGE,
    "GET /ui/first-visit": SETS,
    "GET /ui/health": PAGE,
    "GET /ui/health/live": SEES,
    "GET /ui/statistics": PAGE,
    "GET /ui/events": SEES,
    "GET /ui/robots": PAGE,
    "GET /ui/robots/{code}": PAGE,
    "GET /ui/schedules": PAGE,
    "GET /ui/schedules/{code}": PAGE,
    "POST /ui/schedules/{code}/year": SEES,
    "POST /ui/schedules/{code}/try": SEES,
    "GET /ui/shifts": PAGE,
    "GET /ui/templates": PAGE,
    "GET /ui/templates/{code}": PAGE,
    "POST /ui/templates/{code}/try": SEES,
    "GET /ui/quick-answers": SEES,
    "GET /ui/settings": SETTINGS_PAGE,
    "GET /ui/settings/words": SETTINGS_PAGE,
    "GET /ui/settings/audit": SETTINGS_PAGE,
    "GET /api/runs": SEES,
    "GET /api/runs/{id}": SEES,
    "POST /api/runs/{id}/retry": ACTS,
    "POST /api/runs/{id}/cancel": ACTS,
    "POST /api/runs/{id}/late": ACTS,
    "POST /api/effects/{id}/decide": ACTS,
    "POST /api/runs/{id}/repeat": ACTS,
    "POST /api/runs/{id}/reveal": SETS,
    "POST /api/effects/{id}/undo": SETS,
    "GET /api/timers": SEES,
    "POST /api/timers/{id}": ACTS,
    "POST /api/bulk/preview": ACTS,
    "POST /api/bulk": ACTS,
    "POST /api/preferences": SEES,
    "GET /api/views": SEES,
    "POST /api/views": SEES,
    "DELETE /api/views/{id}": SEES,
    "POST /ui/export": SEES,
    "GET /dl/{token}": OPEN,
    "GET /api/settings": SEES,
    "POST /api/settings": SETS,
    "GET /api/schedules": SEES,
    "GET /api/schedules/{code}": SEES,
    "PUT /api/schedules/{code}": SETS,
    "DELETE /api/schedules/{code}": SETS,
    "POST /api/schedules/{code}/preview": SETS,
    "GET /api/shifts": SEES,
    "PUT /api/shifts": SETS,
    "GET /api/skills": SEES,
    "PUT /api/skills": SETS,
    "GET /api/templates": SEES,
    "GET /api/templates/{code}": SEES,
    "PUT /api/templates/{code}": SETS,
    "DELETE /api/templates/{code}": SETS,
    "GET /api/lexicons": SEES,
    "POST /api/lexicons/try": SEES,
    "PUT /api/lexicons/{kind}": SETS,
    "GET /api/health": SEES,
    "GET /api/robots": SEES,
    "POST /api/robots/{code}": SETS,
    "POST /api/registration/renew": SETS,
    "GET /api/registration": SETS,
}

#: What a refusal says, by the role that was needed.
_REFUSALS: Final[Mapping[Role, str]] = {
    Role.VIEWER: "no_access",
    Role.SUPERVISOR: "supervisor_required",
    Role.ADMIN: "admin_required",
}
_READING: Final = frozenset({"GET", "HEAD"})

Endpoint = Callable[[Request], Awaitable[Response]]


def needs_of(route: Route) -> Iterator[tuple[str, Need | None]]:
    """Yield the methods of a route and what each needs; an address that the table forgot is for administrators."""
    for method in sorted(route.methods or ()):
        asked = "GET" if method == "HEAD" else method
        yield method, NEEDS.get(f"{asked} {route.path}", SETS)


def check(visitor: Visitor, role: Role) -> None:
    """Raise Bad 403 unless the visitor may do what this role may."""
    if visitor.role < role:
        raise Bad(403, _REFUSALS[role])


def guarded(routes: Iterable[Route], door: Door, pages: Pages) -> list[Route]:
    """Return the same routes with the door before each of them."""
    return [_guarded(route, door, pages) for route in routes]


def _guarded(route: Route, door: Door, pages: Pages) -> Route:
    needs = dict(needs_of(route))
    inside: Endpoint = route.endpoint

    async def serve(request: Request) -> Response:
        need = needs[request.method]
        if need is OPEN or (need.page and "authorization" not in request.headers):
            return await inside(request)
        visitor = await door.visitor(request)
        try:
            check(visitor, need.role)
        except Bad as bad:
            if not need.page:
                raise
            return pages.page("forbidden.html", pages.visit(visitor), http_status=bad.status, section="forbidden")
        if request.method not in _READING and not door.is_fresh(visitor):
            raise unauthorized()
        request.state.visitor = visitor
        with shown_whole(visitor.sees_whole):
            return await inside(request)

    return Route(route.path, serve, methods=sorted(needs))
