"""A town whose robots are set up in the portal's own dialog."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.ui.robot_settings.dialog import Dialog
from tests.town import Town


@pytest.fixture
async def town(tmp_path: Path, schema: Path) -> AsyncIterator[Town]:
    file = shutil.copy(schema, tmp_path / "town.db")
    async with Town.open(f"sqlite+aiosqlite:///{file}") as town:
        yield town


@pytest.fixture
async def dialog(town: Town) -> AsyncIterator[Dialog]:
    """The dialog as the director of the portal opens it."""
    async with town.wire.client("https://dezhurny.example.ru") as client:
        yield Dialog(town, client)
