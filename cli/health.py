"""Is the part of the service in this container well: the web part answers, or its worker was seen."""

from __future__ import annotations

import asyncio
import socket
from http.client import HTTPConnection, HTTPException

PORT = 8089
PATIENCE_SECONDS = 3.0


def main() -> int:
    """Return 0 when well, 1 when not, as a container engine wants it."""
    answered = _status_of_web()
    if answered is None:
        return 0 if asyncio.run(_worker_was_seen()) else 1
    return 0 if answered == 200 else 1


def _status_of_web() -> int | None:
    """Return the status of /healthz, None when no web part listens here, 0 when it does not answer properly."""
    connection = HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except ConnectionRefusedError:
        return None
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


async def _worker_was_seen() -> bool:
    from core.config import load
    from core.db import Database
    from core.runs.health import was_seen

    try:
        async with Database(load().database_url) as database:
            return await was_seen(database, host=socket.gethostname())
    except Exception:  # noqa: BLE001  # whatever prevents the look, this is not well
        return False
