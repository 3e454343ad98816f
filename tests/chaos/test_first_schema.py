"""A release goes out machine by machine: what the one before it writes and reads must fit the schema of this one."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from core.db import Database, Statement, migrations
from core.db.migrate import migrate

Columns = dict[str, dict[str, tuple[bool, bool]]]


def _columns(file: Path) -> Columns:
    """The columns of each table, and whether each may be left out."""
    engine = create_engine(f"sqlite:///{file}")
    found = inspect(engine)
    columns = {
        table: {
            str(column["name"]): (bool(column["nullable"]) or column["default"] is not None, bool(column["nullable"]))
            for column in found.get_columns(table)
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }
    engine.dispose()
    return columns


@pytest.fixture
async def steps(tmp_path: Path) -> list[Columns]:
    """The schema after each migration, the oldest first."""
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    schemas = []
    for script in reversed(list(scripts.walk_revisions())):
        file = tmp_path / f"{script.revision}.db"
        await migrate(f"sqlite+aiosqlite:///{file}", script.revision)
        schemas.append(_columns(file))
    return schemas


async def test_f_33_every_release_can_work_on_the_schema_of_the_next(steps: list[Columns]) -> None:
    for old, new in pairwise(steps):
        assert old.keys() <= new.keys(), "no table goes"
        for table, columns in old.items():
            assert columns.keys() <= new[table].keys(), f"no column of {table} goes"
            added = {name for name in new[table].keys() - columns.keys() if not new[table][name][0]}
            assert added == set(), f"whoever knows nothing of it can still write into {table}"
            stricter = {name for name, (_, nullable) in columns.items() if nullable and not new[table][name][1]}
            assert stricter == set(), f"what may be empty in {table} stays so"


async def test_f_33_a_release_starts_on_the_schema_of_a_later_one(database_url: str) -> None:
    """A worker of the release before is started again in the middle of a deploy."""
    async with Database(database_url) as database:
        await database.write(Statement("UPDATE alembic_version SET version_num = '9999'"))
        await migrate(database_url)
        [[row]] = await database.write(Statement("SELECT version_num FROM alembic_version"))
    assert row["version_num"] == "9999"
