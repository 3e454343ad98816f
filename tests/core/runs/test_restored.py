"""The database is put back from a copy: what happened since is not done once more."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.portals.store import PortalStore
from core.runs.moment import Moment
from core.runs.restored import hold, let_go
from tests.core.runs.effects import Make, commented, operator, task, trigger
from tests.core.runs.probe import SAID, Act, Context, Probe, wait_for
from tests.portal_side import SUPPORT
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


@pytest.mark.parametrize(("make", "happened"), [(task, "task"), (commented, "comment"), (trigger, "trigger")])
async def test_what_was_next_in_the_copy_and_done_after_it_is_not_done_again(
    town: Town, tmp_path: Path, probe: Probe, make: Make, happened: str
) -> None:
    """The copy was made before the call, so only the time of what is found tells that it is ours."""
    database, store = town.base.database, PortalStore(town.base.database)
    live, copy = tmp_path / "town.db", tmp_path / "copy.db"

    async def first(ctx: Context) -> Act:
        dialog = await ctx.dialog()
        return Act((operator(dialog, ctx), make(dialog, ctx)), then=probe.go_on, because=SAID)

    async def copied(methods: list[str]) -> None:
        if "imopenlines.crm.message.add" in methods:
            put(live, copy)

    probe.first = first
    await town.place("probe", stop_on_stage=False)
    deal = await town.deal()
    assert town.portal.apps.installed is not None
    town.portal.apps.installed.triggers["waits"] = "Клиент ждёт"
    await town.employee_says(deal, "Я присмотрю.", by=SUPPORT, hidden=True)
    town.wire.before = copied
    await town.move(deal)
    await town.settle()
    town.wire.before = None
    if happened == "trigger":
        await town.move(deal, "C3:WAIT")
    assert [effect.state for effect in (await town.run()).effects] == ["confirmed", "confirmed"]
    await town.advance(hours=3)
    put(copy, live)
    assert [effect.state for effect in (await town.run()).effects] == ["prepared", "planned"]
    assert await hold(database, store, at=await town.now(), shift=Moment.of(town.base.clock).shift) == 1
    assert await let_go(database, store, at=await town.now()) == 1
    town.base.lanes.changed(await town.portal_id())
    for minutes in (0, 1, 3):
        await town.advance(minutes=minutes)
        await town.settle()
    assert len(await town.outbox(deal)) == 1
    assert len(await town.ledger(happened)) == 1


async def test_what_waits_goes_on_when_it_may(any_town: Town, probe: Probe) -> None:
    town = any_town
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
