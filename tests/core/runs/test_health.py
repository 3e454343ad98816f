"""Whether work is being done, asked of both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import FakeClock
from core.db import Database
from core.runs.health import health, was_seen
from core.runs.tables import WorkerRow
from tests.core.runs.rows import portal, store, waiting


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await store(database, portal("alpha"), portal("beta", status="suspended"))
        yield database


def now() -> datetime:
    return datetime.now(UTC)


def seen(ago: float, *, host: str = "here") -> WorkerRow:
    at = now() - timedelta(seconds=ago)
    return WorkerRow(name=f"{host}:{ago}", seen_at=at, started_at=at, host=host)


async def test_where_no_worker_ever_ran_there_is_none(database: Database) -> None:
    found = await health(database, FakeClock(now()))
    assert (found.worker_silent_for, found.has_worker) == (None, False)
    assert (found.overdue, found.oldest_late_by) == (0, timedelta(0))


@pytest.mark.parametrize(("ago", "lives"), [(1, True), (14, True), (16, False), (3600, False)])
async def test_a_worker_lives_while_it_speaks(database: Database, ago: float, lives: bool) -> None:
    await store(database, seen(ago))
    assert (await health(database, FakeClock(now()))).has_worker is lives


async def test_the_one_that_spoke_last_counts(database: Database) -> None:
    await store(database, seen(3600), seen(2), seen(500))
    silent_for = (await health(database, FakeClock(now()))).worker_silent_for
    assert silent_for is not None
    assert timedelta(seconds=1) < silent_for < timedelta(seconds=10)


async def test_a_worker_is_looked_for_on_its_host(database: Database) -> None:
    await store(database, seen(1), seen(60, host="there"))
    assert await was_seen(database, host="here")
    assert not await was_seen(database, host="there")
    assert not await was_seen(database, host="nowhere")


async def test_late_is_what_nobody_works_on_in_an_open_portal(database: Database) -> None:
    late = now() - timedelta(minutes=2)
    await store(
        database,
        waiting(wake_at=late),
        waiting(wake_at=late + timedelta(minutes=1)),
        waiting(wake_at=late, lease_until=now() + timedelta(minutes=1)),
        waiting(wake_at=now() - timedelta(seconds=2)),
        waiting(wake_at=now() + timedelta(hours=1)),
        waiting("beta", wake_at=late),
    )
    found = await health(database, FakeClock(now()))
    assert found.overdue == 2
    assert timedelta(minutes=2) <= found.oldest_late_by < timedelta(minutes=3)


async def test_a_moved_clock_makes_runs_late(database: Database) -> None:
    await store(database, waiting(wake_at=now() + timedelta(hours=1)))
    clock = FakeClock(now())
    clock.jump(timedelta(hours=2))
    assert (await health(database, clock)).overdue == 1
