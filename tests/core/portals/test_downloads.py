"""A file is fetched once, within a minute, by whoever has its address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlmodel import select

from core.db import Database
from core.portals.downloads import LIVES_FOR, Taken, offer, take
from core.portals.tables import Download
from tests.core.runs.rows import NOON, portal, store


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await store(database, portal("alpha"))
        yield database


async def offered(database: Database) -> str:
    return await offer("alpha", 7, database, body={"what": "runs", "q": "Ромашка"}, now=NOON)


async def test_it_is_given_once(database: Database) -> None:
    token = await offered(database)
    assert await take(token, database, now=NOON) == Taken("alpha", 7, {"what": "runs", "q": "Ромашка"})
    assert await take(token, database, now=NOON) is None


async def test_of_many_who_ask_at_once_one_gets_it(database: Database) -> None:
    token = await offered(database)
    found = await asyncio.gather(*(take(token, database, now=NOON) for _ in range(10)))
    assert sum(one is not None for one in found) == 1


async def test_after_a_minute_it_is_gone(database: Database) -> None:
    token = await offered(database)
    assert await take(token, database, now=NOON + LIVES_FOR + timedelta(milliseconds=1)) is None


@pytest.mark.parametrize("token", ["", "nonsense", "a" * 43, "%" * 43, "a" * 4300])
async def test_what_is_no_address_fetches_nothing(database: Database, token: str) -> None:
    await offered(database)
    assert await take(token, database, now=NOON) is None


async def test_only_a_hash_is_kept_and_old_offers_are_forgotten(database: Database) -> None:
    token = await offered(database)
    await offer("alpha", 7, database, body={}, now=NOON + timedelta(hours=1))
    async with database.session() as session:
        rows = (await session.exec(select(Download))).all()
    assert len(rows) == 1
    assert all(token not in row.token_hash for row in rows)
