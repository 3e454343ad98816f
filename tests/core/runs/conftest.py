"""Towns for tests of the engine."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.db.migrate import migrate, migrate_blocking
from tests.core.runs.probe import Probe
from tests.portal_kit import any_database, any_world, database, migrated_file, sqlite_url, world
from tests.town import Town

__all__ = ["any_database", "any_world", "database", "migrated_file", "sqlite_url", "world"]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the whole schema and nothing in it, to be copied."""
    file = tmp_path_factory.mktemp("schema") / "empty.db"
    migrate_blocking(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture
def probe() -> Probe:
    """A robot whose steps the test writes."""
    return Probe()


@pytest.fixture
async def town(tmp_path: Path, migrated: Path, probe: Probe) -> AsyncIterator[Town]:
    """A town on SQLite; its release knows the probe."""
    file = shutil.copy(migrated, tmp_path / "town.db")
    async with Town.open(f"sqlite+aiosqlite:///{file}", robots={probe.code: probe}) as town:
        yield town


@pytest.fixture
async def postgres_town(postgres_url: str, probe: Probe) -> AsyncIterator[Town]:
    """A town on a server that can go away."""
    await migrate(postgres_url)
    async with Town.open(postgres_url, robots={probe.code: probe}) as town:
        yield town


@pytest.fixture(params=["town", pytest.param("postgres_town", marks=pytest.mark.postgres)])
def any_town(request: pytest.FixtureRequest) -> Town:
    """A town on either database, for what rests on locks and leases."""
    town: Town = request.getfixturevalue(request.param)
    return town
