"""A house with two portals for every test of this side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.db.migrate import migrate_blocking
from tests.server.ui.people import House, house


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, made once and copied for every test."""
    file = tmp_path_factory.mktemp("schema") / "empty.db"
    migrate_blocking(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture
async def home(schema: Path, tmp_path: Path) -> AsyncIterator[House]:
    async with house(schema, tmp_path) as made:
        yield made
