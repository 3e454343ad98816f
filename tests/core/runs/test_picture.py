"""Runs as a picture: columns of time, lanes of duration, nothing of another portal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core.db import Database
from core.runs.filters import Filter
from core.runs.picture import LANES, Cell, cells, planned
from core.runs.tables import Run
from tests.core.runs.rows import NOON, portal, run, store, waiting

HOUR = timedelta(hours=1)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await store(database, portal("alpha"), portal("beta"))
        yield database


async def drawn(database: Database, wanted: Filter | None = None) -> set[tuple[int, int, str, int]]:
    found = await cells(
        database, "alpha", wanted or Filter(), since=NOON, until=NOON + HOUR, columns=6, now=NOON + 2 * HOUR
    )
    return {(cell.column, cell.lane, cell.status, cell.count) for cell in found}


def taking(seconds: float, *, minutes: float = 0, **fields: Any) -> Run:
    made = run(minutes=minutes, **fields)
    made.finished_at = made.created_at + timedelta(seconds=seconds)
    return made


async def test_columns_lanes_and_statuses(database: Database) -> None:
    await store(
        database,
        taking(0.4, minutes=0),
        taking(0.9, minutes=9),
        taking(2, minutes=10),
        taking(2, minutes=11, status="failed"),
        taking(10**7, minutes=59.9),
        run("beta"),
        taking(1, minutes=60),
        taking(1, minutes=-1),
    )
    assert await drawn(database) == {
        (0, 0, "done", 2),
        (1, 1, "done", 1),
        (1, 1, "failed", 1),
        (5, len(LANES), "done", 1),
    }


async def test_what_is_not_over_lasts_until_now(database: Database) -> None:
    await store(database, waiting(minutes=59), taking(5, status="failed"))
    assert await drawn(database, Filter(statuses=("waiting",))) == {(5, 6, "waiting", 1)}


async def test_a_cell_knows_its_newest_run(database: Database) -> None:
    older, newer = taking(1), taking(1)
    await store(database, older, newer)
    found = await cells(database, "alpha", Filter(), since=NOON, until=NOON + HOUR, columns=7, now=NOON)
    assert found == [Cell(0, 1, "done", 2, newer.id)]


async def test_what_is_still_to_come(database: Database) -> None:
    await store(database, waiting(wakes_in=5), waiting(wakes_in=7), waiting(wakes_in=59), waiting(wakes_in=61), run())
    found = await planned(database, "alpha", Filter(), since=NOON, until=NOON + HOUR, columns=6)
    assert {(cell.column, cell.count) for cell in found} == {(0, 2), (5, 1)}
