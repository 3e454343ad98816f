"""The table of shifts of a portal: all that is put in comes out, and never another portal's."""

from datetime import date
from zoneinfo import ZoneInfo

from core.db import Statement
from core.portals.shifts import planned_shifts, replace_shifts
from core.worktime.intervals import Interval
from core.worktime.rota import PlannedShift
from tests.portal_kit import World

MOSCOW, OMSK = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Omsk")
DAY = Interval.between("09:00", "18:00")
LINES = (
    PlannedShift(8, DAY, MOSCOW, weekday=0),
    PlannedShift(8, Interval.between("20:00", "23:30"), MOSCOW, weekday=4),
    PlannedShift(8, None, MOSCOW, day=date(2026, 12, 31)),
    PlannedShift(9, Interval.between("22:00", "06:00"), OMSK, weekday=6),
)


async def test_what_is_put_in_comes_out(any_world: World) -> None:
    portal_id = (await any_world.row(await any_world.installed("a"))).id
    other = (await any_world.row(await any_world.installed("b"))).id
    assert await planned_shifts(portal_id, any_world.database) == ()
    await replace_shifts(portal_id, any_world.database, LINES)
    await replace_shifts(other, any_world.database, LINES[:1])
    found = await planned_shifts(portal_id, any_world.database)
    assert set(found) == set(LINES)
    assert [shift.user_id for shift in found] == [8, 8, 8, 9]
    assert await planned_shifts(other, any_world.database) == LINES[:1]


async def test_the_new_table_takes_the_place_of_the_old_one(world: World) -> None:
    portal_id = (await world.row(await world.installed("a"))).id
    await replace_shifts(portal_id, world.database, LINES)
    await replace_shifts(portal_id, world.database, LINES[3:])
    assert await planned_shifts(portal_id, world.database) == LINES[3:]
    await replace_shifts(portal_id, world.database, ())
    assert await planned_shifts(portal_id, world.database) == ()


async def test_a_zone_that_is_known_no_more(world: World) -> None:
    portal_id = (await world.row(await world.installed("a"))).id
    await replace_shifts(portal_id, world.database, LINES)
    await world.database.write(Statement("UPDATE shift SET zone = 'Atlantis/Poseidonia' WHERE user_id = 9", {}))
    assert {shift.user_id for shift in await planned_shifts(portal_id, world.database)} == {8}
