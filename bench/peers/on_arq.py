"""arq: a job is held by a key that lives ten seconds longer than the job may take, then whoever comes takes it."""

from __future__ import annotations

import asyncio
import sys

from arq.connections import RedisSettings, create_pool
from arq.worker import Worker, func

from bench.peers.effect import AT_ONCE, MOST_SECONDS, TIMERS, due_at, happen, store


async def ran(ctx: dict[str, object], number: int) -> None:
    del ctx
    await happen(number)


async def put() -> None:
    pool = await create_pool(RedisSettings.from_dsn(store()))
    for number in range(TIMERS):
        await pool.enqueue_job("ran", number, _job_id=str(number), _defer_until=due_at(number))
    await pool.aclose()


async def work() -> None:
    job = func(ran, name="ran", keep_result=0, timeout=MOST_SECONDS, max_tries=10)
    settings = RedisSettings.from_dsn(store())
    await Worker([job], redis_settings=settings, max_jobs=AT_ONCE, poll_delay=0.05, keep_result=0).async_run()


asyncio.run({"put": put, "work": work}[sys.argv[1]]())
