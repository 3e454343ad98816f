"""Reading beside the writer."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest

from core.db import Database, DatabaseAway, Statement
from tests.servers import free_port


async def test_statements_are_read_with_their_parameters_and_the_clock(database_url: str) -> None:
    async with Database(database_url) as database:
        said, clock = await database.read(
            Statement("SELECT CAST(:word AS VARCHAR(9)) AS word", {"word": "дежурный"}),
            Statement("SELECT {now} AS now"),
        )
    assert said == [{"word": "дежурный"}]
    assert abs(int(clock[0]["now"] or 0) / 1000 - time.time()) < 60


async def test_a_writer_that_holds_its_lock_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    async with Database(f"sqlite+aiosqlite:///{path}") as database:
        await database.write(Statement("CREATE TABLE box (size INTEGER)"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(60):
            assert await database.read(Statement("SELECT COUNT(*) AS boxes FROM box")) == [[{"boxes": 0}]]
        other.execute("ROLLBACK")
        other.close()


async def test_a_database_that_is_away_is_told() -> None:
    database = Database(f"postgresql+asyncpg://user@127.0.0.1:{free_port()}/x")
    with pytest.raises(DatabaseAway):
        await database.read(Statement("SELECT 1 AS one"))
    await database.__aexit__(None, None, None)
