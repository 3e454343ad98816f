"""One process: web servers and a worker in one event loop, ended together and in order by a signal."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import uvicorn
import uvloop
from starlette.types import ASGIApp

from cli.connection import Connection
from cli.trouble import WRONG_USE, Trouble

_LAST_PORT: Final = 65535
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class WebServer(uvicorn.Server):
    """A web server that leaves signals to the process around it."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:
            raise Trouble("The web part did not start; the log above says why.") from None


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run the process until ``main`` ends."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


def bound(host: str, port: int, *, option: str = "--port") -> socket.socket:
    """Take the port before anything else is touched; raises Trouble that names the option to change."""
    if not 0 <= port <= _LAST_PORT:
        raise Trouble(f"{port} is not a port; choose another one with {option}.", code=WRONG_USE)
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = "is taken by another program"
        else:
            reason = f"cannot be used: {error.strerror or type(error).__name__}"
        raise Trouble(f"Port {port} of {host} {reason}; choose another one with {option}.", code=WRONG_USE) from None


@asynccontextmanager
async def running_web(
    app: ASGIApp, listening: socket.socket, *, drain_for: int = 20
) -> AsyncIterator[asyncio.Task[None]]:
    """Serve until the block ends, then finish open requests for at most ``drain_for`` seconds."""
    server = WebServer(
        uvicorn.Config(
            app,
            http=Connection,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=drain_for,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[listening]), name="web")
    while not server.started and not task.done():  # noqa: ASYNC110  # uvicorn offers nothing to wait for
        await asyncio.sleep(0.01)
    try:
        yield task
    finally:
        server.handle_exit(signal.SIGTERM, None)
        await asyncio.wait([task])


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None], *, name: str) -> AsyncIterator[asyncio.Task[None]]:
    """Do ``work`` until the block ends, then cancel it and wait until it has put its things away."""
    task = asyncio.create_task(work, name=name)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


class Killable:
    """Work that may be killed at any moment and is begun anew, as an overseer of processes does."""

    def __init__(self, begin: Callable[[], Coroutine[Any, Any, None]], *, down_for: float) -> None:
        self._begin = begin
        self._down_for = down_for
        self._work: asyncio.Task[None] | None = None
        self._is_killed = False
        self._stays_away_for = down_for

    async def run(self) -> None:
        """Do the work until cancelled; end with it when it ends by itself."""
        while True:
            self._work = asyncio.create_task(self._begin())
            try:
                await asyncio.wait([self._work])
            finally:
                self._work.cancel()
                await asyncio.wait([self._work])
            if not self._is_killed:
                return self._work.result()
            self._is_killed = False
            await asyncio.sleep(self._stays_away_for)

    async def kill(self, *, down_for: float | None = None) -> None:
        """End the work at once; it begins anew after so many seconds, ``down_for`` of the beginning if not told."""
        if self._work is not None and not self._work.done():
            self._is_killed = True
            self._stays_away_for = self._down_for if down_for is None else down_for
            self._work.cancel()
            await asyncio.wait([self._work])


async def until_stopped(*parts: asyncio.Task[None]) -> None:
    """Wait for Ctrl-C or SIGTERM; a second signal ends the process at once.

    Raises when one of the parts ends by itself: half a process is worse than none.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told() -> None:
        stop.set()
        for number in _SIGNALS:
            loop.remove_signal_handler(number)

    for number in _SIGNALS:
        loop.add_signal_handler(number, told)
    stopped = asyncio.create_task(stop.wait(), name="stop")
    await asyncio.wait([stopped, *parts], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    for part in parts:
        if part.done():
            part.result()
            raise Trouble(f"The part «{part.get_name()}» ended by itself; the log above says why.")
