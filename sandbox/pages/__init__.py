"""The pages a person sees at the portal: plain files, served with a policy that lets nothing foreign in."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

HERE = Path(__file__).parent
#: What of this folder a browser may ask for; the rest are not pages.
SERVED = frozenset({".css", ".js", ".svg"})
HEADERS = {
    # Frames hold pages of the application, wherever it lives, and are opened by a form; nothing else is foreign.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; frame-src *; form-action *; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


class Files(StaticFiles):
    """Styles, scripts and pictures of the pages."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer 404 for what is no part of a page, the sources of this package above all."""
        if Path(path).suffix not in SERVED:
            return Response("Not Found", 404, media_type="text/plain")
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


def routes() -> list[BaseRoute]:
    """Map the front page and the files it is made of."""
    return [
        Route("/", _front_page, methods=["GET"]),
        Mount("/pages", Files(directory=HERE)),
    ]


async def _front_page(_: Request) -> Response:
    return FileResponse(HERE / "index.html", media_type="text/html", headers=HEADERS)
