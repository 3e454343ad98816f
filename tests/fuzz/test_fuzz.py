"""A minute's worth of what `make fuzz` does for an hour, always the same."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.db.migrate import migrate
from tests.corpus.entries import entries
from tests.corpus.service import running
from tests.fuzz.people import Asks
from tests.fuzz.portals import one
from tests.server.ui.people import House, house
from tests.servers import free_port


@pytest.fixture
async def home(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, tmp_path, url=database_url) as made:
        yield made


async def test_people_get_no_error_of_ours_whatever_they_send(home: House) -> None:
    asks = await Asks.of(home, random.Random(7))
    assert [wrong for _ in range(400) if (wrong := await asks.once())] == []


async def test_portals_get_the_words_of_the_contract_whatever_they_send(tmp_path: Path) -> None:
    seeds, chance = entries(), random.Random(7)
    url = f"sqlite+aiosqlite:///{tmp_path}/a.db"
    await migrate(url)
    async with running(url, tmp_path, ports=(free_port(), free_port()), protocol="httptools") as service:
        wrong = [wrong for _ in range(300) if (wrong := await one(service, seeds, chance))]
        assert service.dialled <= {service.bitrix.oauth}
    assert wrong == []
