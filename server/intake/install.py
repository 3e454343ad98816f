"""``POST /b24/install``: the installation page of the application, and ONAPPINSTALL of one without a page."""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.errors import Bad, refusal
from server.intake import proof
from server.intake.request import read_form, services_of


async def install(request: Request) -> Response:
    """Answer ``installed`` or ``pending_verification``, as a page where a browser asks."""
    pages = services_of(request).install_pages if _wants_page(request) else None
    try:
        return await _install(request)
    except Bad as bad:
        if pages is None:
            return refusal(bad.status, bad.code, headers=bad.headers)
        page = pages.waiting(request, code=bad.code, http_status=bad.status)
        page.headers.update(bad.headers)
        return page


async def _install(request: Request) -> Response:
    services = services_of(request)
    form = await read_form(request)
    claim = proof.from_event(form) if "auth" in form else proof.from_page(form)
    installed = await proof.install(request, claim)
    pages = services.install_pages if _wants_page(request) else None
    status = 200 if installed == "installed" else 202
    if pages is None or claim is None:
        response: Response = JSONResponse({"status": installed}, status_code=status)
    elif installed == "installed":
        response = await pages.installed(request, claim)
    else:
        response = pages.waiting(request, code=installed, http_status=status)
    response.background = BackgroundTask(services.bell.ring)
    return response


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "").lower()
