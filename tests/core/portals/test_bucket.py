"""The bucket in the database: the same as the one in Redis, shared by all processes."""

from __future__ import annotations

import asyncio

import pytest

from core.bitrix24.limits import LaneRate
from core.db import Database, Statement
from core.portals.bucket import DatabaseLimiter

RATE = LaneRate(burst=5, per_second=2)


async def age(database: Database, milliseconds: int) -> None:
    """Let time pass for all buckets."""
    await database.write(Statement("UPDATE lane_bucket SET empty_at = empty_at - :ms", {"ms": milliseconds}))


@pytest.fixture
def limiter(any_database: Database) -> DatabaseLimiter:
    return DatabaseLimiter(any_database, lambda _lane: RATE)


async def test_f_06_a_burst_goes_and_then_as_many_a_second_as_drain(
    any_database: Database, limiter: DatabaseLimiter
) -> None:
    assert [await limiter.wait_for("a") for _ in range(5)] == [0.0] * 5
    wait = await limiter.wait_for("a")
    assert 0.2 < wait <= 0.5
    assert 0.8 < await limiter.fill("a") <= 1
    assert await limiter.wait_for("b") == 0.0, "lanes do not share"
    await age(any_database, 500)
    assert await limiter.wait_for("a") == 0.0
    assert await limiter.wait_for("a") > 0
    await age(any_database, 3_600_000)
    assert await limiter.fill("a") == 0
    assert [await limiter.wait_for("a") for _ in range(5)] == [0.0] * 5
    assert await limiter.wait_for("a") > 0, "a long silence saves up no more than the burst"


async def test_f_06_all_processes_share_it(any_database: Database, limiter: DatabaseLimiter) -> None:
    other = DatabaseLimiter(any_database, lambda _lane: RATE)
    waits = await asyncio.gather(*(who.wait_for("a") for _ in range(10) for who in (limiter, other)))
    assert waits.count(0.0) == 5


async def test_a_punished_lane_rests(any_database: Database, limiter: DatabaseLimiter) -> None:
    await limiter.punish("a", 3)
    assert 2.5 < await limiter.wait_for("a") <= 3
    await limiter.punish("a", 1)
    assert await limiter.wait_for("a") > 2, "a lighter punishment does not shorten a heavier"
    await age(any_database, 3_000)
    assert await limiter.wait_for("a") == 0
    assert await limiter.wait_for("a") > 0


async def test_without_a_database_it_is_slow(sqlite_url: str) -> None:
    limiter = DatabaseLimiter(Database(sqlite_url), lambda _lane: RATE)
    assert await limiter.wait_for("a") == 0
    assert 0 < await limiter.wait_for("a") <= 1
    await limiter.punish("a", 5)
    assert await limiter.wait_for("a") > 3
