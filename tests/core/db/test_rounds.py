"""Units of several statements in one commit: each has its own rows, its own guard and its own failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.db import Database, Statement, Value
from core.db.rounds import suits_rounds
from core.db.statement import Row, Unit

TABLES = (
    Statement("CREATE TABLE held (id TEXT PRIMARY KEY, lease_no BIGINT NOT NULL, step TEXT NOT NULL)"),
    Statement("CREATE TABLE said (id TEXT PRIMARY KEY, held_id TEXT NOT NULL, at BIGINT NOT NULL CHECK (at >= 0))"),
)
SAVE = "UPDATE held SET step = :step WHERE id = :id AND lease_no = :lease_no RETURNING id, step"
SAY = "INSERT INTO said (id, held_id, at) VALUES (:id, :held_id, :at)"
LINES = "SELECT id, held_id FROM said WHERE held_id = :held_id ORDER BY id"
MANY = 30


def save(number: int, *, lease_no: int = 1, step: str = "next") -> Statement:
    return Statement(SAVE, {"id": str(number), "lease_no": lease_no, "step": step}, needed=True, key="id")


def say(number: int, name: str = "a", at: Value = 1) -> Statement:
    return Statement(SAY, {"id": f"{number}{name}", "held_id": str(number), "at": at})


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await database.write(*TABLES)
        put = "INSERT INTO held (id, lease_no, step) VALUES (:id, 1, '')"
        await asyncio.gather(*(database.write(Statement(put, {"id": str(number)})) for number in range(MANY)))
        yield database


async def said(database: Database) -> list[str]:
    [rows] = await database.write(Statement("SELECT id FROM said ORDER BY id"))
    return [str(row["id"]) for row in rows]


async def steps(database: Database) -> set[Value]:
    [rows] = await database.write(Statement("SELECT DISTINCT step FROM held"))
    return {row["step"] for row in rows}


async def test_units_of_different_lengths_share_a_commit(database: Database) -> None:
    units = [[save(number), *(say(number, name) for name in "abc"[: number % 4])] for number in range(MANY)]
    answers = await asyncio.gather(*(database.write(*unit) for unit in units))
    for number, answer in enumerate(answers):
        assert answer == [[{"id": str(number), "step": "next"}], *([] for _ in range(number % 4))]
    assert len(await said(database)) == sum(number % 4 for number in range(MANY))


async def test_whoever_lost_the_lease_writes_no_lines(database: Database) -> None:
    """Its neighbours in the same commit write theirs."""
    lost = {3, 4, 17}
    answers = await asyncio.gather(
        *(
            database.write(save(number, lease_no=2 if number in lost else 1), say(number), say(number, "b"))
            for number in range(MANY)
        )
    )
    assert {number for number, answer in enumerate(answers) if answer == [[]]} == lost
    assert await said(database) == sorted(
        f"{number}{name}" for number in range(MANY) for name in "ab" if number not in lost
    )


async def test_a_guard_in_the_midst_keeps_what_was_before_it(database: Database) -> None:
    answers = await asyncio.gather(
        database.write(say(1), save(1, lease_no=9), say(1, "b")), database.write(say(2), save(2), say(2, "b"))
    )
    assert [len(answer) for answer in answers] == [2, 3]
    assert await said(database) == ["1a", "2a", "2b"]


async def test_a_line_that_is_refused_takes_its_own_save_along_and_no_other(database: Database) -> None:
    units = [[save(number), say(number, at=-1 if number == 7 else 1)] for number in range(MANY)]
    answers = await asyncio.gather(*(database.write(*unit) for unit in units), return_exceptions=True)
    assert [number for number, answer in enumerate(answers) if isinstance(answer, Exception)] == [7]
    assert len(await said(database)) == MANY - 1
    [rows] = await database.write(Statement("SELECT step FROM held WHERE id = '7'"))
    assert rows == [{"step": ""}]


async def test_two_that_speak_of_one_row_are_answered_each_for_itself(database: Database) -> None:
    first, second, other = await asyncio.gather(
        database.write(save(1, step="one")), database.write(save(1, lease_no=5, step="two")), database.write(save(2))
    )
    assert first == [[{"id": "1", "step": "one"}]]
    assert second == [[]]
    assert other == [[{"id": "2", "step": "next"}]]
    assert await steps(database) == {"", "one", "next"}


async def test_rows_without_number_go_to_whom_they_belong(database: Database) -> None:
    await asyncio.gather(*(database.write(say(number, name)) for number in range(3) for name in "ab"[:number]))
    reads = [Statement(LINES, {"held_id": str(number)}, key="held_id") for number in range(3)]
    found = await asyncio.gather(*(database.write(read) for read in reads))

    def ids(rows: list[Row]) -> list[Value]:
        return [row["id"] for row in rows]

    assert [ids(answer[0]) for answer in found] == [[], ["1a"], ["2a", "2b"]]


@pytest.mark.parametrize(
    ("statements", "suits"),
    [
        ([save(1), say(1)], True),
        ([say(1)], True),
        ([Statement(SAVE, {}, needed=True)], False),
        ([say(1), Statement("SELECT 1")], False),
        ([Statement("\n  WITH some AS (SELECT 1) SELECT * FROM some")], False),
        ([Statement("INSERT INTO said DEFAULT VALUES RETURNING id")], False),
    ],
)
async def test_rows_without_a_key_belong_to_a_unit_that_goes_by_itself(
    statements: list[Statement], *, suits: bool
) -> None:
    future = asyncio.get_running_loop().create_future()
    assert suits_rounds(Unit(statements, future)) is suits
    assert not suits_rounds(Unit(statements, future, portal="p"))
    future.cancel()
