"""A Redis that takes nothing, or holds what nobody rang: it is counted, said once, never done, and nothing is lost."""

from __future__ import annotations

import pickle
import re
import secrets
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest
from arq.connections import ArqRedis

from core.queue.jobs import DRAIN, packed
from core.queue.server import connect
from tests.acceptance.process import Process
from tests.chaos.crowd import Crowd
from tests.chaos.fleet import Fleet
from tests.chaos.test_redis import escalations, told
from tests.portal_side import CHIEF
from tests.servers import free_port

COUNT = 6
RANDOM = 10_000
#: Kinds of what may be said of it, each once by each worker.
SAID_MOST = 8
NOW = 1_000_000_000_000

ORDERS = [
    pytest.param("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", id="without_memory"),
    pytest.param("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", id="for_reading_only"),
]


class Watched:
    """The only worker of a fleet, with what it counts and what it has said since it began."""

    def __init__(self, fleet: Fleet) -> None:
        self._log = fleet.folder / "worker.log"
        self._before = self._log.stat().st_size if self._log.exists() else 0
        self._port = free_port()
        self.process = Process(fleet.folder, fleet.environment, "worker", "--metrics-port", str(self._port))
        fleet.until(lambda: fleet.is_known(self.process.pid), "a worker", lives=self.process)
        fleet.workers.append(self.process)

    def counted(self, name: str) -> float:
        """What this process has counted under a name, whatever its labels."""
        with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{self._port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        return sum(float(value) for value in re.findall(rf"^{name}_total(?:{{.*}})? (\S+)$", text, re.MULTILINE))

    def said(self) -> list[str]:
        with self._log.open("rb") as log:
            log.seek(self._before)
            lines = log.read().decode(errors="replace").splitlines()
        return [line for line in lines if re.search("arq|queue|Redis|job", line)]


async def alone(fleet: Fleet) -> Watched:
    for worker in fleet.living():
        worker.terminate()
    return await fleet.beside(Watched, fleet)


@pytest.mark.chaos
@pytest.mark.parametrize(("order", "back"), ORDERS)
async def test_f_08_a_redis_that_takes_nothing_costs_nothing(crowd: Crowd, order: str, back: str) -> None:
    redis = crowd.fleet.redis
    worker = await alone(crowd.fleet)
    await escalations(crowd, COUNT)
    assert redis.says(order).startswith("+OK")
    try:
        # Bells are hung a minute before.
        await crowd.advance(minutes=14, seconds=30)
        await crowd.until(lambda: _counts(worker, "dezhurny_bells_lost"), "bells that are missed")
        await told(crowd, COUNT, within=100)
    finally:
        assert redis.says(back).startswith("+OK")
    assert await crowd.settled(range(COUNT)) == {"done": COUNT}
    assert len(await crowd.notifications(CHIEF)) == COUNT
    assert worker.process.is_alive
    assert len(worker.said()) <= SAID_MOST, worker.said()


async def _counts(worker: Watched, name: str, *, least: float = 1) -> bool:
    return worker.counted(name) >= least


class Trap:
    """A pickle that would leave a trace."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return (Path.touch, (self._trace,))


async def _filled(redis: ArqRedis, trace: Path) -> None:
    """Put thousands of bells for nothing into the queue, jobs that nobody knows, and what is no job."""
    job = {"t": 1, "f": "drop_everything", "a": [], "k": {}, "et": 1}
    records = {
        "unknown": packed(job),
        "pickle": pickle.dumps(Trap(trace)),
        "torn": b"\x00\xff{",
        "arguments": packed(job | {"f": DRAIN, "a": 5}),
    }
    await redis.mset({f"arq:job:{name}": record for name, record in records.items()})
    await redis.zadd("arq:queue", dict.fromkeys(records, NOW))
    for _ in range(0, RANDOM, 1000):
        await redis.zadd("arq:queue", {secrets.token_hex(8): NOW for _ in range(1000)})


@pytest.mark.chaos
async def test_f_09_what_nobody_rang_is_counted_said_once_and_never_done(crowd: Crowd, tmp_path: Path) -> None:
    worker, trace = await alone(crowd.fleet), tmp_path / "trace"
    await escalations(crowd, COUNT)
    redis = connect(crowd.fleet.store.redis_url)
    try:
        await _filled(redis, trace)
        await told(crowd, COUNT, within=100)
        await crowd.until(lambda: _counts(worker, "dezhurny_queue_troubles", least=COUNT), "a count of what is none")
        assert await crowd.settled(range(COUNT)) == {"done": COUNT}

        async def empty() -> bool:
            left: int = await redis.zcard("arq:queue")
            return left < RANDOM / 2

        await crowd.until(empty, "an end of what nobody rang")
    finally:
        await redis.aclose()
    assert not trace.exists()
    assert len(await crowd.notifications(CHIEF)) == COUNT
    assert worker.process.is_alive
    assert len(worker.said()) <= SAID_MOST, worker.said()
