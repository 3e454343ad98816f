"""What people choose is theirs alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.db import Database
from core.portals.preferences import MOST_VIEWS, forget_view, prefer, preferences, save_view
from tests.core.runs.rows import NOON, portal, store


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await store(database, portal("alpha"), portal("beta"))
        yield database


async def saved(database: Database, name: str, user_id: int = 1, portal_id: str = "alpha") -> str | None:
    return await save_view(portal_id, user_id, database, name=name, address="q=deal%3A5", at=NOON)


async def test_a_choice_is_kept_changed_and_taken_back(database: Database) -> None:
    for value in ("compact", "roomy"):
        await prefer("alpha", 1, database, name="density", value=value, at=NOON)
        assert (await preferences("alpha", 1, database)).values == {"density": value}
    await prefer("alpha", 1, database, name="density", value=None, at=NOON)
    assert (await preferences("alpha", 1, database)).values == {}


async def test_views_in_the_order_in_which_they_were_saved(database: Database) -> None:
    first, second = await saved(database, "Ошибки"), await saved(database, "Мои")
    found = (await preferences("alpha", 1, database)).views
    assert [(view.id, view.name, view.address) for view in found] == [
        (first, "Ошибки", "q=deal%3A5"),
        (second, "Мои", "q=deal%3A5"),
    ]


async def test_nobody_sees_or_deletes_those_of_another(database: Database) -> None:
    mine = await saved(database, "Мои")
    assert mine is not None
    for portal_id, user_id in (("alpha", 2), ("beta", 1)):
        assert (await preferences(portal_id, user_id, database)).views == ()
        assert not await forget_view(portal_id, user_id, database, view_id=mine)
    assert await forget_view("alpha", 1, database, view_id=mine)
    assert not await forget_view("alpha", 1, database, view_id=mine)


async def test_nobody_saves_without_end(database: Database) -> None:
    kept = [await saved(database, str(number)) for number in range(MOST_VIEWS + 2)]
    assert kept.count(None) == 2
    await asyncio.gather(*(saved(database, "other", user_id=2) for _ in range(3)))
    assert len((await preferences("alpha", 2, database)).views) == 3
