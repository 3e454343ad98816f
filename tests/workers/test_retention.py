"""The job that forgets, over the traces of a real conversation."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from core.db import Database
from core.db.migrate import migrate
from tests.town import Town
from workers.main import retain

CANARY = "CANARY-7d1c"
DAY = timedelta(days=1)


async def where_the_canary_is(database: Database) -> set[str]:
    found = set()
    async with database.session() as session:
        for table in SQLModel.metadata.tables.values():
            rows = (await (await session.connection()).execute(text(f"SELECT * FROM {table.name}"))).mappings()
            found |= {f"{table.name}.{name}" for row in rows for name, value in row.items() if CANARY in str(value)}
    return found


@pytest.fixture
async def database_file(tmp_path: Path) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path}/town.db"
    await migrate(url)
    return url


async def test_no_word_of_a_client_is_older_than_its_limit(database_file: str) -> None:
    async with Town.open(database_file) as town:
        await town.place("send_message", text=f"Уже едет. {CANARY}", only_if_ball="us")
        await town.move(await town.deal(says=f"Где мой заказ? {CANARY}"))
        await town.settle()
        card = await town.run()
        assert card.line.result == "done"
        assert "run.properties" in await where_the_canary_is(town.base.database)
        town.portal.clock.advance(15 * DAY)
        await town.settle()
        await retain(town.base)
        assert await where_the_canary_is(town.base.database) == set()
        assert len(await town.runs()) == 1
        town.portal.clock.advance(20 * DAY)
        await retain(town.base)
        assert await town.runs() == []
        assert await town.sql("SELECT count(*) AS number FROM effect") == [{"number": 1}]
