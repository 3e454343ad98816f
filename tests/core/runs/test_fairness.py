"""Many portals in one worker: a noisy, a hanging or an unreachable one costs the others nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.bitrix24.breaker import FAILURES
from core.bitrix24.command import Command
from core.bitrix24.evidence import Sign
from core.bitrix24.secret import Secret
from core.db import new_id
from core.robots import Done, Outcome
from core.runs.engine import CLAIM_MOST, Engine
from core.runs.hands import LANE_MOST, PER_LANE
from core.runs.tables import Run
from tests.core.runs import rows
from tests.core.runs.hands import Held
from tests.core.runs.probe import SAID, Context, Probe
from tests.fake_bitrix import CLIENT_ID, FakePortal
from tests.portal_kit import NOW, World

NOISY = 3 * CLAIM_MOST


class Houses:
    """Portals with runs of the probe that are due, and a worker for them."""

    def __init__(self, world: World, probe: Probe) -> None:
        self.world = world
        self.probe = probe
        self.engine = self.another_engine()

    def another_engine(self) -> Engine:
        return Engine(
            self.world.database, self.world.lanes, {"probe": self.probe}, self.world.clock, client_id=CLIENT_ID
        )

    async def due(self, portal: FakePortal, count: int, *, since: timedelta) -> None:
        """Let runs be due for so long; nobody waits for their answers."""
        row = await self.world.row(portal)
        vault = (await self.world.info(portal)).vault
        token = vault.seal(Secret("65f0a1|A1|sign"), "run.event_token")
        await rows.store(
            self.world.database, *(self._run(row.id, portal.member_id, token, since) for _ in range(count))
        )

    def _run(self, portal_id: str, word: str, token: bytes, since: timedelta) -> Run:
        return rows.waiting(
            portal_id,
            robot="probe",
            workflow_id=new_id(),
            properties={"word": word},
            step="",
            state={},
            event_token=token,
            answered=True,
            wake_at=NOW - since,
            expires_at=NOW + timedelta(days=30),
        )

    async def free(self, portal: FakePortal) -> int:
        """Count the runs of a portal that are due and in nobody's hands."""
        row = await self.world.row(portal)
        found = await self.world.sql(
            "SELECT COUNT(*) AS n FROM run WHERE portal_id = :id AND wake_at IS NOT NULL AND lease_until IS NULL",
            id=row.id,
        )
        return int(found[0]["n"] or 0)

    async def over(self, portal: FakePortal) -> int:
        row = await self.world.row(portal)
        found = await self.world.sql(
            "SELECT COUNT(*) AS n FROM run WHERE portal_id = :id AND status = 'done' AND finished_at IS NOT NULL",
            id=row.id,
        )
        return int(found[0]["n"] or 0)


@pytest.fixture
async def houses(any_world: World, probe: Probe) -> Houses:
    return Houses(any_world, probe)


class HeldIn(Held):
    """Holds the runs of one portal and lets the others pass."""

    def __init__(self, member_id: str) -> None:
        super().__init__()
        self._member_id = member_id
        self.most = 0
        self._now = 0

    async def __call__(self, ctx: Context) -> Outcome:
        if ctx.input.word != self._member_id:
            return Done("done", SAID)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            return await super().__call__(ctx)
        finally:
            self._now -= 1


async def test_f_27_a_noisy_portal_leaves_hands_free_for_the_others(houses: Houses) -> None:
    noisy, quiet = await houses.world.installed("a"), await houses.world.installed("b")
    held = HeldIn(noisy.member_id)
    houses.probe.first = held
    await houses.due(noisy, NOISY, since=timedelta(hours=1))
    await houses.due(quiet, 5, since=timedelta(minutes=1))
    engine, other = houses.engine, houses.another_engine()
    await engine.beat()
    await other.beat()
    await engine.drain()
    await _until_over(houses, quiet, 5)
    assert held.most <= PER_LANE
    left = await houses.free(noisy)
    assert NOISY - left <= LANE_MOST + CLAIM_MOST, "the rest is left where other workers find it"
    await other.drain()
    assert await houses.free(noisy) < left
    held.go.set()
    await _until_over(houses, noisy, NOISY)
    await engine.stop()
    await other.stop()


async def test_f_27_a_portal_out_of_reach_is_left_alone_and_its_runs_wait(houses: Houses) -> None:
    world = houses.world
    away, quiet = await world.installed("a"), await world.installed("b")
    away_id = (await world.row(away)).id

    async def first(ctx: Context) -> Outcome:
        await ctx.read({"app": Command("app.info")})
        return Done("done", SAID)

    houses.probe.first = first
    world.bitrix.away[away.endpoint.removesuffix("/rest/")] = Sign.CONNECT_FAILED
    lane = await world.lanes.lane(away_id)
    for _ in range(FAILURES):
        with pytest.raises(Exception, match="Nothing was sent"):
            await lane.read({"app": Command("app.info")})
    assert world.lanes.resting() == [away_id]
    await houses.due(away, 20, since=timedelta(hours=1))
    await houses.due(quiet, 1, since=timedelta(minutes=1))
    await houses.engine.beat()
    await houses.engine.drain()
    await _until_over(houses, quiet, 1)
    assert await houses.free(away) == 20, "what cannot be done now is not even begun"
    untouched = await world.sql("SELECT DISTINCT attempt, lease_no FROM run WHERE portal_id = :id", id=away_id)
    assert untouched == [{"attempt": 0, "lease_no": 0}]
    await houses.engine.stop()


async def _until_over(houses: Houses, portal: FakePortal, count: int) -> None:
    async with asyncio.timeout(30):
        while await houses.over(portal) < count:
            await asyncio.sleep(0.01)
