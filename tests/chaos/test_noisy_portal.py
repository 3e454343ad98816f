"""One portal has thousands of runs and does not answer: fifty others are served while it still hangs."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.bitrix24.command import Command
from core.bitrix24.exchange import HttpAnswer, Media
from core.db import Database
from core.robots import Done, Outcome
from core.runs.hands import PER_LANE
from tests.acceptance.story import Record
from tests.core.runs.conftest import probe
from tests.core.runs.probe import SAID, Context, Probe
from tests.core.runs.test_fairness import Houses
from tests.fake_bitrix import FakeBitrix
from tests.portal_kit import World, any_database, migrated_file, sqlite_url

__all__ = ["any_database", "migrated_file", "probe", "sqlite_url"]

EACH = 5
LOADS = [pytest.param(10, 600), pytest.param(50, 20_000, marks=pytest.mark.chaos)]


class Hanging(FakeBitrix):
    """Requests to one host get no answer before it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.host = ""
        self.now = self.most = 0
        self.go = asyncio.Event()

    async def post(self, url: str, body: bytes, *, media: Media = Media.JSON, read_for: float) -> HttpAnswer:
        if self.host and url.startswith(self.host):
            self.now += 1
            self.most = max(self.most, self.now)
            await self.go.wait()
            self.now -= 1
        return await super().post(url, body, media=media, read_for=read_for)


async def asks(ctx: Context) -> Outcome:
    await ctx.read({"app": Command("app.info")})
    return Done("done", SAID)


@pytest.mark.parametrize(("quiet", "noise"), LOADS)
async def test_f_27_all_others_are_served_while_a_noisy_portal_hangs(
    any_database: Database, probe: Probe, figure: Record, quiet: int, noise: int
) -> None:
    bitrix = Hanging()
    world = World(any_database, bitrix)
    houses = Houses(world, probe)
    probe.first = asks
    noisy = await world.installed("a")
    others = [await world.installed(f"{number:03}") for number in range(quiet)]
    await houses.due(noisy, noise, since=timedelta(hours=1))
    for portal in others:
        await houses.due(portal, EACH, since=timedelta(minutes=1))
    bitrix.host = noisy.endpoint
    engines = [houses.engine, houses.another_engine()]
    for engine in engines:
        await engine.beat()
    draining = [asyncio.create_task(engine.drain()) for engine in engines]
    async with asyncio.timeout(300):
        while sum([await houses.over(portal) for portal in others]) < quiet * EACH:
            world.forget()
            await asyncio.sleep(0.1)
    assert bitrix.now > 0, "it still hangs"
    assert await houses.over(noisy) == 0
    assert bitrix.most <= PER_LANE * len(engines)
    figure(f"requests that hang of a portal with {noise} runs", bitrix.most)
    left = await houses.free(noisy)
    bitrix.go.set()
    async with asyncio.timeout(300):
        while await houses.over(noisy) < EACH:
            world.forget()
            await asyncio.sleep(0.1)
    assert left > 0
    await asyncio.gather(*draining)
    for engine in engines:
        engine.stop_for = 1
        await engine.stop()
    [row] = await world.sql("SELECT MAX(lease_no) AS leases, MAX(deaths) AS deaths FROM run WHERE status = 'done'")
    assert (row["leases"], row["deaths"]) == (1, 0)
    await world.lanes.calls.flush()
