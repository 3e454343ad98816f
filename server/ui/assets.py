"""Files that browsers load: style, scripts, and what we vendor."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER: Final = Path(__file__).parent.parent / "static"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
#: Modules import each other by plain name, so they are asked about each time and answered 304.
_ASK: Final = "no-cache"


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """Return the address of a file, which changes with its content."""
    return f"/static/{name}?v={hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:8]}"


class _Files(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = _FOR_EVER if versioned else _ASK
        return response


def mount_static() -> Mount:
    """Serve ``server/static`` under ``/static``."""
    return Mount("/static", _Files(directory=FOLDER), name="static")
