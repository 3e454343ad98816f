"""A town for workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.db.migrate import migrate
from tests.town import Town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    url = f"sqlite+aiosqlite:///{tmp_path}/town.db"
    await migrate(url)
    async with Town.open(url) as town:
        yield town
