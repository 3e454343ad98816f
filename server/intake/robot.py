"""``POST /b24/robot/{code}``: a robot fires. One row, one commit, then 200; nothing else is on that path."""

from __future__ import annotations

import logging
import re
from typing import Final

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.portals.calls import RobotCall
from core.portals.info import PortalInfo
from core.portals.install import sealed_text
from core.portals.tasks import owe
from core.runs.accept import accept
from server.errors import Bad
from server.intake.envelope import read_call
from server.intake.request import admitted, read_form, services_of
from server.services import Services

_CODE: Final = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)

log = logging.getLogger(__name__)


async def robot(request: Request) -> Response:
    """Answer ``accepted``, ``duplicate`` or ``rejected``; raises Bad for what is no call of a portal of ours."""
    code = request.path_params["code"]
    if _CODE.fullmatch(code) is None:
        raise Bad(404, "not_found")
    services = services_of(request)
    form = await read_form(request)
    portal = services.gate.info(await admitted(request, form))
    try:
        call = read_call(code, form)
    except Bad:
        log.warning("Portal %s sent a robot call that no portal sends.", portal.id)
        raise
    status = await accept(services.database, portal, call, robot=services.catalogue.get(code), now=services.clock.now())
    return JSONResponse({"status": status}, background=BackgroundTask(_after, services, portal, call))


async def _after(services: Services, portal: PortalInfo, call: RobotCall) -> None:
    """Wake a worker; and if the portal's tokens died, note the fresh ones that came along, to be proven."""
    pair = call.auth_pair
    if portal.status == "needs_reinstall" and pair is not None and pair.refresh is not None:
        payload = {"access": sealed_text(portal.vault, pair.access), "refresh": sealed_text(portal.vault, pair.refresh)}
        await owe(portal.id, services.database, kind="heal", due_at=services.clock.now(), payload=payload)
    await services.bell.ring()
