"""An installation seen in a browser: the same outcomes as in JSON, as pages."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from core.portals.install import InstallRequest
from server.ui.door import Claim, Door
from server.ui.install import install_page, install_waits_page
from server.ui.pages import Pages


@dataclass(frozen=True, slots=True)
class InstallPages:
    """Shows how the installation goes on to the administrator who was just proven, and to others why it does not."""

    door: Door
    pages: Pages

    async def installed(self, request: Request, claim: InstallRequest) -> Response:
        language = request.query_params.get("LANG", "")[:8]
        entered = await self.door.enter(Claim(claim.access, claim.member_id, language))
        return install_page(self.pages, entered)

    def waiting(self, request: Request, *, code: str, http_status: int) -> Response:
        return install_waits_page(self.pages, request, code=code, http_status=http_status)
