"""The database is put back from a copy: what happened since is not done once more."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from core.portals.store import PortalStore
from core.runs.restored import hold, let_go
from tests.core.runs.probe import Probe, wait_for
from tests.town import Town

TEXT = "Здравствуйте! Документы готовы."


def put(source: Path, target: Path) -> None:
    """Copy a database over another one, whoever has it open."""
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


async def test_f_32_after_a_restore_nothing_is_sent_before_a_person_agrees(town: Town, tmp_path: Path) -> None:
    """The copy was made while a message was on its way; it arrived, and then the disk was lost."""
    database, store = town.base.database, PortalStore(town.base.database)
    live, copy = tmp_path / "town.db", tmp_path / "copy.db"

    async def copied(methods: list[str]) -> None:
        if "imopenlines.crm.message.add" in methods:
            put(live, copy)

    await town.place("send_message", text=TEXT)
    deal = await town.deal()
    town.wire.before = copied
    await town.move(deal)
    await town.settle()
    town.wire.before = None
    assert (await town.run()).run.status == "done"
    put(copy, live)
    assert (await town.run()).run.status == "running"
    assert await hold(database, store, at=await town.now()) == 1
    town.base.lanes.changed(await town.portal_id())
    await town.advance(hours=1)
    await town.settle()
    assert len(await town.outbox(deal)) == 1
    assert [effect.state for effect in (await town.run()).effects] == ["unknown"]
    assert await let_go(database, store, at=await town.now()) == 1
    town.base.lanes.changed(await town.portal_id())
    await town.settle()
    assert (await town.run()).run.status == "done", "it was found in the chat"
    assert len(await town.outbox(deal)) == 1


async def test_what_waits_goes_on_when_it_may(town: Town, probe: Probe) -> None:
    wait_for(probe, minutes=5)
    await town.fire("probe")
    database = town.base.database
    store = PortalStore(database)
    assert await hold(database, store, at=await town.now()) == 1
    assert await hold(database, store, at=await town.now()) == 0
    town.base.lanes.changed(await town.portal_id())
    await town.advance(minutes=6)
    await town.settle()
    assert probe.ran == ["first"]
    assert await let_go(database, store, at=await town.now()) == 1
    town.base.lanes.changed(await town.portal_id())
    await town.settle()
    assert probe.ran == ["first", "second"]
