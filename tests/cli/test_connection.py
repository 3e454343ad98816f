"""Strangers on a socket: heads without an end, requests that never arrive, and honest clients beside them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cli import hosting
from cli.connection import LONGEST_HEAD, Connection

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
ENDS_WITHIN = 60.0


async def _told(request: Request) -> JSONResponse:
    return JSONResponse({"bytes": len(await request.body()), "fields": len(request.headers)})


@asynccontextmanager
async def talking() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a web part that tells how much it got."""
    app = Starlette(routes=[Route("/", _told, methods=["POST"])])
    listening = hosting.bound("127.0.0.1", 0)
    async with hosting.running_web(app, listening, drain_for=1):
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        async with asyncio.timeout(ENDS_WITHIN):
            yield reader, writer
        writer.transport.abort()


async def answer(reader: asyncio.StreamReader) -> tuple[int, object]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
    return int(head.split()[1]), json.loads(await reader.readexactly(length))


@pytest.mark.parametrize(
    "endless",
    [
        HEAD + b"X: ",
        b"GET /",
        HEAD + b"X",
        CHUNKED + b"X: ",
    ],
    ids=["a value", "an address", "a name", "a field behind the body"],
)
async def test_a_head_without_an_end_is_not_kept(endless: bytes) -> None:
    async with talking() as (_, writer):
        writer.write(endless)
        with pytest.raises(ConnectionError):
            await flood(writer)


async def flood(writer: asyncio.StreamWriter) -> None:
    """Go on for as long as somebody listens; fails when too much is taken."""
    sent = 0
    while True:
        writer.write(b"a" * 8192)
        await writer.drain()
        await asyncio.sleep(0)
        sent += 8192
        assert sent < 64 * LONGEST_HEAD, "everything is kept"


async def test_a_head_that_is_too_large_is_answered() -> None:
    async with talking() as (reader, writer):
        writer.write(HEAD + b"X: " + b"a" * LONGEST_HEAD)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(b"a" * LONGEST_HEAD)
        assert await answer(reader) == (431, {"error": "headers_too_large"})
        assert await reader.read() == b""


@pytest.mark.parametrize(
    "begun",
    [b"", b"P", HEAD, HEAD + b"Content-Length: 9\r\n\r\nabc", CHUNKED[:-3]],
    ids=["nothing", "a letter", "half a head", "half a body", "half a chunk"],
)
async def test_a_request_that_never_arrives_ends_the_connection(begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "patience", 0.2)
    async with talking() as (reader, writer):
        writer.write(begun)
        assert await reader.read() == b""


async def test_also_the_second_one_of_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "patience", 0.2)
    async with talking() as (reader, writer):
        writer.write(HEAD + b"Content-Length: 1\r\n\r\na" + HEAD)
        assert await answer(reader) == (200, {"bytes": 1, "fields": 2})
        assert await reader.read() == b""


async def test_honest_requests_of_any_shape_are_answered() -> None:
    body = b"b" * 200_000
    async with talking() as (reader, writer):
        for times in (1, 3):
            writer.write((HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body) * times)
            for _ in range(times):
                assert await answer(reader) == (200, {"bytes": len(body), "fields": 2})
        writer.write(CHUNKED + b"X: 1\r\n" * 1000 + b"\r\n")
        assert await answer(reader) == (200, {"bytes": 1, "fields": 2})


async def test_nobody_is_taken_to_another_protocol() -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"
    async with talking() as (reader, writer):
        writer.write(HEAD + upgrade + b"Content-Length: 0\r\n\r\n")
        assert (await answer(reader))[0] == 200
