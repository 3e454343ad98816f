"""Run the portal as a server of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.app import create_app
from sandbox.portal import Portal
from sandbox.scenario import reset

TICK = 0.5


class DroppableProtocol(HttpToolsProtocol):
    """Lets the application close a connection without an answer: how ordered faults drop it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"sandbox.abort": {"now": self.transport.abort}}


class PortalServer(uvicorn.Server):
    """A server that lets watchers of the portal go before it waits for them."""

    def __init__(self, config: uvicorn.Config, portal: Portal, ready: asyncio.Event | None) -> None:
        super().__init__(config)
        self._portal = portal
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready is not None:
            self._ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._portal.hang_up()
        await super().shutdown(sockets)


def make_portal(
    *, host: str, port: int, lang: str = "ru", state: str = "demo", speed: float = 1.0, seed: int | None = None
) -> Portal:
    """Make a portal whose address is ``http://{host}:{port}``, in a named state."""
    portal = Portal(lang=lang, seed=seed, speed=speed, origin=f"http://{host}:{port}")
    reset(portal, state)
    return portal


async def serve(
    host: str = "127.0.0.1",
    port: int = 8088,
    *,
    lang: str = "ru",
    public_host: str = "localhost",
    portal: Portal | None = None,
    sock: socket.socket | None = None,
    ready: asyncio.Event | None = None,
) -> None:
    """Serve a portal until cancelled or told to stop by a signal.

    ``sock`` is a bound socket to use instead of host and port; ``ready`` is set when connections are accepted.
    """
    portal = portal or make_portal(host=public_host, port=port, lang=lang)
    config = uvicorn.Config(
        create_app(portal), host=host, port=port, http=DroppableProtocol, log_level="warning", access_log=False
    )
    server = PortalServer(config, portal, ready)
    tasks = [asyncio.create_task(portal.queue.run()), asyncio.create_task(_tick(portal))]
    try:
        await server.serve(sockets=[sock] if sock else None)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _tick(portal: Portal) -> None:
    """Do what comes due by the clock while nobody calls."""
    while True:
        await asyncio.sleep(TICK)
        portal.settle()


def run(*, host: str = "127.0.0.1", port: int = 8088, lang: str = "ru") -> None:
    """Serve a portal and return when it is stopped."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(host, port, lang=lang))
