"""Erasing what names people in the runs of one item: all of it, of that item alone, and with a line in the audit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.bitrix24.documents import DEAL, Item
from core.db import Database, Statement
from core.runs.erasure import Erased, erase
from core.runs.listing import Listing
from core.runs.tables import Run
from core.texts.text import Text
from tests.core.runs.rows import NOON, effect, event, portal, run, store, waiting

NAME = "Иванова Канарейка"
NAMED = Text("Посмотрели диалог «{name}».", "Looked at “{name}”.").format(name=NAME)


def named(portal_id: str = "alpha", *, item_id: int = 17) -> Run:
    knows: dict[str, Any] = {
        "title": NAME,
        "properties": {"text": NAME},
        "known": {"title": NAME},
        "output": {"reason": NAME},
    }
    return run(portal_id, item_id=item_id, reason=NAMED.as_json(), **knows)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await store(database, portal("alpha"), portal("beta"))
        yield database


async def fill(database: Database, *runs: Run) -> None:
    for one in runs:
        await store(
            database,
            one,
            event(one, "looked", NAMED, data={"title": NAME}),
            effect(one, 1, kind="rename_dialog", body={"title": NAME, "chat_id": 5}, evidence={"was": NAME}),
            effect(one, 2, summary=NAMED.as_json(), texts=b"sealed"),
        )


async def runs_that_name(database: Database) -> set[str]:
    """Runs with the name in any column of theirs, by their item and portal."""
    found = set()
    for table, run_id in (("run", "id"), ("run_event", "run_id"), ("effect", "run_id")):
        [rows] = await database.read(Statement(f"SELECT * FROM {table}"))
        found |= {str(row[run_id]) for row in rows if NAME in repr(dict(row)) or row.get("texts")}
    return found


async def test_nothing_that_names_somebody_is_left(database: Database) -> None:
    mine, other_item, other_portal = named(), named(item_id=18), named("beta")
    await fill(database, mine, other_item, other_portal)
    assert await erase(database, "alpha", Item(DEAL, 17), at=NOON) == Erased(1, 0)
    assert await runs_that_name(database) == {other_item.id, other_portal.id}
    [audited] = await database.read(Statement("SELECT action, object_id, detail FROM audit"))
    assert [tuple(row.values()) for row in audited] == [("erase", "DEAL_17", '{"runs":1,"left":0}')]


async def test_the_run_is_still_there_and_says_what_became_of_it(database: Database) -> None:
    mine = named()
    await fill(database, mine)
    await erase(database, "alpha", Item(DEAL, 17), at=NOON)
    card = await Listing(database).run("alpha", mine.id)
    assert card is not None
    assert (card.line.status, card.line.document) == ("done", mine.document)
    assert card.line.reason.en == "The data were erased on request."
    assert len(card.effects) == 2


async def test_a_run_that_goes_on_keeps_what_it_needs(database: Database) -> None:
    asleep = waiting(item_id=17, title=NAME)
    await store(database, asleep)
    assert await erase(database, "alpha", Item(DEAL, 17), at=NOON) == Erased(0, 1)
    assert await runs_that_name(database) == {asleep.id}
