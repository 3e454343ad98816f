"""The OAuth host is away while tokens of many portals have run out: one asks it now and then, and all go on after."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core.bitrix24.command import Command
from core.bitrix24.evidence import Sign
from core.bitrix24.oauth import SILENT_FOR
from core.clock import FakeClock
from core.db import Database
from core.robots import Done, Outcome
from core.runs.engine import Engine
from tests.core.runs.conftest import probe
from tests.core.runs.probe import SAID, Context, Probe
from tests.core.runs.test_fairness import Houses
from tests.fake_bitrix import OAUTH
from tests.portal_kit import NOW, World, any_database, migrated_file, sqlite_url

__all__ = ["any_database", "migrated_file", "probe", "sqlite_url"]

AWAY_FOR = timedelta(minutes=10)
#: When a run whose portal was told to wait comes again; times are rounded up to seconds.
AGAIN = SILENT_FOR + timedelta(seconds=1)
MANY = [pytest.param(4), pytest.param(200, marks=pytest.mark.chaos)]


class Running(FakeClock):
    """Goes on by itself, as the database's does; a test lets more time pass."""

    def real(self) -> datetime:
        return datetime.now(UTC)

    @classmethod
    def at(cls, moment: datetime) -> Running:
        clock = cls(moment)
        clock.jump(moment - clock.real())
        return clock


class Waiting:
    """Requests to the OAuth host get no answer before it is given: until then all who ask have asked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.held = self.asked = 0
        self._answered = asyncio.Event()
        world.bitrix.meanwhile = self._wait

    async def _wait(self) -> None:
        self.asked += 1
        self.held += 1
        await self._answered.wait()
        self.held -= 1

    async def all_are_there(self, engine: Engine) -> None:
        """Wait until every run in hand is one that waits for the host; what a slow database drops is taken again."""
        async with asyncio.timeout(60):
            while (await self.world.sql("SELECT COUNT(*) AS n FROM run WHERE owner <> ''"))[0]["n"] != self.held:
                await asyncio.sleep(0.01)
                await engine.drain()

    def answer(self) -> None:
        self._answered.set()
        self._answered = asyncio.Event()

    def go(self) -> None:
        self.world.bitrix.meanwhile = None
        self.answer()


async def asks(ctx: Context) -> Outcome:
    await ctx.read({"app": Command("app.info")})
    return Done("done", SAID)


def passes(world: World, time: timedelta) -> None:
    world.clock.jump(time)
    world.monotonic.now += time.total_seconds()


async def turn(houses: Houses, waiting: Waiting, *, after: timedelta) -> int:
    """Let time pass and every run that is due try; how often the host was asked."""
    passes(houses.world, after)
    before = waiting.asked
    await houses.engine.beat()
    await houses.engine.drain()
    await waiting.all_are_there(houses.engine)
    asked = waiting.asked - before
    waiting.answer()
    await houses.engine.idle()
    return asked


@pytest.mark.parametrize("portals", MANY)
async def test_f_31_an_oauth_host_that_is_away_is_asked_by_one_at_a_time(
    any_database: Database, probe: Probe, portals: int
) -> None:
    world = World(any_database, clock=Running.at(NOW))
    houses, bitrix = Houses(world, probe), world.bitrix
    probe.first = asks
    for number in range(portals):
        portal = await world.installed(f"{number:03}")
        await houses.due(portal, 1, since=timedelta(minutes=1))
    bitrix.stale |= bitrix.tokens.keys()
    bitrix.away[OAUTH] = Sign.READ_TIMEOUT
    waiting = Waiting(world)
    assert await turn(houses, waiting, after=timedelta(0)) == portals, "nobody could know"
    asked = [await turn(houses, waiting, after=AGAIN) for _ in range(AWAY_FOR // AGAIN)]
    assert set(asked) <= {0, 1}
    assert sum(asked) > 1, "somebody looks"
    [counted] = await world.sql("SELECT MAX(deaths) AS deaths, COUNT(*) AS n FROM run WHERE wake_at IS NOT NULL")
    assert counted == {"deaths": 0, "n": portals}, "all wait, and it is nobody's fault"
    del bitrix.away[OAUTH]
    waiting.go()
    for _ in range(3):
        passes(world, AGAIN)
        await houses.engine.drain()
        await houses.engine.idle()
    [ended] = await world.sql("SELECT COUNT(*) AS n FROM run WHERE status = 'done'")
    assert ended["n"] == portals
    assert bitrix.refreshed == portals, "one new pair for each"
    await houses.engine.stop()
    await world.lanes.calls.flush()
