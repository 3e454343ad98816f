"""`dezhurny serve`: the web part, and with `--with-worker` all of the service in one process."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import socket

    from core.config import Settings

NEEDED = ("PUBLIC_URL", "CLIENT_ID", "CLIENT_SECRET", "SECRET_KEYS")


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8089,
    with_worker: Annotated[
        bool, typer.Option("--with-worker", help="Run a worker in the same process, for an install on one machine.")
    ] = False,
) -> None:
    """Answer portals and people over HTTP.

    Brings the database up to date first.
    """
    from cli import hosting, logs
    from core import tracing
    from core.config import load

    settings = load()
    settings.needs(*NEEDED)
    logs.configure()
    tracing.begin()
    with hosting.bound(host, port) as listening:
        hosting.run(_serve(settings, listening, with_worker=with_worker))


async def _serve(settings: Settings, listening: socket.socket, *, with_worker: bool) -> None:
    from cli import hosting
    from cli.database import bring_up_to_date
    from server.app import create_app

    await bring_up_to_date(settings)
    async with AsyncExitStack() as stack:
        parts = [await stack.enter_async_context(hosting.running_web(create_app(settings), listening))]
        host, port = listening.getsockname()[:2]
        logging.getLogger(__name__).info("Answering %s on %s port %s", settings.public_url, host, port)
        if with_worker:
            from workers.main import run_worker

            parts.append(await stack.enter_async_context(hosting.running(run_worker(settings), name="worker")))
        await hosting.until_stopped(*parts)
