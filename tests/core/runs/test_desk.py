"""The desk of a run: two runs never take the same turn, and of two for one thing only one goes on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

from core.portals.settings import change_settings
from core.portals.shifts import replace_shifts
from core.robots import Done, Outcome, WaitUntil
from core.robots.turns import Turns
from core.worktime.intervals import Interval
from core.worktime.rota import PlannedShift
from tests.core.runs.probe import SAID, Context, Probe
from tests.portal_side import ANNA, DMITRY
from tests.town import Town

MOSCOW = ZoneInfo("Europe/Moscow")
POOL = "a pool " * 40


async def test_of_turns_taken_at_once_one_is_refused(any_town: Town, probe: Probe) -> None:
    found: list[bool] = []

    async def first(ctx: Context) -> Outcome:
        seen = await ctx.desk.turns(POOL)
        both = await asyncio.gather(
            ctx.desk.take_turn(POOL, seen, seen.taken(ANNA, by="one", now=ctx.now)),
            ctx.desk.take_turn(POOL, seen, seen.taken(DMITRY, by="two", now=ctx.now)),
        )
        found.extend(both)
        after = await ctx.desk.turns(POOL)
        assert after.version == 1
        assert {after.given_to("one"), after.given_to("two")} == {None, ANNA if both[0] else DMITRY}
        return Done("done", SAID)

    probe.first = first
    await any_town.fire("probe")
    assert sorted(found) == [False, True]


async def test_a_pool_nobody_had_a_turn_in(any_town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        assert await ctx.desk.turns("nobody") == Turns()
        return Done("done", SAID)

    probe.first = first
    assert (await any_town.fire("probe")).run.result == "done"


async def moved(town: Town, *, times: int = 1) -> None:
    for _ in range(times):
        await town.move(await town.deal())
    await town.settle()


async def test_one_run_holds_the_guard_until_it_is_over(any_town: Town, probe: Probe) -> None:
    """Others are refused while the first waits; after its end the guard is free; asking again is no refusal."""
    free: list[bool] = []

    async def first(ctx: Context) -> Outcome:
        free.append(await ctx.desk.only_one("chat 77") and await ctx.desk.only_one("chat 77"))
        return WaitUntil(ctx.now + timedelta(hours=1), then=probe.go_on, because=SAID)

    probe.first = first
    await any_town.place("probe", stop_on_stage=False)
    await moved(any_town, times=3)
    assert sorted(free) == [False, False, True]
    await any_town.advance(minutes=61)
    await any_town.settle()
    await moved(any_town)
    assert free[3:] == [True]


async def test_a_check_stands_in_nobodys_way(any_town: Town, probe: Probe) -> None:
    said: list[tuple[bool, bool]] = []

    async def first(ctx: Context) -> Outcome:
        said.append((ctx.dry, await ctx.desk.only_one("chat 77")))
        return WaitUntil(ctx.now + timedelta(hours=1), then=probe.go_on, because=SAID)

    probe.first = first
    for mode in ("dry", "live", "dry", "live"):
        await any_town.place("probe", mode=mode)
        await moved(any_town)
    assert said == [(True, True), (False, True), (True, False), (False, False)]


async def test_it_knows_the_settings_and_the_shifts(any_town: Town, probe: Probe) -> None:
    portal_id = await any_town.portal_id()
    await change_settings(
        portal_id, any_town.base.database, values={"hold_field": "UF_CRM_HOLD"}, user_id=1, at=await any_town.now()
    )
    shift = PlannedShift(ANNA, Interval.between("09:00", "18:00"), MOSCOW, weekday=1)
    await replace_shifts(portal_id, any_town.base.database, [shift])
    any_town.base.lanes.changed(portal_id)
    seen: list[object] = []

    async def first(ctx: Context) -> Outcome:
        rota = await ctx.desk.rota()
        assert await ctx.desk.rota() is rota, "read once"
        anna = rota.of_user(ANNA)
        seen.extend([ctx.desk.setting("hold_field"), ctx.desk.setting("nothing"), rota.of_user(DMITRY)])
        assert anna is not None
        assert anna.is_open(ctx.now)
        return Done("done", SAID)

    probe.first = first
    await any_town.fire("probe")
    assert seen == ["UF_CRM_HOLD", None, None]
