"""taskiq: a scheduler moves what is due into a stream, whose readers acknowledge what they have done."""

from __future__ import annotations

import asyncio

from taskiq import TaskiqScheduler
from taskiq_redis import ListRedisScheduleSource, RedisStreamBroker

from bench.peers.effect import MOST_SECONDS, TIMERS, due_at, happen, store

broker = RedisStreamBroker(
    store(), consumer_id="0", xread_count=10, idle_timeout=MOST_SECONDS * 1000, unacknowledged_lock_timeout=5
)
source = ListRedisScheduleSource(store())
scheduler = TaskiqScheduler(broker, [source])
task = broker.register_task(happen, task_name="happen")


async def put() -> None:
    await source.startup()
    await broker.startup()
    for number in range(TIMERS):
        await task.schedule_by_time(source, due_at(number), number)
    await broker.shutdown()


if __name__ == "__main__":
    asyncio.run(put())
