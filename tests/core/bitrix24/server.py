"""A raw server on loopback: it reads one request and answers with the bytes it was given."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """What it heard, and where it listens."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.port = 0

    async def request(self, reader: asyncio.StreamReader) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        self.bodies.append(await reader.readexactly(length))


@contextlib.asynccontextmanager
async def serving(
    *answers: bytes, then: Talk | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """Answer requests, on kept connections too, with ``answers`` in turn; ``then`` talks after the last one."""
    server = Server()
    left = list(answers)
    open_writers: set[asyncio.StreamWriter] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        open_writers.add(writer)
        try:
            while True:
                await server.request(reader)
                if not left:
                    if then is not None:
                        await then(reader, writer)
                    return
                writer.write(left.pop(0))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            open_writers.discard(writer)
            writer.close()

    listening = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for writer in list(open_writers):
            writer.close()
        await listening.wait_closed()


def http(body: bytes, *, status: int = 200, headers: bytes = b"") -> bytes:
    length = len(body)
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n%s\r\n%s" % (status, length, headers, body)
