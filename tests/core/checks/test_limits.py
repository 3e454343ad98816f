"""How near a portal came to its limits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.bitrix24.limits import ENTERPRISE, STANDARD
from core.checks.limits import Busy, Peak, busiest, peak_of, traffic
from core.db import Database
from tests.core.runs.rows import NOON, call, portal, run, store


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await store(database, portal("alpha"), portal("beta"))
        yield database


def moments(*seconds: float) -> list[datetime]:
    return [NOON + timedelta(seconds=second) for second in seconds]


def test_a_burst_fills_the_bucket_and_time_drains_it() -> None:
    assert peak_of(moments(*[0] * 30), STANDARD) == Peak(30, 50, NOON)
    assert peak_of(moments(*range(100)), STANDARD).level == 1
    burst_and_more = moments(*[0] * 10, *[4] * 10)
    assert peak_of(burst_and_more, STANDARD) == Peak(12, 50, NOON + timedelta(seconds=4))
    assert peak_of(burst_and_more, ENTERPRISE) == Peak(10, 250, NOON)
    assert peak_of([], STANDARD) == Peak(0, 50, None)


def test_the_method_that_works_most() -> None:
    told = [("crm.item.list", 100.0), ("crm.item.list", 210.0), ("im.notify", 30.0)]
    assert busiest(told) == Busy("crm.item.list", 0.5)
    assert busiest([("crm.item.get", 0.0)]) is None
    assert busiest([]) is None


async def test_a_day_of_requests(database: Database) -> None:
    one, other, foreign = run(), run(), run("beta")
    shared: dict[str, Any] = {"at": NOON - timedelta(hours=2), "milliseconds": 200}
    await store(
        database,
        one,
        other,
        foreign,
        call(one, **shared),
        call(other, **shared),
        call(one, "im.notify", at=NOON - timedelta(minutes=5), operating=42.0, error="QUERY_LIMIT_EXCEEDED"),
        call(one, "crm.item.list", at=NOON - timedelta(minutes=20), operating=400.0),
        call(one, at=NOON - timedelta(hours=25)),
        call(foreign, at=NOON - timedelta(minutes=1)),
    )
    found = await traffic(database, "alpha", "", NOON)
    assert (found.requests, found.failed) == (3, 1)
    assert found.last_at == NOON - timedelta(minutes=5)
    assert found.busy == Busy("im.notify", 0.1)
    assert found.by_hour[-3:] == (1, 0, 2)
    assert found.peak.limit == 50
    assert (await traffic(database, "alpha", "ru_ent250", NOON)).peak.limit == 250
