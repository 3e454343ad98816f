"""The portal as a server: dropped connections, watchers, a quiet end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.apps import App
from sandbox.main import make_portal, serve
from sandbox.portal import Portal

WITHIN = 30.0


@pytest.fixture
async def served(app: App) -> AsyncIterator[tuple[Portal, httpx.AsyncClient]]:
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    portal = make_portal(host="localhost", port=port, seed=7)
    portal.apps.install(app, by=portal.people.users[1])
    ready = asyncio.Event()
    serving = asyncio.create_task(serve(port=port, portal=portal, sock=sock, ready=ready))
    await asyncio.wait_for(ready.wait(), WITHIN)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        yield portal, client
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait_for(serving, WITHIN)


@pytest.mark.parametrize("kind", ["drop_before_effect", "effect_then_drop"])
async def test_a_connection_is_dropped_without_a_word(served: tuple[Portal, httpx.AsyncClient], kind: str) -> None:
    portal, client = served
    await client.post("/_sandbox/faults", json={"method": "server.time", "kind": kind})
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        await client.get("/rest/server.time")
    assert (await client.get("/rest/server.time")).status_code == 401
    assert portal.journal.calls[0].fault == kind


async def test_watchers_hear_of_every_change(served: tuple[Portal, httpx.AsyncClient]) -> None:
    portal, client = served

    async def next_version(lines: AsyncIterator[str]) -> int:
        async for line in lines:
            if line.startswith("data: "):
                return int(line.removeprefix("data: "))
        raise AssertionError("the stream ended")

    async with client.stream("GET", "/_sandbox/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        first = await asyncio.wait_for(next_version(lines), WITHIN)
        assert first == portal.version
        portal.touch()
        assert await asyncio.wait_for(next_version(lines), WITHIN) == first + 1


async def test_a_watcher_of_another_portal_is_told_where_this_one_is(served: tuple[Portal, httpx.AsyncClient]) -> None:
    """The page stays open while the demo is started anew."""
    portal, client = served
    async with client.stream("GET", "/_sandbox/events", headers={"Last-Event-ID": "1000000"}) as stream:
        lines = stream.aiter_lines()
        assert await asyncio.wait_for(anext(lines), WITHIN) == f"id: {portal.version}"


async def test_the_queue_runs_beside_the_server(served: tuple[Portal, httpx.AsyncClient]) -> None:
    portal, client = served
    install = {"client_id": "x", "client_secret": "y", "install_url": f"{portal.origin}/_sandbox/nothing"}
    said = await client.post("/_sandbox/install", json=install)
    assert said.json()["delivered"]["status"] in (404, 405)


async def test_it_stops_though_someone_watches(served: tuple[Portal, httpx.AsyncClient]) -> None:
    portal, client = served
    async with client.stream("GET", "/_sandbox/events") as stream:
        lines = stream.aiter_lines()
        await asyncio.wait_for(anext(lines), WITHIN)
        portal.hang_up()
        async with asyncio.timeout(WITHIN):
            assert [line async for line in lines][-1] == ""  # the stream has come to its end


async def test_it_answers_quickly(served: tuple[Portal, httpx.AsyncClient]) -> None:
    """On a socket made without naming its protocol every answer would wait 40 ms for an acknowledgement."""
    _, client = served
    loop = asyncio.get_running_loop()

    async def answered() -> float:
        began = loop.time()
        await client.get("/_sandbox/clock")
        return loop.time() - began

    # The quickest of many: the machine may have other things to do, but it would wait for none of them always.
    assert min([await answered() for _ in range(40)]) < 0.03


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_the_command_ends_quietly_when_told(told: signal.Signals) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    program = f"from sandbox.main import run; run(port={port}, lang='en')"
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                said = httpx.get(f"http://127.0.0.1:{port}/_sandbox/view", trust_env=False).json()
                break
            time.sleep(0.05)
        assert (said["lang"], said["domain"]) == ("en", f"localhost:{port}")
        process.send_signal(told)
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
    finally:
        process.kill()
        process.communicate()
