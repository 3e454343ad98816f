"""Duties at a portal: what hinders them there makes the next visit come later, and stops the portal where it must."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.bitrix24.errors import BitrixError, LimitExceeded, Refused, Suspended
from core.portals.lane import Lane
from core.runs.visit import visit
from tests.town import Town

BUSY = timedelta(minutes=15)


async def visited(town: Town, trouble: BitrixError | None = None) -> timedelta | None:
    async def duty(lane: Lane) -> None:  # a duty's own signature
        if trouble is not None:
            raise trouble

    return await visit(await town.portal_id(), town.base.lanes, duty, busy_for=BUSY, aim="what a test seeks")


@pytest.mark.parametrize(
    ("trouble", "wait"),
    [
        (None, None),
        (LimitExceeded("full", after=timedelta(seconds=5)), BUSY),
        (LimitExceeded("full", after=timedelta(hours=1)), timedelta(hours=1)),
        (Refused("ERROR_ARGUMENT", ""), BUSY),
    ],
)
async def test_when_to_come_again(town: Town, trouble: BitrixError | None, wait: timedelta | None) -> None:
    assert await visited(town, trouble) == wait


async def test_a_portal_that_closed_is_closed_for_all(town: Town) -> None:
    assert await visited(town, Suspended("PAYMENT_REQUIRED")) is None
    assert (await town.sql("SELECT status FROM portal"))[0]["status"] == "suspended"
    assert await visited(town, Refused("never", "reached")) is None
