"""Bring the schema up to date, under a lock, so that several processes may start at once."""

from __future__ import annotations

import asyncio
import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from core.db.walls import raise_walls

log = logging.getLogger(__name__)

#: Any constant will do; it must be the same in every process.
_LOCK = 0x64657A68


async def migrate(url: str, revision: str = "head") -> None:
    """Upgrade (or, with an older revision, downgrade) the database at ``url``; creates an SQLite file."""
    if make_url(url).get_backend_name() == "sqlite":
        with _file_lock(Path(make_url(url).database or "")):
            await _run(url, revision)
    else:
        await _run(url, revision)


async def current(url: str) -> tuple[str | None, str | None]:
    """Return the revision of the database and the newest one that this release knows."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            here = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    finally:
        await engine.dispose()
    return here, ScriptDirectory.from_config(_config()).get_current_head()


def known_revisions() -> frozenset[str]:
    """The revisions of the schema that this release can go on from."""
    return frozenset(known.revision for known in ScriptDirectory.from_config(_config()).walk_revisions())


async def _run(url: str, revision: str) -> None:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await connection.run_sync(_move, revision)
            await connection.run_sync(raise_walls)
    finally:
        await engine.dispose()


def _move(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    here = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(config)
    if here is not None and here not in {known.revision for known in script.walk_revisions()}:
        # A later release has been here; what it made serves this one, too, while both are at work.
        log.info("The schema is that of a later release (%s) and stays as it is", here)
        return
    older = [known.revision for known in script.iterate_revisions(here, "base")] if here else []
    if revision == "base" or revision in older[1:]:
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


@contextmanager
def _file_lock(database: Path) -> Iterator[None]:
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # What clients said is nobody's business on a shared machine; the files beside it take over its permissions.
    database.touch(mode=0o600)
    with database.with_name(database.name + ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def migrate_blocking(url: str, revision: str = "head") -> None:
    asyncio.run(migrate(url, revision))
