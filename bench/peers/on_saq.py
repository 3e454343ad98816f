"""saq: a sweep finds jobs that took too long and retries them; its timers are whole seconds."""

from __future__ import annotations

import asyncio
import math
import sys

from saq import Queue, Worker

from bench.peers.effect import AT_ONCE, MOST_SECONDS, TIMERS, due, happen, store


async def ran(ctx: object, *, number: int) -> None:
    del ctx
    await happen(number)


async def put() -> None:
    queue = Queue.from_url(store())
    await queue.connect()
    for number in range(TIMERS):
        at = math.ceil(due(number))
        await queue.enqueue("ran", number=number, key=str(number), scheduled=at, timeout=MOST_SECONDS, retries=10)
    await queue.disconnect()


async def work() -> None:
    queue = Queue.from_url(store())
    await queue.connect()
    timers = {"schedule": 1, "sweep": 5}
    await Worker(queue, [ran], concurrency=AT_ONCE, timers=timers, dequeue_timeout=1).start()


asyncio.run({"put": put, "work": work}[sys.argv[1]]())
