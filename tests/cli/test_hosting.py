"""Parts of one process: started, ended by a signal, ended together when one fails."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from cli import hosting
from cli.trouble import Trouble


async def _hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def _broken(app: Starlette) -> None:
    raise RuntimeError("CANARY")


async def ask(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def test_a_taken_port_is_one_sentence_with_the_way_out() -> None:
    with hosting.bound("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Trouble) as trouble:
            hosting.bound("127.0.0.1", port, option="--portal-port")
    sentence = f"Port {port} of 127.0.0.1 is taken by another program; choose another one with --portal-port."
    assert (str(trouble.value), trouble.value.code) == (sentence, 2)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("192.0.2.1", 0)])
def test_a_port_that_cannot_be_is_told(host: str, port: int) -> None:
    with pytest.raises(Trouble, match="choose another one with --port") as trouble:
        hosting.bound(host, port)
    assert trouble.value.code == 2


def test_ipv6_is_an_address_too() -> None:
    with hosting.bound("::1", 0) as listening:
        assert listening.family == socket.AF_INET6


async def test_a_web_part_answers_until_the_block_ends() -> None:
    listening = hosting.bound("127.0.0.1", 0)
    port = listening.getsockname()[1]
    async with hosting.running_web(Starlette(routes=[Route("/", _hello)]), listening) as part:
        answer = await ask(port)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"server:" not in answer.lower()
    assert part.done()
    with pytest.raises(ConnectionRefusedError):
        await ask(port)


async def test_a_web_part_that_does_not_start_is_trouble(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "uvicorn")
    app = Starlette(lifespan=_failing_lifespan)
    listening = hosting.bound("127.0.0.1", 0)
    with listening:
        async with hosting.running_web(app, listening) as part:
            with pytest.raises(Trouble, match="The web part did not start"):
                await hosting.until_stopped(part)


class _failing_lifespan:  # noqa: N801  # stands for a function
    def __init__(self, app: Starlette) -> None:
        self._app = app

    async def __aenter__(self) -> None:
        await _broken(self._app)

    async def __aexit__(self, *error: object) -> None:
        return None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_waiting_and_then_the_parts(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    put_away: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            put_away.append("put away")

    async with hosting.running(work(), name="work") as part:
        asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), number)
        await hosting.until_stopped(part)
        assert not part.done()
    assert put_away == ["put away"]
    signal.signal(number, before)


async def test_a_part_that_fails_ends_the_process() -> None:
    async def work() -> None:
        raise ConnectionError("gone")

    async with hosting.running(work(), name="work") as part:
        with pytest.raises(ConnectionError, match="gone"):
            await hosting.until_stopped(part)


async def test_a_part_that_ends_by_itself_ends_the_process() -> None:
    async def work() -> None:
        await asyncio.sleep(0)

    async with hosting.running(work(), name="work") as part:
        with pytest.raises(Trouble, match="The part «work» ended by itself"):
            await hosting.until_stopped(part)


# Killable -----------------------------------------------------------------------------------------------------------


async def test_what_is_killed_begins_anew() -> None:
    begun, ended = asyncio.Semaphore(0), 0

    async def work() -> None:
        nonlocal ended
        begun.release()
        try:
            await asyncio.Event().wait()
        finally:
            ended += 1

    killable = hosting.Killable(work, down_for=3600)
    await killable.kill()  # nothing is there yet
    async with hosting.running(killable.run(), name="worker") as task:
        await begun.acquire()
        await killable.kill(down_for=0)
        assert ended == 1
        async with asyncio.timeout(60):
            await begun.acquire()
        assert not task.done()
    assert ended == 2
    assert task.cancelled()


async def test_what_fails_by_itself_is_not_begun_anew() -> None:
    async def work() -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        await hosting.Killable(work, down_for=0).run()
