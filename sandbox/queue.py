"""The queue server: posts robot calls and events to handlers as forms, once, and never again (platform.md 2)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import httpx

from sandbox.php import build_form
from sandbox.wire import Json, moment

if TYPE_CHECKING:
    from sandbox.portal import Portal

HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": "Bitrix24 Webhook Engine",
}
HANDLER_TIMEOUT = 30.0
KEPT_DELIVERIES = 2_000


@dataclass(slots=True)
class Delivery:
    """One form on its way to a handler, and afterwards what the handler said."""

    kind: Literal["robot", "event"]
    name: str
    url: str
    form: dict[str, Json]
    id: int = 0
    queued_at: datetime | None = None
    status: int | None = None
    answer: str = ""
    error: str = ""
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Queue:
    """Delivers in the background while it runs; ``drain`` delivers what waits, for callers without a running queue."""

    def __init__(self, portal: Portal, client: Callable[[], httpx.AsyncClient] | None = None) -> None:
        self._portal = portal
        self.client = client or _client
        self._waiting: deque[Delivery] = deque()
        self._bell = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self.log: deque[Delivery] = deque(maxlen=KEPT_DELIVERIES)
        self.paused = False
        #: So many calls of robots never reach anybody: the hop to the queue server failed (platform.md 2.1).
        self.loses = 0

    def push(self, delivery: Delivery) -> Delivery:
        delivery.id = self._portal.ids.next("delivery")
        delivery.queued_at = self._portal.clock.now()
        self.log.append(delivery)
        if delivery.kind == "robot" and self.loses > 0:
            self.loses -= 1
            delivery.error = "lost"
            delivery.done.set()
            return delivery
        self._waiting.append(delivery)
        self._bell.set()
        return delivery

    def forget(self) -> None:
        """Drop what waits and what is remembered; deliveries under way run on."""
        self._waiting.clear()
        self.log.clear()

    async def run(self) -> None:
        """Deliver until cancelled; deliveries overtake one another, as nothing promises an order (platform.md 2.6)."""
        async with self.client() as client:
            try:
                while True:
                    await self._bell.wait()
                    self._bell.clear()
                    while self._waiting and not self.paused:
                        task = asyncio.create_task(self._deliver(client, self._waiting.popleft()))
                        self._sending.add(task)
                        task.add_done_callback(self._sending.discard)
            finally:
                for task in self._sending:
                    task.cancel()

    async def drain(self) -> None:
        async with self.client() as client:
            while self._waiting:
                await self._deliver(client, self._waiting.popleft())

    def resume(self) -> None:
        self.paused = False
        self._bell.set()

    async def _deliver(self, client: httpx.AsyncClient, delivery: Delivery) -> None:
        switches = self._portal.switches
        if switches.delivery_delay:
            await asyncio.sleep(switches.delivery_delay)
        body = build_form(delivery.form).encode()
        for _ in range(2 if switches.deliver_twice else 1):
            try:
                answer = await client.post(delivery.url, content=body, headers=HEADERS)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                delivery.error = type(error).__name__  # no resends after error or silence (platform.md 2.6)
            else:
                delivery.status, delivery.answer = answer.status_code, answer.text[:500]
        delivery.done.set()
        self._portal.touch()

    def as_json(self) -> list[dict[str, Json]]:
        return [
            {
                "id": delivery.id,
                "kind": delivery.kind,
                "name": delivery.name,
                "url": delivery.url,
                "at": moment(delivery.queued_at, self._portal.zone),
                "status": delivery.status,
                "answer": delivery.answer,
                "error": delivery.error,
            }
            for delivery in self.log
        ]


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=HANDLER_TIMEOUT, trust_env=False, follow_redirects=False)
