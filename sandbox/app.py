"""The map of the portal: every route of its HTTP side."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox import pages
from sandbox.control.routes import routes as control_routes
from sandbox.portal import Portal
from sandbox.rest.answer import answer, grant


def create_app(portal: Portal) -> Starlette:
    """Make the ASGI application of a portal: REST, OAuth, the control side, and the pages a person sees."""

    async def rest_method(request: Request) -> Response:
        return await answer(request, portal)

    async def oauth_token(request: Request) -> Response:
        return await grant(request, portal)

    async def oauth_authorize(request: Request) -> Response:
        return _authorize(request, portal)

    routes: list[BaseRoute] = [
        Route("/rest/{user:int}/{secret}/{method:path}", rest_method, methods=["GET", "POST"]),
        Route("/rest/{method:path}", rest_method, methods=["GET", "POST"]),
        Route("/oauth/token/", oauth_token, methods=["GET", "POST"]),
        Route("/oauth/token", oauth_token, methods=["GET", "POST"]),
        Route("/oauth/authorize/", oauth_authorize, methods=["GET"]),
        *control_routes(portal),
        *pages.routes(),
    ]
    return Starlette(routes=routes)


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
