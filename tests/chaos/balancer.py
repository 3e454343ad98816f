"""What stands before several web processes: takes a request, gives it to one that lives, and closes."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from itertools import count


class Balancer:
    """An HTTP/1.1 proxy in a thread of its own; ``backends`` are ports, and may change at any time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.backends: list[int] = []
        self._turns = count()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="balancer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._answer, "127.0.0.1", self._port))
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n", 1)
            lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection: keep-alive")]
            length = next((int(line[15:]) for line in lines if line.lower().startswith(b"content-length:")), 0)
            body = await reader.readexactly(length)
            writer.write(await self._carried(b"\r\n".join(lines) + body))
            await writer.drain()
        writer.close()

    async def _carried(self, request: bytes) -> bytes:
        """Only who does not listen is passed over: a request that may have been read is nobody else's."""
        for _ in range(200):
            backend = self.backends[next(self._turns) % len(self.backends)]
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", backend)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            try:
                writer.write(request)
                await writer.drain()
                return await reader.read(-1)
            finally:
                writer.close()
        return b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
