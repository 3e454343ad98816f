"""Machines whose clocks are wrong: the database's clock counts, and nothing is early or late."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.chaos.crowd import Crowd
from tests.chaos.test_redis import escalations, told
from tests.portal_side import CHIEF
from tests.servers import missing

COUNT = 3


@pytest.mark.parametrize("lie", ["+1d", pytest.param("-1d", marks=pytest.mark.chaos)])
async def test_f_20_a_worker_whose_clock_is_a_day_off_is_neither_early_nor_late(crowd: Crowd, lie: str) -> None:
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        missing("faketime")
    # The clock that only counts stays as it is, as it does where a date is set wrongly.
    lies = {"LD_PRELOAD": str(library), "FAKETIME": lie, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    fleet = crowd.fleet
    for worker in fleet.living():
        worker.terminate()
    await fleet.beside(fleet.add_worker, more=lies)
    await escalations(crowd, COUNT)
    await crowd.advance(minutes=14)
    await asyncio.sleep(6)
    assert await crowd.notifications(CHIEF) == []
    await crowd.advance(minutes=-14)
    await told(crowd, COUNT, within=60)
    assert await crowd.settled(range(COUNT)) == {"done": COUNT}
    assert len(fleet.living()) == 1
