"""The map of the portal: every route of its HTTP side, and which of several portals a request is for."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox import pages
from sandbox.control.routes import routes as control_routes
from sandbox.portal import Portal
from sandbox.rest.answer import answer, grant


def create_app(portal: Portal) -> ASGIApp:
    """Make the ASGI application of a portal and of those that share its server (``portal.neighbours``)."""
    return ByHost(portal)


class ByHost:
    """Hands requests to the portal of their host; one that was renamed sends REST and pages to its new address."""

    def __init__(self, first: Portal) -> None:
        self._portals = first.neighbours
        self._apps: dict[Portal, Starlette] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        portal = self._portals.at(host)
        is_control = scope["path"].startswith("/_sandbox/")
        if is_control and _is_of_another_site(headers, host):
            return await PlainTextResponse("A page of another site orders nothing here.", 403)(scope, receive, send)
        if host in portal.former_domains and not is_control:
            query = scope["query_string"].decode()
            there = f"{portal.origin}{scope['path']}{'?' if query else ''}{query}"
            return await RedirectResponse(there, 302)(scope, receive, send)
        if portal not in self._apps:
            self._apps[portal] = Starlette(routes=_routes(portal))
        return await self._apps[portal](scope, receive, send)


def _is_of_another_site(headers: Headers, host: str) -> bool:
    """Any page that a browser shows may post to this machine; only the portal's own pages mean what they order."""
    origin = headers.get("origin")
    return headers.get("sec-fetch-site") == "cross-site" or (origin is not None and origin.partition("://")[2] != host)


def _routes(portal: Portal) -> list[BaseRoute]:
    """List REST, OAuth, the control side, and the pages a person sees."""

    async def rest_method(request: Request) -> Response:
        return await answer(request, portal)

    async def oauth_token(request: Request) -> Response:
        return await grant(request, portal)

    async def oauth_authorize(request: Request) -> Response:
        return _authorize(request, portal)

    return [
        Route("/rest/{user:int}/{secret}/{method:path}", rest_method, methods=["GET", "POST"]),
        Route("/rest/{method:path}", rest_method, methods=["GET", "POST"]),
        Route("/oauth/token/", oauth_token, methods=["GET", "POST"]),
        Route("/oauth/token", oauth_token, methods=["GET", "POST"]),
        Route("/oauth/authorize/", oauth_authorize, methods=["GET"]),
        *control_routes(portal),
        *pages.routes(),
    ]


def _authorize(request: Request, portal: Portal) -> Response:
    """Let the administrator in and send him back with a code; errors stay on the portal (platform.md 3.5)."""
    app = portal.apps.by_client(request.query_params.get("client_id", ""))
    if app is None:
        return PlainTextResponse("Application not found", 404)
    code = portal.oauth.code(app, portal.people.first_admin())
    query = {
        "code": code,
        "state": request.query_params.get("state", ""),
        "domain": portal.domain,
        "member_id": portal.member_id,
        "scope": ",".join(app.scope),
        "server_domain": portal.domain,
    }
    mark = "&" if "?" in app.app_url else "?"
    return RedirectResponse(f"{app.app_url}{mark}{urlencode(query)}", 302)
