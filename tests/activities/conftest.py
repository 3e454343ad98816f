"""Towns in which robots play their stories."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.db.migrate import migrate_blocking
from tests.town import Town


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the whole schema and nothing in it, to be copied."""
    file = tmp_path_factory.mktemp("schema") / "empty.db"
    migrate_blocking(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture
async def town(tmp_path: Path, migrated: Path) -> AsyncIterator[Town]:
    """A town on SQLite with the robots of this release."""
    file = shutil.copy(migrated, tmp_path / "town.db")
    async with Town.open(f"sqlite+aiosqlite:///{file}") as town:
        yield town


@pytest.fixture
def requests(town: Town) -> list[list[str]]:
    """The methods of every HTTP request to the portal from now on; a batch is one request."""
    seen: list[list[str]] = []

    async def note(methods: list[str]) -> None:
        seen.append(methods)

    town.wire.before = note
    return seen
