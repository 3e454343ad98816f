"""How much of what a portal allows is used, as the portal itself tells it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.bitrix24.calls import CommandCall, RestCall
from core.bitrix24.command import Command
from core.portals.load import ACCOUNT_SECONDS, MOST_OPERATING, Accounts
from tests.portal_kit import World

DIALOG = "imopenlines.dialog.get"


def call(*commands: CommandCall, lane: str = "alpha") -> RestCall:
    return RestCall(datetime(2026, 11, 24, tzinfo=UTC), lane, "batch", commands, 200, 200, None, 1)


def test_the_last_word_about_a_method_counts() -> None:
    accounts = Accounts()
    accounts(call(CommandCall(DIALOG, operating=21.0), CommandCall(DIALOG, operating=42.0)))
    accounts(call(CommandCall("user.get", operating=400.0), CommandCall(DIALOG)))
    assert accounts.share("alpha", DIALOG) == pytest.approx(42 / MOST_OPERATING)
    assert accounts.share("beta", DIALOG) == 0
    assert accounts.share("alpha", "profile") == 0


def test_what_was_told_ten_minutes_ago_counts_no_more() -> None:
    now = [100.0]
    accounts = Accounts(clock=lambda: now[0])
    accounts(call(CommandCall(DIALOG, operating=42.0)))
    now[0] += ACCOUNT_SECONDS - 1
    assert accounts.share("alpha", DIALOG) > 0
    now[0] += 1
    assert accounts.share("alpha", DIALOG) == 0


async def test_a_lane_tells_its_load(world: World) -> None:
    portal = await world.installed("a")
    portal_id = (await world.row(portal)).id
    lane = await world.lanes.lane(portal_id)
    before = await world.lanes.load(portal_id, "app.info")
    await lane.read({"app": Command("app.info")})
    after = await world.lanes.load(portal_id, "app.info")
    assert after.fill > before.fill
    assert after.per_second == 2
