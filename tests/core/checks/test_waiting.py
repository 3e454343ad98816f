"""What is said of calls of robots that reached nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.checks.waiting import lost_calls, waiting
from core.db import Database, Statement, to_millis
from core.runs.launches import Lost
from tests.core.runs.rows import NOON, portal, store


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        yield database


@pytest.mark.parametrize(
    ("lost", "state", "what"),
    [
        (Lost(), "ok", "потерянных вызовов за сутки: 0"),
        (Lost(begun=2), "ok", "потерянных вызовов за сутки: 2, все восстановлены"),
        (Lost(told=1), "warn", "потерянных вызовов за сутки: 1"),
        (Lost(told=1, begun=2), "warn", "потерянных вызовов за сутки: 3, из них восстановлено: 2"),
        (Lost(blind="plan"), "skip", "тариф портала не показывает процессы: потерянные вызовы не найти"),
        (Lost(blind="rights"), "warn", "портал не показывает нам процессы"),
    ],
)
def test_in_words(lost: Lost, state: str, what: str) -> None:
    check = lost_calls(lost)
    assert (check.state, check.what.ru) == (state, what)
    assert bool(check.fix.ru) is (state == "warn")


async def test_a_day_back_and_one_portal(database: Database) -> None:
    await store(database, portal("alpha"), portal("beta"))
    for number, (owner, state, hours) in enumerate(
        [("alpha", "told", 1), ("alpha", "run", 2), ("alpha", "came", 3), ("alpha", "told", 25), ("beta", "told", 1)]
    ):
        at = to_millis(NOON - timedelta(hours=hours))
        sql = "INSERT INTO lost_launch VALUES (:p, :w, '5', :s, :at)"
        await database.write(Statement(sql, {"p": owner, "w": str(number), "s": state, "at": at}))
    assert (await waiting(database, "alpha", NOON)).what.en == "calls lost within a day: 2, recovered of these: 1"
