"""`make bench-peers`: timers under the same faults, kept by arq alone.

Three thousand timers of a second each in forty seconds, two workers; workers are killed and started again, Redis
forgets everything and is killed. What never ran is lost, what ran more than once is doubled.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.worker import Worker, func

from tests.servers import RedisProcess, redis_program

TIMERS, SECONDS, WORKERS = 3_000, 40, 2
KILLS, FORGETS, DEATHS = 15, 8, 3


async def ran(ctx: dict[str, object], number: int) -> None:
    """Leave a line in a file that outlives the worker."""
    del ctx
    await asyncio.sleep(random.uniform(0.02, 0.06))
    with Path(os.environ["LEDGER"]).open("a", encoding="ascii") as ledger:  # noqa: ASYNC230  # a line is quick
        ledger.write(f"{number}\n")


async def _work(port: int) -> None:
    settings = RedisSettings(port=port, conn_retries=1)
    job = func(ran, name="ran", keep_result=0, timeout=10)
    await Worker([job], redis_settings=settings, max_jobs=50, poll_delay=0.05, keep_result=0).async_run()


async def _enqueued(pool: ArqRedis) -> None:
    for number in range(TIMERS):
        await pool.enqueue_job("ran", number, _job_id=str(number), _defer_by=2 + number * SECONDS / TIMERS)


def _measured(folder: Path, program: str) -> Counter[int]:
    redis, ledger = RedisProcess(program, folder), folder / "ledger"
    redis.start()
    asyncio.run(_with_pool(redis.port))
    workers = [_started(redis.port, ledger) for _ in range(WORKERS)]
    chance = random.Random(1)
    faults = ["kill"] * KILLS + ["forget"] * FORGETS + ["death"] * DEATHS
    chance.shuffle(faults)
    for fault in faults:
        time.sleep((SECONDS + 5) / len(faults))
        match fault:
            case "kill":
                chance.choice(workers).kill()
            case "forget":
                redis.says("FLUSHALL")
            case _:
                redis.stop()
                redis.start()
        # A supervisor starts what has ended; arq's worker ends with Redis.
        workers = [worker if worker.poll() is None else _started(redis.port, ledger) for worker in workers]
    time.sleep(20)
    for worker in workers:
        worker.kill()
        worker.wait()
    redis.stop()
    return Counter(int(line) for line in ledger.read_text(encoding="ascii").split()) if ledger.exists() else Counter()


async def _with_pool(port: int) -> None:
    pool = await create_pool(RedisSettings(port=port))
    await _enqueued(pool)
    await pool.aclose()


def _started(port: int, ledger: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench.peers", str(port)]
    environment = os.environ | {"LEDGER": str(ledger)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    if len(sys.argv) > 1:
        asyncio.run(_work(int(sys.argv[1])))
        return
    program = redis_program()
    if program is None:
        raise SystemExit("redis-server is not on this machine.")
    with tempfile.TemporaryDirectory(prefix="dezhurny-peers-") as folder:
        done = _measured(Path(folder), program)
    doubled = sum(times > 1 for times in done.values())
    print(f"arq alone: {TIMERS} timers, {KILLS} kills of workers, {FORGETS} FLUSHALL, {DEATHS} deaths of Redis:")
    print(f"  {TIMERS - len(done)} lost, {doubled} done more than once")
    print("Dezhurny under the same faults and more: make chaos (it fails when one is lost or a message goes twice)")


if __name__ == "__main__":
    main()
