"""Timers of many portals that go off in the same second."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

from core.runs.engine import Engine
from tests.acceptance.story import Record
from tests.core.runs.probe import Probe
from tests.core.runs.test_fairness import Houses
from tests.portal_kit import World, any_database, any_world, migrated_file, sqlite_url

__all__ = ["any_database", "any_world", "migrated_file", "sqlite_url"]

FEW = 50
MANY = [pytest.param(20, FEW), pytest.param(200, 500, marks=pytest.mark.chaos)]


@pytest.mark.parametrize(("portals", "timers"), MANY)
async def test_f_26_every_portal_is_served_at_once_and_nothing_twice(
    any_world: World, figure: Record, portals: int, timers: int
) -> None:
    houses = Houses(any_world, Probe())
    for number in range(portals):
        portal = await any_world.installed(f"{number:03}")
        await houses.due(portal, timers, since=timedelta(minutes=1))
    engines = [houses.engine, houses.another_engine()]
    for engine in engines:
        await engine.beat()
    began = time.monotonic()
    draining = [asyncio.create_task(engine.drain()) for engine in engines]
    await _until(any_world, "SELECT COUNT(DISTINCT portal_id) AS n FROM run WHERE finished_at IS NOT NULL", portals)
    figure(f"the slowest of {portals} portals is served first after, seconds", time.monotonic() - began)
    [row] = await any_world.sql("SELECT COUNT(*) AS ended FROM run WHERE finished_at IS NOT NULL")
    few = timers == FEW or int(row["ended"] or 0) < 0.5 * portals * timers
    assert few, "no portal waits until the others have all of theirs"
    await _until(any_world, "SELECT COUNT(*) AS n FROM run WHERE finished_at IS NOT NULL", portals * timers)
    took = time.monotonic() - began
    figure(f"{portals * timers} real steps with their log, a second", portals * timers / took)
    await asyncio.gather(*draining)
    assert len(houses.probe.ran) == portals * timers
    [row] = await any_world.sql("SELECT MAX(lease_no) AS most, MAX(deaths) AS deaths FROM run")
    assert (row["most"], row["deaths"]) == (1, 0)
    await _stopped(engines)


async def _until(world: World, counting: str, wanted: int) -> None:
    async with asyncio.timeout(600):
        while (await world.sql(counting))[0]["n"] != wanted:
            await asyncio.sleep(0.05)


async def _stopped(engines: list[Engine]) -> None:
    for engine in engines:
        await engine.stop()
