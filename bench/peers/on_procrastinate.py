"""procrastinate: jobs are rows of PostgreSQL; a periodic task of its manual retries those of workers fallen silent."""

from __future__ import annotations

import asyncio
import sys

from procrastinate import App, JobContext, PsycopgConnector

from bench.peers.effect import AT_ONCE, TIMERS, due_at, happen, store

BEATS, SILENT = 5.0, 15.0

app = App(connector=PsycopgConnector(conninfo=store()))
task = app.task(name="happen", retry=10)(happen)


async def retry_stalled(context: JobContext, timestamp: int) -> None:
    del timestamp
    for job in await context.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
        await context.app.job_manager.retry_job(job)


retrying = app.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)(retry_stalled)
app.periodic(cron="* * * * * */5")(retrying)


async def put() -> None:
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for first in range(0, TIMERS, AT_ONCE):
            numbers = range(first, first + AT_ONCE)
            await asyncio.gather(*(task.configure(schedule_at=due_at(n)).defer_async(number=n) for n in numbers))


async def work() -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=AT_ONCE,
            fetch_job_polling_interval=0.25,
            update_heartbeat_interval=BEATS,
            stalled_worker_timeout=SILENT,
            delete_jobs="successful",
        )


asyncio.run({"put": put, "work": work}[sys.argv[1]]())
