"""Numbers over many runs, the same on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core.bitrix24.documents import DEAL, Item
from core.db import Database
from core.runs.figures import Count, ItemCount, Lengths, counts, lengths, numbers_of, statuses, top_items
from core.runs.filters import Filter
from core.runs.tables import Run
from tests.core.runs.rows import NOON, portal, run, store, waiting

ALL = Filter()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await store(database, portal("alpha"), portal("beta"))
        yield database


def taking(seconds: float, **fields: Any) -> Run:
    made = run(**fields)
    made.finished_at = made.created_at + timedelta(seconds=seconds)
    return made


async def test_runs_by_the_quarter_of_an_hour(database: Database) -> None:
    await store(database, run(), run(minutes=14.9), run(minutes=15), run(minutes=1, status="failed"), run("beta"))
    found = await counts(database, "alpha", ALL)
    assert sorted(found, key=lambda one: (one.at, one.status)) == [
        Count(NOON, "done", 2),
        Count(NOON, "failed", 1),
        Count(NOON + timedelta(minutes=15), "done", 1),
    ]
    assert await counts(database, "alpha", Filter(robots=("none",))) == []
    assert await statuses(database, "alpha") == {"done": 3, "failed": 1}


async def test_how_long_runs_took(database: Database) -> None:
    await store(database, *(taking(number + 1) for number in range(100)), waiting(), taking(10**6, portal_id="beta"))
    assert await lengths(database, "alpha", ALL) == Lengths(100, timedelta(seconds=51), timedelta(seconds=96))


async def test_nothing_took_no_time(database: Database) -> None:
    assert await lengths(database, "alpha", ALL) == Lengths(0, timedelta(), timedelta())
    assert await top_items(database, "alpha", ALL) == []
    assert await numbers_of(database, "alpha", ALL, name="answer_minutes") == {}


async def test_numbers_that_runs_returned(database: Database) -> None:
    await store(
        database,
        run(output={"answered": "Y", "answer_minutes": 5}),
        run(output={"answered": "Y", "answer_minutes": 5}),
        run(output={"answered": "N", "answer_minutes": 0}),
        run(output={"answered": "Y", "answer_minutes": 90}),
        run(output={"told": "Y"}),
        run(output=None),
        run("beta", output={"answered": "Y", "answer_minutes": 7}),
    )
    assert await numbers_of(database, "alpha", ALL, name="answer_minutes", only=("answered", "Y")) == {5: 2, 90: 1}
    assert await numbers_of(database, "alpha", ALL, name="answer_minutes") == {0: 1, 5: 2, 90: 1}


async def test_items_with_the_most_runs(database: Database) -> None:
    await store(
        database,
        *(run(item_id=7, title="Окна", status=status) for status in ("done", "failed", "unknown")),
        run(item_id=8),
        run(item_id=0, entity_type_id=0),
        run("beta", item_id=9),
    )
    assert await top_items(database, "alpha", ALL) == [
        ItemCount(Item(DEAL, 7), "Окна", 3, 2),
        ItemCount(Item(DEAL, 8), "Окна на дачу", 1, 0),
    ]
