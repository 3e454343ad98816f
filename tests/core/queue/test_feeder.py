"""The feeder against a real server: each slot has its bell once, and an emptied Redis gets all of them again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from arq.constants import default_queue_name

from core.clock import FakeClock
from core.db import DatabaseAway
from core.queue.bell import Bell
from core.queue.embedded import EmbeddedServer
from core.queue.feeder import AGAIN_SECONDS, Feeder
from core.queue.server import RedisServer


class Belfry:
    """A feeder of moments that the test names, and what hangs in Redis."""

    def __init__(self, server: RedisServer, clock: FakeClock) -> None:
        self.server = server
        self.clock = clock
        self.bell = Bell(server, clock)
        self.seconds = 0.0
        self.moments: list[datetime] = []
        self.feeder = self.another()

    def another(self) -> Feeder:
        return Feeder(self.upcoming, self.bell, now=self.clock.now, monotonic=lambda: self.seconds)

    async def upcoming(self) -> list[datetime]:
        return self.moments

    def due_in(self, *seconds: float) -> None:
        self.moments = [self.clock.now() + timedelta(seconds=ahead) for ahead in seconds]

    async def hanging(self) -> set[str]:
        return {name.decode() for name in await self.server.client().zrange(default_queue_name, 0, -1)}

    async def lose(self, *names: str) -> None:
        """Let single bells vanish, of which Redis does not tell."""
        await self.server.client().zrem(default_queue_name, *names)
        await self.server.client().delete(*(f"arq:job:{name}" for name in names))


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Belfry]:
    async with RedisServer("", EmbeddedServer(folder)).running() as server:
        belfry = Belfry(server, FakeClock(datetime.now(UTC).replace(microsecond=0)))
        yield belfry
        await belfry.bell.close()


@pytest.fixture
async def belfry(tmp_path: Path) -> AsyncIterator[Belfry]:
    async with opened(tmp_path) as belfry:
        yield belfry


async def test_every_slot_has_one_bell(belfry: Belfry) -> None:
    belfry.due_in(10, 10.05, 10.1, 59)
    await belfry.feeder.feed()
    assert len(await belfry.hanging()) == 3


async def test_a_slot_is_rung_once(belfry: Belfry) -> None:
    """What hangs is not asked for again: the bell that a worker took, or that is gone, would come back."""
    belfry.due_in(10, 20)
    await belfry.feeder.feed()
    before = await belfry.hanging()
    await belfry.lose(*before)
    await belfry.feeder.feed()
    assert await belfry.hanging() == set()
    belfry.moments.append(belfry.clock.now() + timedelta(seconds=30))
    await belfry.feeder.feed()
    assert len(await belfry.hanging()) == 1


async def test_an_emptied_redis_has_all_bells_after_the_next_feed(belfry: Belfry) -> None:
    belfry.due_in(10, 20, 30)
    await belfry.feeder.feed()
    before = await belfry.hanging()
    await belfry.server.client().flushall()
    await belfry.feeder.feed()
    assert await belfry.hanging() == before
    assert len(before) == 3


async def test_every_feeder_notices_that_redis_was_emptied(belfry: Belfry) -> None:
    """The first of them writes a new word, and the others see that it is none of theirs."""
    belfry.due_in(10, 20)
    other = belfry.another()
    await belfry.feeder.feed()
    await other.feed()
    before = await belfry.hanging()
    await belfry.server.client().flushall()
    await belfry.feeder.feed()
    await belfry.lose(*before)
    await other.feed()
    assert await belfry.hanging() == before


async def test_a_bell_that_was_lost_in_silence_hangs_again_after_a_while(belfry: Belfry) -> None:
    belfry.due_in(40, 50)
    await belfry.feeder.feed()
    before = await belfry.hanging()
    await belfry.lose(min(before))
    belfry.seconds = AGAIN_SECONDS - 1
    await belfry.feeder.feed()
    assert await belfry.hanging() < before
    belfry.seconds = AGAIN_SECONDS
    await belfry.feeder.feed()
    assert await belfry.hanging() == before


async def test_what_is_due_already_is_rung_for_at_once_each_time(belfry: Belfry) -> None:
    """Whoever heard the bell may have been too early by another's clock."""
    belfry.due_in(-1, 10)
    await belfry.feeder.feed()
    assert sum(not name.startswith("due:") for name in await belfry.hanging()) == 1
    await belfry.feeder.feed()
    if belfry.bell._again is not None:
        await belfry.bell._again
    assert sum(not name.startswith("due:") for name in await belfry.hanging()) == 2


async def test_a_moved_clock_hangs_the_same_moments_at_other_times(belfry: Belfry) -> None:
    belfry.due_in(50)
    await belfry.feeder.feed()
    belfry.clock.jump(timedelta(seconds=30))
    await belfry.feeder.feed()
    assert len(await belfry.hanging()) == 2


async def test_bells_hang_as_soon_as_redis_is_back(tmp_path: Path) -> None:
    clock = FakeClock(datetime.now(UTC).replace(microsecond=0))
    server = RedisServer(f"unix://{tmp_path / 'valkey.sock'}")
    away = Belfry(server, clock)
    away.due_in(10)
    await away.feeder.feed()
    async with opened(tmp_path) as belfry:
        away.bell._silent_until = 0
        await away.feeder.feed()
        assert len(await belfry.hanging()) == 1
    await server.close()


async def test_a_database_that_is_away_is_the_callers_affair(belfry: Belfry) -> None:
    async def away() -> list[datetime]:
        raise DatabaseAway("gone")

    with pytest.raises(DatabaseAway):
        await Feeder(away, belfry.bell, now=belfry.clock.now).feed()
