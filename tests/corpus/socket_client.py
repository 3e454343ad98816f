"""A client that sends exactly what it is told: one request, one connection, no manners."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from tests.corpus.entries import Entry

#: A request that takes longer than this hangs; nothing is timed otherwise.
HANGS_AFTER = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back; ``headers`` are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return self.body


async def send(entry: Entry, port: int) -> Answer:
    """Send an entry of the corpus to the loopback."""
    async with asyncio.timeout(HANGS_AFTER):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(_head(entry, port) + _body(entry))
            return await _answer(reader, entry.method)
        finally:
            writer.transport.abort()


def _head(entry: Entry, port: int) -> bytes:
    headers = [*entry.headers]
    names = {name.lower() for name, _ in headers}
    if "host" not in names:
        headers.insert(0, ("Host", f"127.0.0.1:{port}"))
    if entry.transport == "chunked":
        headers.append(("Transfer-Encoding", "chunked"))
    elif not names & {"content-length", "transfer-encoding"} and (entry.body or entry.method == "POST"):
        headers.append(("Content-Length", str(len(entry.body))))
    lines = [f"{entry.method} {entry.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode()


def _body(entry: Entry) -> bytes:
    if entry.transport != "chunked":
        return entry.body
    parts = [entry.body[start : start + 50_000] for start in range(0, len(entry.body), 50_000)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


async def _answer(reader: asyncio.StreamReader, method: str) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {}
    for line in head[1:]:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    if method == "HEAD":
        body = b""
    elif "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    else:
        body = await reader.read()
    return Answer(int(head[0].split(" ")[1]), headers, body)
