"""Run the portal as a server of its own."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.app import create_app
from sandbox.portal import Portal
from sandbox.portals import Portals
from sandbox.scenario import reset

TICK = 0.5
Break = Callable[[], Awaitable[None]]


class DroppableProtocol(HttpToolsProtocol):
    """Lets the application close a connection without an answer: how ordered faults drop it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        # asyncio does this only for sockets that name their protocol; without it each answer waits 40 ms
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"sandbox.abort": {"now": self.transport.abort}}


class PortalServer(uvicorn.Server):
    """A server that lets watchers of the portal go before it waits for them, and leaves signals to its caller."""

    def __init__(self, config: uvicorn.Config, portal: Portal, ready: asyncio.Event | None) -> None:
        super().__init__(config)
        self._portals = portal.neighbours
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready is not None:
            self._ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for portal in self._portals.all:
            portal.hang_up()
        await super().shutdown(sockets)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files in PEM format: a certificate with whatever chain it needs, and its key."""

    chain: Path
    key: Path


def make_portal(
    *,
    host: str,
    port: int,
    lang: str = "ru",
    state: str = "demo",
    speed: float = 1.0,
    seed: int | None = None,
    scheme: str = "http",
) -> Portal:
    """Make a portal whose address is ``{scheme}://{host}:{port}``, in a named state.

    Without a seed every portal has identifiers of its own, so that an application never takes one for another.
    """
    portal = Portal(lang=lang, seed=seed, speed=speed, origin=f"{scheme}://{host}:{port}")
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
    breaks: Mapping[str, Break] | None = None,
    certificate: Certificate | None = None,
) -> None:
    """Serve a portal, and those that share its server, until cancelled; cancelling stops it in order.

    ``sock`` is a bound socket to use instead of host and port; ``ready`` is set when connections are accepted;
    ``breaks`` are named mishaps around the portal that a person may cause there, such as ``worker``; with a
    ``certificate`` the server speaks TLS, and the portal's address should begin with https.
    """
    portal = portal or make_portal(host=public_host, port=port, lang=lang)
    portal.breaks.update(breaks or {})
    config = uvicorn.Config(
        create_app(portal),
        host=host,
        port=port,
        http=DroppableProtocol,
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
        ssl_certfile=certificate.chain if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    server = PortalServer(config, portal, ready)
    helpers = [asyncio.create_task(_tick(portal.neighbours))]

    def deliver(one: Portal) -> None:
        helpers.append(asyncio.create_task(one.queue.run()))

    for one in portal.neighbours.all:
        deliver(one)
    portal.neighbours.listeners.append(deliver)
    serving = asyncio.create_task(server.serve(sockets=[sock] if sock else None))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
    finally:
        portal.neighbours.listeners.remove(deliver)
        for helper in helpers:
            helper.cancel()
        await asyncio.gather(*helpers, return_exceptions=True)


async def _tick(portals: Portals) -> None:
    """Do what comes due by the clocks while nobody calls."""
    while True:
        await asyncio.sleep(TICK)
        for portal in portals.all:
            portal.settle()


def run(*, host: str = "127.0.0.1", port: int = 8088, lang: str = "ru") -> None:
    """Serve a portal until SIGINT or SIGTERM."""

    async def until_told() -> None:
        serving = asyncio.create_task(serve(host, port, lang=lang))
        loop = asyncio.get_running_loop()
        for told in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(told, serving.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await serving

    asyncio.run(until_told())
