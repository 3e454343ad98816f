"""How robots did lately."""

from __future__ import annotations

from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import pytest

from core.db import Database
from core.runs.weeks import Week, weeks
from tests.core.runs.rows import NOON, portal, run, store, waiting

DAY = 24 * 60
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as opened:
        await store(opened, portal("alpha"), portal("beta"))
        yield opened


async def test_by_day_of_the_portals_zone(database: Database) -> None:
    await store(
        database,
        run(),
        run(status="failed"),
        run(minutes=-13 * 60),  # 23:00 of yesterday in Moscow
        run(minutes=-6 * DAY, status="unknown", finished_at=None),
        run(minutes=-7 * DAY),
        run(robot="send_message"),
        waiting(robot="wait_reply", minutes=-30 * DAY, wakes_in=40 * DAY),
        run("beta"),
    )
    found = await weeks(database, "alpha", zone=MOSCOW, now=NOON)
    assert found["escalate_no_reply"] == Week((1, 0, 0, 0, 0, 1, 2), failed=2)
    assert found["send_message"].total == 1
    assert found["wait_reply"] == Week(waiting=1)
    assert found["escalate_no_reply"].failed_percent == 50


async def test_nothing_ran(database: Database) -> None:
    assert await weeks(database, "alpha", zone=MOSCOW, now=NOON) == {}
    assert Week().failed_percent == 0
