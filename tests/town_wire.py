"""What stands in for sockets, for Redis and for time in a town."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from core.bitrix24.evidence import Sign
from core.bitrix24.exchange import HttpAnswer, LostAnswer, Media, NotSentError
from core.clock import Clock
from core.queue.bell import Bell
from sandbox.portal import Portal

T = TypeVar("T")
#: Called before a request to the portal goes out, with its methods; may wait, and may change the world meanwhile.
Before = Callable[[list[str]], Awaitable[None]]


class TownClock(Clock):
    """Business time is the portal's; real time is that of the machine, as leases have it."""

    def __init__(self, portal: Portal, behind: timedelta = timedelta(0)) -> None:
        super().__init__()
        self._portal = portal
        self._behind = behind

    def now(self) -> datetime:
        return self._portal.now() - self._behind

    def shift(self) -> timedelta:
        return self.now() - self.real()


class QuietBell(Bell):
    """Wakes nobody: what a town does rests on sweeping alone."""

    async def ring(self, wake_at: datetime | None = None) -> None:
        return


class InPlace:
    """Carries requests to applications of this process, and ours to the portal (`core.bitrix24.exchange.Posts`)."""

    def __init__(self) -> None:
        self._apps: dict[str, ASGIApp] = {}
        self.before: Before | None = None
        #: The same when the portal has done what it was asked and its answer is on the way.
        self.after: Before | None = None
        #: The same when the answer breaks off.
        self.lost: Before | None = None
        #: Nothing reaches the portal any more.
        self.cut = False

    def serve(self, origin: str, app: ASGIApp) -> None:
        self._apps[origin] = app

    def client(self, origin: str) -> httpx.AsyncClient:
        """Return a client of one application; it may be asked for before the application is served."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await self._apps[origin](scope, receive, send)

        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=origin)

    async def post(self, url: str, body: bytes, *, media: Media = Media.JSON, read_for: float) -> HttpAnswer:
        if self.before is not None:
            await self.before(_methods(url, body))
        if self.cut:
            raise NotSentError(Sign.CONNECT_FAILED)
        parts = httpx.URL(url)
        async with self.client(f"{parts.scheme}://{parts.host}") as client:
            try:
                answer = await client.post(url, content=body, headers={"Content-Type": media.value})
            except ConnectionAbortedError:
                if self.lost is not None:
                    await self.lost(_methods(url, body))
                raise LostAnswer(Sign.CONNECTION_LOST) from None
        if self.after is not None:
            await self.after(_methods(url, body))
        return HttpAnswer(answer.status_code, answer.content)

    async def together(self, order: Awaitable[T], deliver: Callable[[], Awaitable[None]]) -> T:
        """Carry out an order that waits for a delivery of the portal."""
        task = asyncio.ensure_future(order)
        while not task.done():
            await deliver()
            await asyncio.sleep(0)
        return await task


def _methods(url: str, body: bytes) -> list[str]:
    """Name the method of a request, or those of the commands of a batch."""
    method = url.rpartition("/")[2]
    commands = json.loads(body)["cmd"].values() if method == "batch" else [method]
    return [command.partition("?")[0] for command in commands]
