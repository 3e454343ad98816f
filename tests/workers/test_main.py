"""A worker in this process: it says that it lives, works, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from core.config import Settings
from core.db import Database, Statement
from core.db.migrate import migrate
from core.queue.jobs import DRAIN
from core.queue.server import connect
from tests.servers import RedisProcess
from tests.town import Town, town_settings
from workers.listening import functions
from workers.main import _each, run_worker

PATIENCE_SECONDS = 60.0


@asynccontextmanager
async def at_work(settings: Settings) -> AsyncIterator[Database]:
    """Run a worker until the block ends, with a second connection to look at what it does."""
    await migrate(settings.database_url)
    worker = asyncio.create_task(run_worker(settings))
    try:
        async with Database(settings.database_url) as database:
            await until(lambda: workers(database))
            yield database
            worker.cancel()
            with suppress(asyncio.CancelledError):
                await worker
            assert await workers(database) == []
    finally:
        worker.cancel()


async def workers(database: Database) -> list[object]:
    return list((await database.write(Statement("SELECT name, host FROM worker")))[0])


async def until(look: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await look():
            await asyncio.sleep(0.02)


def settings_of(folder: Path, redis_url: str) -> Settings:
    settings = town_settings(f"sqlite+aiosqlite:///{folder}/worker.db")
    return settings.model_copy(update={"redis_url": redis_url})


async def test_it_comes_and_goes(tmp_path: Path, valkey: str) -> None:
    async with at_work(settings_of(tmp_path, valkey)) as database:
        assert len(await workers(database)) == 1


async def test_it_leaves_nothing_behind_when_it_is_told_to_stop_at_once(tmp_path: Path, valkey: str) -> None:
    settings = settings_of(tmp_path, valkey)
    await migrate(settings.database_url)
    async with Database(settings.database_url) as database:
        worker = asyncio.create_task(run_worker(settings))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await workers(database):
                pass
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker
        assert await workers(database) == []


async def test_a_duty_that_loses_its_cancellation_ends_all_the_same() -> None:
    """Python 3.11 may lose one that comes just as a command has reached Redis."""
    begun = asyncio.Event()

    async def deaf() -> None:
        begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)

    duty = asyncio.create_task(_each(0, deaf))
    await begun.wait()
    duty.cancel()
    await asyncio.wait([duty], timeout=PATIENCE_SECONDS)
    assert duty.cancelled()


@pytest.mark.redis
async def test_it_hears_bells(tmp_path: Path, redis_url: str) -> None:
    """A bell is an arq job: it is gone when the worker has taken what was due."""
    async with at_work(settings_of(tmp_path, redis_url)):
        client = connect(redis_url)
        await client.enqueue_job(DRAIN)

        async def heard() -> bool:
            left: int = await client.zcard("arq:queue")
            return left == 0

        await until(heard)
        await client.aclose()


@pytest.mark.redis
async def test_it_outlives_redis(tmp_path: Path, redis_server: RedisProcess) -> None:
    async with at_work(settings_of(tmp_path, redis_server.url)) as database:
        redis_server.stop()
        [[seen]] = await database.write(Statement("UPDATE worker SET seen_at = 0 RETURNING seen_at"))
        assert seen["seen_at"] == 0
        redis_server.start()

        async def lives() -> bool:
            return bool((await database.write(Statement("SELECT name FROM worker WHERE seen_at > 0")))[0])

        await until(lives)


@pytest.mark.redis
async def test_it_outlives_a_redis_that_dies_in_the_middle_of_a_job(tmp_path: Path, redis_server: RedisProcess) -> None:
    settings = settings_of(tmp_path, redis_server.url)
    async with at_work(settings) as database:
        client = connect(redis_server.url)
        async with locked(settings):

            async def begun() -> bool:
                # A job that meets a sweep has nothing to do, and is over at once.
                await client.enqueue_job(DRAIN)
                return bool(await client.keys("arq:in-progress:*"))

            await until(begun)
            redis_server.stop()
            await client.aclose()
            # The loop of the worker must find out before the job can go on.
            await asyncio.sleep(0.5)
        redis_server.start()
        await database.write(Statement("UPDATE worker SET seen_at = 0"))

        async def lives() -> bool:
            return bool((await database.write(Statement("SELECT name FROM worker WHERE seen_at > 0")))[0])

        await until(lives)


@asynccontextmanager
async def locked(settings: Settings) -> AsyncIterator[None]:
    """Let nobody else write into the database; who writes just now needs this loop to come to an end."""
    path = str(settings.database_file)
    connection = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    await asyncio.to_thread(connection.execute, "BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


async def test_arq_keeps_no_results_and_never_gives_up(town: Town) -> None:
    [drain] = functions(town.worker.engine)
    assert (drain.name, drain.keep_result_s) == (DRAIN, 0)
    assert drain.max_tries is not None
    assert drain.max_tries > 1000
