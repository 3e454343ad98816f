"""The schema: from nothing to the newest and back, and never different from what the tables say."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

import core.portals.tables
import core.runs.tables  # noqa: F401  # both fill the metadata
from core.db import Database, Statement
from core.db.migrate import current, migrate


async def looked_at(url: str, look: Any) -> Any:
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(look)
    finally:
        await engine.dispose()


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, SQLModel.metadata))


async def test_from_nothing_and_back_and_again(database_url: str) -> None:
    assert (await current(database_url))[0] is None
    await migrate(database_url)
    here, newest = await current(database_url)
    assert here == newest
    assert await looked_at(database_url, tables) == set(SQLModel.metadata.tables)
    await migrate(database_url, "base")
    assert await looked_at(database_url, tables) == set()
    await migrate(database_url)
    assert await looked_at(database_url, tables) == set(SQLModel.metadata.tables)


async def test_the_schema_is_what_the_tables_say(database_url: str) -> None:
    await migrate(database_url)
    assert await looked_at(database_url, differences) == []


async def test_nothing_happens_twice(database_url: str) -> None:
    await migrate(database_url)
    await migrate(database_url)
    assert await looked_at(database_url, differences) == []


@pytest.mark.postgres
async def test_processes_that_start_at_once(postgres_url: str) -> None:
    await asyncio.gather(*(migrate(postgres_url) for _ in range(4)))
    assert await looked_at(postgres_url, tables) == set(SQLModel.metadata.tables)


async def test_processes_that_start_at_once_on_a_file(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new' / 'folder' / 'test.db'}"
    processes = [await _process(url) for _ in range(3)]
    for process in processes:
        _, errors = await asyncio.wait_for(process.communicate(), timeout=60)
        assert process.returncode == 0, errors.decode()
    assert await looked_at(url, tables) == set(SQLModel.metadata.tables)


async def _process(url: str) -> asyncio.subprocess.Process:
    code = f"import asyncio; from core.db.migrate import migrate; asyncio.run(migrate({url!r}))"
    return await asyncio.create_subprocess_exec(sys.executable, "-c", code, stderr=asyncio.subprocess.PIPE)


async def test_a_file_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "var" / "test.db"
    await migrate(f"sqlite+aiosqlite:///{file}")
    async with Database(f"sqlite+aiosqlite:///{file}") as database:
        await database.write(Statement("CREATE TABLE box (size INTEGER)"))
        modes = {path.name: path.stat().st_mode & 0o777 for path in (file.parent, *file.parent.glob("test.db*"))}
    modes.pop("test.db.lock")
    assert modes == {"var": 0o700, "test.db": 0o600, "test.db-wal": 0o600, "test.db-shm": 0o600}
