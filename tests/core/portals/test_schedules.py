"""Schedules as they are kept: each portal's own, replaced as a whole, and never in the way of each other."""

from __future__ import annotations

from datetime import UTC, datetime

from core.db import Statement
from core.portals.schedules import portal_schedules, put_schedule
from core.worktime.schedule import Schedule, read_schedule
from tests.portal_kit import World

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def schedule(code: str, opens: str = "09:00") -> Schedule:
    return read_schedule(code, {"week": {"MO": [f"{opens}-18:00"]}, "zone": "Europe/Moscow"}, now=NOW)


async def test_what_is_put_is_there(world: World) -> None:
    portal_id = (await world.row(await world.installed("a"))).id
    for one in (schedule("early"), schedule("late"), schedule("late", "11:00")):
        await put_schedule(portal_id, world.database, one, user_id=1, at=NOW)
    assert await portal_schedules(portal_id, world.database) == {
        "early": schedule("early"),
        "late": schedule("late", "11:00"),
    }


async def test_portals_have_their_own(world: World) -> None:
    mine, other = [(await world.row(await world.installed(name))).id for name in ("a", "b")]
    await put_schedule(mine, world.database, schedule("early"), user_id=1, at=NOW)
    assert await portal_schedules(other, world.database) == {}


async def test_one_that_cannot_be_read_any_more_is_not_in_the_way_of_others(world: World) -> None:
    portal_id = (await world.row(await world.installed("a"))).id
    for code in ("early", "late"):
        await put_schedule(portal_id, world.database, schedule(code), user_id=1, at=NOW)
    lost = 'UPDATE schedule SET body = \'{"week": {}, "zone": "Atlantis"}\' WHERE code = \'late\''
    await world.database.write(Statement(lost))
    assert set(await portal_schedules(portal_id, world.database)) == {"early"}


async def test_the_lane_knows_them(world: World) -> None:
    portal_id = (await world.row(await world.installed("a"))).id
    await put_schedule(portal_id, world.database, schedule("early"), user_id=1, at=NOW)
    world.lanes.changed(portal_id)
    lane = await world.lanes.lane(portal_id)
    assert lane.schedules == {"early": schedule("early")}
    assert lane.keeps_text is False
