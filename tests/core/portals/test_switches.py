"""Robots that a portal switched off, and how it knows the others."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from core.bitrix24.command import Json
from core.portals.registration import SyncReport
from core.portals.settings import change_settings, portal_settings
from core.portals.switches import TOLD, marks, state_of, switched_off, switched_on, told_after
from core.robots import AnyRobot
from tests.core.portals.robots import Greet, Wave
from tests.fake_bitrix import FakePortal, failure
from tests.portal_kit import NOW, PUBLIC_URL, World

ROBOTS: Mapping[str, AnyRobot] = {"greet": Greet(), "wave": Wave()}


@pytest.fixture
def staffed(world: World) -> World:
    world.robots = ROBOTS
    return world


async def states(world: World, portal: FakePortal) -> dict[str, str]:
    row = await world.row(portal)
    settings = await portal_settings(row.id, world.database)
    wanted = marks(await world.info(portal), ROBOTS.values(), PUBLIC_URL)
    return {code: state_of(code, settings, wanted) for code in ROBOTS}


async def switch(world: World, portal: FakePortal, *off: str) -> None:
    row = await world.row(portal)
    await change_settings(row.id, world.database, values={"robots_off": list(off)}, user_id=1, at=NOW)
    await world.errands.owe_sync(row.id)


async def test_a_robot_that_is_switched_off_leaves_the_portal_and_comes_back(staffed: World) -> None:
    portal = await staffed.installed("a")
    assert await states(staffed, portal) == {"greet": "new", "wave": "new"}
    await staffed.errands.run_due()
    assert await states(staffed, portal) == {"greet": "done", "wave": "done"}
    await switch(staffed, portal, "wave")
    await staffed.errands.run_due()
    assert set(portal.codes["robot"]) == {"greet"}
    assert await states(staffed, portal) == {"greet": "done", "wave": "off"}
    await switch(staffed, portal)
    assert await states(staffed, portal) == {"greet": "done", "wave": "new"}
    await staffed.errands.run_due()
    assert set(portal.codes["robot"]) == {"greet", "wave"}


async def test_what_the_portal_refuses_it_knows_as_before(staffed: World) -> None:
    portal = await staffed.installed("a")
    await staffed.errands.run_due()
    row = await staffed.row(portal)
    told: dict[str, Json] = {TOLD: {"greet": "older", "wave": "older"}}
    await change_settings(row.id, staffed.database, values=told, user_id=0, at=NOW)
    assert await states(staffed, portal) == {"greet": "differs", "wave": "differs"}
    portal.troubles["bizproc.robot.update"] = failure(400, "ERROR_WRONG_WORKFLOW_ID")
    await staffed.store.change(row.id, robots_fingerprint="")
    await staffed.errands.owe_sync(row.id)
    await staffed.errands.run_due()
    assert await states(staffed, portal) == {"greet": "differs", "wave": "differs"}


async def test_the_others_are_known_anew() -> None:
    report = SyncReport(updated=["greet"], refused={"wave": "ERROR"})
    before: dict[str, Json] = {TOLD: {"wave": "old"}}
    wanted = {"greet": "g", "wave": "w"}
    assert told_after(before, report, ROBOTS.values(), wanted) == {"greet": "g", "wave": "old"}
    assert told_after({}, report, ROBOTS.values(), wanted) == {"greet": "g"}


def test_a_portal_is_never_without_robots() -> None:
    assert [robot.code for robot in switched_on(ROBOTS, {"robots_off": ["wave"]})] == ["greet"]
    assert len(switched_on(ROBOTS, {"robots_off": ["wave", "greet"]})) == 2
    assert switched_off({"robots_off": ["wave", 5]}) == {"wave"}
    assert switched_off({"robots_off": "wave"}) == frozenset()
