"""What somebody writes into the queue: whatever it is, it is not carried out, said once, and ends nothing."""

from __future__ import annotations

import asyncio
import logging
import pickle
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from arq.connections import ArqRedis
from arq.worker import Worker, func
from prometheus_client import REGISTRY

from core.db import Statement
from core.queue.jobs import DRAIN, packed
from core.queue.server import connect
from tests.servers import RedisProcess
from tests.town import Town
from tests.workers.test_main import at_work, settings_of, until
from workers.listening import Attended, Listening, Sparing

NOW = 1_000_000_000_000


class Trap:
    """A pickle that would leave a trace."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("/tmp/dezhurny-trap"),))  # type: ignore[return-value]  # pickle takes it so


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[ArqRedis]:
    client = connect(redis_url)
    yield client
    await client.aclose()


async def put(redis: ArqRedis, name: str | bytes, record: bytes) -> None:
    key = b"arq:job:" + (name if isinstance(name, bytes) else name.encode())
    await redis.set(key, record)
    await redis.zadd("arq:queue", {name: NOW})  # type: ignore[type-var]  # one key is of one kind


def counted(kind: str) -> float:
    return REGISTRY.get_sample_value("dezhurny_queue_troubles_total", {"kind": kind}) or 0.0


async def empty(redis: ArqRedis) -> bool:
    left: int = await redis.zcard("arq:queue")
    return left == 0


@pytest.mark.redis
async def test_f_09_records_that_are_none_are_said_once_and_end_nothing(
    tmp_path: Path, redis: ArqRedis, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    job = {"t": 1, "f": "rm", "a": [], "k": {}, "et": 1}
    for number in range(20):
        await put(redis, f"torn {number}", b"\x00\xff{")
        await put(redis, f"pickle {number}", pickle.dumps(Trap()))
        await put(redis, f"unknown {number}", packed(job))
        await put(redis, f"bare {number}", b"[]")
    await put(redis, "other arguments", packed(job | {"f": DRAIN, "a": 5}))
    await put(redis, b"\xff\xfe", packed(job | {"f": DRAIN}))
    before = counted("record")
    async with at_work(settings_of(tmp_path, redis_url)) as database:
        await until(lambda: empty(redis))
        await redis.enqueue_job(DRAIN)
        await until(lambda: empty(redis))
        assert (await database.write(Statement("SELECT COUNT(*) AS n FROM worker")))[0][0]["n"] == 1
    assert not Path("/tmp/dezhurny-trap").exists()
    assert counted("record") > before, "what is said once is counted every time"
    said = [
        record.msg for record in caplog.records if record.name.startswith("arq") and record.levelno >= logging.WARNING
    ]
    assert len(said) == len(set(said)) <= 6, said


@pytest.mark.redis
async def test_f_09_a_queue_of_another_kind_is_waited_out(tmp_path: Path, redis: ArqRedis, redis_url: str) -> None:
    await redis.set("arq:queue", "not a queue")
    async with at_work(settings_of(tmp_path, redis_url)):
        await asyncio.sleep(0.3)
        await redis.delete("arq:queue")
        await redis.enqueue_job(DRAIN)
        await until(lambda: empty(redis))


@pytest.mark.redis
async def test_f_09_ten_thousand_bells_change_nothing(tmp_path: Path, redis: ArqRedis, redis_url: str) -> None:
    async with at_work(settings_of(tmp_path, redis_url)) as database:
        record = packed({"t": 1, "f": DRAIN, "a": [], "k": {}, "et": 1})
        for start in range(0, 10_000, 1000):
            names = [f"due:{number}" for number in range(start, start + 1000)]
            await redis.mset({f"arq:job:{name}": record for name in names})
            await redis.zadd("arq:queue", dict.fromkeys(names, NOW))
        await database.write(Statement("UPDATE worker SET seen_at = 0"))

        async def lives() -> bool:
            return bool((await database.write(Statement("SELECT name FROM worker WHERE seen_at > 0")))[0])

        await until(lives)


@pytest.mark.redis
async def test_f_08_a_redis_without_memory_or_for_reading_only(tmp_path: Path, redis_server: RedisProcess) -> None:
    for order, back in (
        ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
        ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
    ):
        assert redis_server.says(order).startswith("+OK")
        try:
            async with at_work(settings_of(tmp_path, redis_server.url)) as database:
                await database.write(Statement("UPDATE worker SET seen_at = 0"))

                async def lives() -> bool:
                    return bool((await database.write(Statement("SELECT name FROM worker WHERE seen_at > 0")))[0])

                await until(lives)
        finally:
            redis_server.says(back)


def test_a_message_comes_through_once_and_then_says_how_many_there_were() -> None:
    now = [0.0]
    sparing = Sparing(clock=lambda: now[0], each=60)

    def said(number: int) -> str | None:
        record = logging.LogRecord("arq.worker", logging.WARNING, "", 0, "job %s expired", (number,), None)
        return record.getMessage() if sparing.filter(record) else None

    assert [said(number) for number in range(4)] == ["job 0 expired", None, None, None]
    now[0] = 61
    assert said(4) == "job 4 expired (and 3 more)"
    assert said(5) is None


@pytest.mark.redis
async def test_it_ends_although_arq_did_not_hear_that_it_should(
    town: Town, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def deaf_once(_: Worker) -> None:
        begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        await asyncio.sleep(3600)

    monkeypatch.setattr(Worker, "main", deaf_once)
    listening = asyncio.create_task(Listening(lambda: redis_url, town.worker.engine).for_ever())
    await begun.wait()
    listening.cancel()
    await asyncio.wait([listening], timeout=60)
    assert listening.cancelled()


@pytest.mark.redis
async def test_what_arq_says_of_a_job_ends_with_it_although_redis_hangs(redis_server: RedisProcess) -> None:
    """Said later, it would open a connection that nobody closes."""
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def job(ctx: dict[object, object]) -> None:
        begun.set()
        await goes_on.wait()

    client = connect(redis_server.url)
    await client.enqueue_job("job")
    before = asyncio.all_tasks()
    worker = Attended([func(job, name="job", keep_result=0)], client)
    listening = asyncio.create_task(worker.async_run())
    await begun.wait()
    redis_server.send(signal.SIGSTOP)
    try:
        goes_on.set()
        # The job comes to its end, and arq begins to say so.
        for _ in range(20):
            await asyncio.sleep(0)
        await worker.let_go()
        await asyncio.gather(listening, return_exceptions=True)
        assert asyncio.all_tasks() - before == set()
    finally:
        redis_server.send(signal.SIGCONT)
    await client.aclose()
