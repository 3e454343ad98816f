"""Lanes: open while the portal is, closed by its troubles, opened again, and each request leaves a row."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import event

from core.bitrix24.calls import current_run
from core.bitrix24.command import Command
from core.bitrix24.errors import Revoked, Suspended
from core.bitrix24.outcome import Outcome
from core.dialogs.line import Line
from core.portals.keyring import Keyring, Unreadable
from core.portals.lane import LOOKED_AT_ONCE, LaneClosed
from core.portals.settings import change_settings
from tests.fake_bitrix import failure
from tests.portal_kit import KEY, NOW, World

APP = {"app": Command("app.info")}


async def test_a_lane_reads_and_writes_with_the_administrators_token(world: World) -> None:
    portal = await world.installed("a")
    lane = await world.lanes.lane((await world.row(portal)).id)
    assert (await lane.read(APP))["app"].ok
    outcome = (await lane.write({"it": Command("event.bind", {"event": "ONAPPTEST", "handler": "https://x.ru"})}))["it"]
    assert outcome.outcome is Outcome.CONFIRMED
    assert world.bitrix.calls[-1][2]["auth"] == "t-a"
    assert (lane.portal.member_id, lane.portal.admin_user_id, str(lane.portal.zone)) == (
        portal.member_id,
        1,
        "Europe/Moscow",
    )


async def test_a_stale_token_is_refreshed_on_the_way(world: World) -> None:
    portal = await world.installed("a")
    world.bitrix.stale.add("t-a")
    lane = await world.lanes.lane((await world.row(portal)).id)
    assert (await lane.read(APP))["app"].ok
    assert world.bitrix.refreshed == 1


async def test_many_portals_that_wake_at_once_wait_for_each_other_and_not_for_connections(any_world: World) -> None:
    """A connection is waited for two seconds, and a machine that has much to do needs longer for hundreds."""
    ids = [(await any_world.row(await any_world.installed(f"{number:03}"))).id for number in range(40)]
    lanes, taken, most = any_world.another_lanes(), 0, 0

    def takes(*_: object) -> None:
        nonlocal taken, most
        taken += 1
        most = max(most, taken)

    def gives_back(*_: object) -> None:
        nonlocal taken
        taken -= 1

    pool = any_world.database._engine.sync_engine.pool
    event.listen(pool, "checkout", takes)
    event.listen(pool, "checkin", gives_back)
    found = await asyncio.gather(*map(lanes.lane, ids))
    assert [lane.portal.id for lane in found] == ids
    assert most <= LOOKED_AT_ONCE
    assert taken == 0


async def test_an_unknown_portal_has_no_lane(world: World) -> None:
    with pytest.raises(LaneClosed) as caught:
        await world.lanes.lane("nobody")
    assert (caught.value.status, caught.value.probe_at) == ("unknown", None)


@pytest.mark.parametrize(
    ("trouble", "status", "wait"),
    [
        (Suspended("PAYMENT_REQUIRED"), "suspended", timedelta(minutes=5)),
        (Suspended("OVERLOAD_LIMIT"), "suspended", timedelta(hours=1)),
        (Revoked("invalid_grant"), "needs_reinstall", timedelta(minutes=5)),
    ],
)
async def test_f_19_trouble_closes_the_lane(
    world: World, trouble: Suspended | Revoked, status: str, wait: timedelta
) -> None:
    portal = await world.installed("a")
    portal_id = (await world.row(portal)).id
    await world.lanes.lane(portal_id)
    for _ in range(3):
        await world.lanes.suspend(portal_id, trouble)
    with pytest.raises(LaneClosed) as caught:
        await world.lanes.lane(portal_id)
    assert (caught.value.status, caught.value.reason, caught.value.probe_at) == (status, trouble.reason, NOW + wait)
    assert (await world.audited(portal)).count("lane_closed") == 1
    assert "probe" in await world.tasks(portal)


async def test_a_lane_opens_again(world: World) -> None:
    portal = await world.installed("a")
    portal_id = (await world.row(portal)).id
    assert not await world.lanes.reopen(portal_id)
    await world.lanes.suspend(portal_id, Suspended("PAYMENT_REQUIRED"))
    assert await world.lanes.reopen(portal_id)
    assert (await world.lanes.lane(portal_id)).portal.is_active
    assert "probe" not in await world.tasks(portal)


async def test_another_process_sees_a_closed_lane_within_five_seconds(world: World) -> None:
    portal_id = (await world.row(await world.installed("a"))).id
    others = world.another_lanes()
    await others.lane(portal_id)
    await world.lanes.suspend(portal_id, Suspended("PAYMENT_REQUIRED"))
    assert (await others.lane(portal_id)).portal.is_active
    world.forget()
    with pytest.raises(LaneClosed):
        await others.lane(portal_id)


async def test_a_closed_lane_can_still_be_looked_at(world: World) -> None:
    portal_id = (await world.row(await world.installed("a"))).id
    await world.lanes.suspend(portal_id, Suspended("PAYMENT_REQUIRED"))
    lane = await world.lanes.closed_lane(portal_id)
    assert (await lane.read(APP))["app"].ok


async def test_settings_arrive_within_five_seconds_and_keep_the_client(world: World) -> None:
    portal_id = (await world.row(await world.installed("a"))).id
    first = await world.lanes.lane(portal_id)
    await change_settings(portal_id, world.database, values={"dry": True}, user_id=1, at=NOW)
    world.forget()
    second = await world.lanes.lane(portal_id)
    assert (first.settings, second.settings) == ({}, {"dry": True})
    assert second.lines is first.lines


async def test_a_new_administrator_brings_new_credentials(world: World) -> None:
    portal = await world.installed("a")
    portal_id = (await world.row(portal)).id
    await (await world.lanes.lane(portal_id)).read(APP)
    await world.sql("UPDATE portal SET admin_user_id = 2")
    world.forget()
    with pytest.raises(Revoked, match="no_tokens"):
        await (await world.lanes.lane(portal_id)).read(APP)


async def test_lines_are_remembered_for_ten_minutes(world: World) -> None:
    lines = (await world.lanes.lane((await world.row(await world.installed("a"))).id)).lines
    assert lines.get(3) is None
    lines.put(Line(3, "Продажи"))
    world.clock.advance(minutes=9)
    assert lines.get(3) == Line(3, "Продажи")
    world.clock.advance(minutes=2)
    assert lines.get(3) is None


async def test_every_request_leaves_a_row_for_each_run_and_no_secret(any_world: World) -> None:
    portal = await any_world.installed("a")
    lane = await any_world.lanes.lane((await any_world.row(portal)).id)
    run = current_run.set("run-1")
    await lane.read({**APP, "me": Command("profile")})
    current_run.reset(run)
    portal.troubles["profile"] = failure(400, "ERROR_CORE", "CANARY-text")
    await lane.read({"me": Command("profile", {"x": "CANARY-value"})})
    await any_world.lanes.calls.flush()
    rows = await any_world.sql("SELECT run_id, method, commands, status, error FROM rest_call ORDER BY at, id")
    own = [dict(row) for row in rows]
    assert [(row["run_id"], row["method"]) for row in own[-2:]] == [("run-1", "batch"), (None, "profile")]
    assert own[-1]["error"] == "ERROR_CORE"
    assert "CANARY" not in str(own)
    assert "t-a" not in str(own)


async def test_a_lost_key_closes_everything_that_needs_it(world: World) -> None:
    portal_id = (await world.row(await world.installed("a"))).id
    world.keyring = Keyring([b"l" * 32])
    with pytest.raises(Unreadable):
        await world.another_lanes().lane(portal_id)
    world.keyring = Keyring([b"n" * 32, KEY])
    assert (await world.another_lanes().lane(portal_id)).portal.is_active


async def test_many_who_come_at_once_look_once(world: World, statements: list[str]) -> None:
    """A thousand runs of one portal must not take every connection for the same question."""
    portal = await world.installed("a")
    portal_id = (await world.row(portal)).id
    world.lanes.changed(portal_id)
    statements.clear()
    lanes = await asyncio.gather(*(world.lanes.lane(portal_id) for _ in range(100)))
    assert len({id(lane) for lane in lanes}) == 1
    assert sum("FROM portal" in statement for statement in statements) < 5
