"""A client that asks as fast as it is answered, over a number of kept connections, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MakeBody = Callable[[int], bytes]

_HEAD: Final = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: {length}\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Load:
    """What was answered: how many in how many seconds, and each one's time in milliseconds, the quickest first."""

    seconds: float
    milliseconds: tuple[float, ...]

    @property
    def per_second(self) -> float:
        return len(self.milliseconds) / self.seconds

    def percentile(self, share: float) -> float:
        return self.milliseconds[min(len(self.milliseconds) - 1, int(len(self.milliseconds) * share))]


def ask(port: int, path: str, make_body: MakeBody, *, requests: int, connections: int, status: str) -> Load:
    """Send ``requests`` different bodies; every answer must hold ``"status":"<status>"`` or the run is void."""
    parent, child = multiprocessing.get_context("fork").Pipe()
    arguments = (child, port, path, make_body, requests, connections, status)
    process = multiprocessing.get_context("fork").Process(target=_work, args=arguments)
    process.start()
    seconds, times, wrong = json.loads(parent.recv())
    process.join()
    if wrong:
        raise RuntimeError(f"{wrong} of {requests} answers from {path} were not what was measured for")
    return Load(seconds, tuple(sorted(times)))


def _work(
    pipe: multiprocessing.connection.Connection[str, str],
    port: int,
    path: str,
    make_body: MakeBody,
    requests: int,
    connections: int,
    status: str,
) -> None:
    bodies = [make_body(number) for number in range(requests)]
    packets = [_HEAD.format(path=path, port=port, length=len(body)).encode() + body for body in bodies]
    pipe.send(json.dumps(asyncio.run(_ask_all(port, packets, connections, f'"status":"{status}"'.encode()))))


async def _ask_all(
    port: int, packets: list[bytes], connections: int, expected: bytes
) -> tuple[float, list[float], int]:
    times: list[float] = []
    wrong = 0
    waiting = iter(packets)

    async def one_connection() -> None:
        nonlocal wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for packet in waiting:
            asked_at = time.perf_counter()
            writer.write(packet)
            body = await _answer(reader)
            times.append((time.perf_counter() - asked_at) * 1000)
            wrong += expected not in body.replace(b" ", b"")
        writer.close()
        await writer.wait_closed()

    started_at = time.perf_counter()
    await asyncio.gather(*(one_connection() for _ in range(connections)))
    return time.perf_counter() - started_at, times, wrong


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    return await reader.readexactly(length)
