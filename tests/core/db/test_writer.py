"""Group commit: units stand or fall together, each for itself, and what was answered is on the disk."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from core.db import Database, DatabaseAway, Statement, Value
from core.db.statement import GROUP, compiled

CREATE = Statement("CREATE TABLE note (id TEXT PRIMARY KEY, number BIGINT NOT NULL CHECK (number >= 0), words TEXT)")
INSERT = "INSERT INTO note (id, number, words) VALUES (:id, :number, :words)"


def put(id: str, number: Value = 0, words: Value = "") -> Statement:
    return Statement(INSERT, {"id": id, "number": number, "words": words})


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await database.write(CREATE)
        yield database


async def ids(database: Database) -> list[str]:
    (rows,) = await database.write(Statement("SELECT id FROM note ORDER BY id"))
    return [str(row["id"]) for row in rows]


async def test_a_hundred_parallel_writes_are_all_there(database: Database, database_url: str) -> None:
    await asyncio.gather(*(database.write(put(f"{number:03}")) for number in range(100)))
    async with Database(database_url) as another:
        assert await ids(another) == [f"{number:03}" for number in range(100)]


async def test_more_than_one_group(database: Database) -> None:
    await asyncio.gather(*(database.write(put(f"{number:04}")) for number in range(GROUP * 2 + 3)))
    assert len(await ids(database)) == GROUP * 2 + 3


async def test_a_new_file_is_opened_by_many_at_once(tmp_path: Path) -> None:
    for number in range(30):
        path = tmp_path / f"{number}.db"
        sqlite3.connect(path).execute("CREATE TABLE other (id TEXT)").connection.close()
        async with AsyncExitStack() as stack:
            some = [Database(f"sqlite+aiosqlite:///{path}") for _ in range(6)]
            opened = await asyncio.gather(*(stack.enter_async_context(one) for one in some), return_exceptions=True)
            assert opened == some


async def test_what_was_answered_outlives_a_crash(tmp_path: Path) -> None:
    """The file and its log are copied as they lie there, as after the loss of the process."""
    path = tmp_path / "first.db"
    async with Database(f"sqlite+aiosqlite:///{path}") as database:
        await database.write(CREATE)
        await database.write(put("a"))
        for suffix in ("", "-wal"):
            (tmp_path / f"second.db{suffix}").write_bytes((tmp_path / f"first.db{suffix}").read_bytes())
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'second.db'}") as copy:
        assert await ids(copy) == ["a"]


async def test_statements_that_are_alike_go_together_and_each_is_answered_for_itself(database: Database) -> None:
    await database.write(put("3"), put("5"))
    sql = INSERT + " ON CONFLICT DO NOTHING RETURNING id"

    def alike(number: int, worth: int = 0) -> Statement:
        return Statement(sql, {"id": str(number), "number": worth, "words": None}, needed=True, key="id")

    answers = await asyncio.gather(*(database.write(alike(number)) for number in range(7)))
    assert [rows for (rows,) in answers] == [[] if number in {3, 5} else [{"id": str(number)}] for number in range(7)]
    mixed = await asyncio.gather(
        *(database.write(statement) for statement in (alike(7), alike(8, -1), put("9"), alike(10))),
        return_exceptions=True,
    )
    assert [isinstance(answer, Exception) for answer in mixed] == [False, True, False, False]
    assert set(await ids(database)) >= {"7", "9", "10"}


BAD = [
    ("a key that is taken", put("taken")),
    ("a broken rule", put("bad", -1)),
    ("no such table", Statement("INSERT INTO nowhere (id) VALUES (:id)", {"id": "x"})),
    ("no SQL", Statement("THIS IS NOT SQL")),
    ("a parameter that is not given", Statement(INSERT, {"id": "x"})),
    ("a number that no database holds", put("x", 2**70)),
    ("a value of another type", put("x", [1])),  # type: ignore[arg-type]  # that is what is tested
    ("half of a pair of surrogates", put("x", 0, "\ud83d")),
]


@pytest.mark.parametrize(("why", "bad"), BAD, ids=[row[0] for row in BAD])
async def test_a_unit_that_fails_fails_alone(database: Database, why: str, bad: Statement) -> None:
    await database.write(put("taken"))
    answers = await asyncio.wait_for(
        asyncio.gather(
            *(database.write(put(f"before{number}")) for number in range(5)),
            database.write(put("half"), bad),
            *(database.write(put(f"after{number}")) for number in range(5)),
            return_exceptions=True,
        ),
        timeout=20,
    )
    assert isinstance(answers[5], Exception)
    assert not isinstance(answers[5], DatabaseAway)
    assert [answer for answer in answers if isinstance(answer, BaseException)] == [answers[5]]
    assert await ids(database) == [f"after{n}" for n in range(5)] + [f"before{n}" for n in range(5)] + ["taken"]


async def test_a_statement_that_is_needed_stops_the_rest_of_its_unit(database: Database) -> None:
    await database.write(put("a"))
    guard = Statement("UPDATE note SET number = 1 WHERE id = :id RETURNING id", {"id": "nobody"}, needed=True)
    met = Statement("UPDATE note SET number = 1 WHERE id = :id RETURNING id", {"id": "a"}, needed=True)
    stopped, went_on = await asyncio.gather(
        database.write(put("b"), guard, put("c")), database.write(put("d"), met, put("e"))
    )
    assert stopped == [[], []]
    assert went_on == [[], [{"id": "a"}], []]
    assert await ids(database) == ["a", "b", "d", "e"]


async def test_a_duplicate_is_told_by_its_missing_row(database: Database) -> None:
    once = Statement(
        INSERT + " ON CONFLICT DO NOTHING RETURNING id", {"id": "a", "number": 0, "words": ""}, needed=True
    )
    answers = await asyncio.gather(*(database.write(once, put(f"then{n}")) for n in range(20)))
    assert sum(answer[0] == [{"id": "a"}] for answer in answers) == 1
    assert len(await ids(database)) == 2


async def test_the_databases_clock(database: Database) -> None:
    (rows,) = await database.write(Statement("SELECT {now} AS now"))
    (later,) = await database.write(Statement("SELECT {now} AS now"))
    now = rows[0]["now"]
    assert isinstance(now, int)
    assert 1_700_000_000_000 < now < 4_000_000_000_000
    assert now <= int(later[0]["now"] or 0)


async def test_values_come_back_as_they_went(database: Database) -> None:
    words = "Ёжик 👋🏽 'x' :name $1 %s"
    await database.write(put("a", 2**62, words))
    (rows,) = await database.write(Statement("SELECT number, words FROM note WHERE id = :id", {"id": "a"}))
    assert rows == [{"number": 2**62, "words": words}]


async def test_who_gives_up_does_not_take_others_along(database: Database) -> None:
    waiting = [asyncio.ensure_future(database.write(put(f"{number}"))) for number in range(10)]
    await asyncio.sleep(0)
    waiting[3].cancel()
    done = await asyncio.gather(*waiting, return_exceptions=True)
    assert [index for index, answer in enumerate(done) if isinstance(answer, BaseException)] == [3]
    assert len(await ids(database)) >= 9


async def test_a_closed_database_says_so(database_url: str) -> None:
    database = Database(database_url)
    with pytest.raises(DatabaseAway):
        await database.write(CREATE)
    async with database:
        await database.write(CREATE)
    with pytest.raises(DatabaseAway):
        await database.write(put("a"))


async def test_nobody_is_left_waiting_when_the_database_closes(database_url: str) -> None:
    database = Database(database_url)
    async with database:
        await database.write(CREATE)
        early = [asyncio.ensure_future(database.write(put(f"{number}"))) for number in range(50)]
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(database.__aexit__())
        late: list[asyncio.Future[object]] = []
        while not closing.done():
            late.append(asyncio.ensure_future(database.write(put(f"late{len(late)}"))))
            await asyncio.sleep(0.001)
        answers = await asyncio.wait_for(asyncio.gather(*early, *late, return_exceptions=True), timeout=60)
    assert all(isinstance(answer, DatabaseAway | list) for answer in answers)
    assert all(isinstance(answer, list) for answer in answers[:50])


async def test_a_locked_file_is_a_database_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.db.sqlite.BUSY_SECONDS", 0.2)
    path = tmp_path / "locked.db"
    async with Database(f"sqlite+aiosqlite:///{path}") as database:
        await database.write(CREATE)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            answers = await asyncio.wait_for(
                asyncio.gather(*(database.write(put(f"{n}")) for n in range(30)), return_exceptions=True), timeout=5
            )
            assert all(isinstance(answer, DatabaseAway) for answer in answers)
        finally:
            other.execute("ROLLBACK")
            other.close()
        await database.write(put("now"))
        assert await ids(database) == ["now"]


async def test_a_file_that_cannot_be_opened_is_away(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(DatabaseAway):
        await Database(f"sqlite+aiosqlite:///{tmp_path / 'folder.db'}").__aenter__()


def test_the_drivers_own_writing() -> None:
    sql = "SELECT :a, :b, :a, x::text FROM t WHERE y = :b {skip_locked}"
    assert compiled(sql, "postgresql") == (
        "SELECT $1, $2, $1, x::text FROM t WHERE y = $2 FOR UPDATE SKIP LOCKED",
        ("a", "b"),
    )
    assert compiled(sql, "sqlite") == ("SELECT :a, :b, :a, x::text FROM t WHERE y = :b ", ())
