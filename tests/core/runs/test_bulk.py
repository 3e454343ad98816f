"""The same thing done to many runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlmodel import col, select

from core.clock import FakeClock
from core.db import Database
from core.portals.tables import Audit
from core.runs.bulk import Done, Order, act_on_all
from core.runs.commands import Actor
from core.runs.consequences import candidates
from core.runs.tables import Run
from tests.core.runs.rows import NOON, portal, run, store, waiting

ANNA = Actor(1, "Анна")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await store(database, portal("alpha"), portal("beta"))
        yield database


async def done(database: Database, order: Order, *runs: Run) -> Done:
    found = await candidates(database, "alpha", [one.id for one in runs])
    return await act_on_all(database, "alpha", found, order=order, actor=ANNA, clock=FakeClock(NOON))


async def row(database: Database, one: Run) -> Run:
    async with database.session() as session:
        found = await session.get(Run, one.id)
    assert found is not None
    return found


async def actions(database: Database) -> list[str]:
    async with database.session() as session:
        return list((await session.exec(select(Audit.action).order_by(col(Audit.id)))).all())


async def test_many_are_repeated_and_each_is_audited(database: Database) -> None:
    runs = [run(status="failed") for _ in range(30)]
    asleep = waiting()
    await store(database, *runs, asleep)
    assert await done(database, Order("retry_step"), *runs, asleep) == Done(done=30, late=1)
    assert {(await row(database, one)).status for one in runs} == {"waiting"}
    assert await actions(database) == ["retry_step"] * 30


async def test_stopped_with_a_reason(database: Database) -> None:
    asleep = waiting()
    await store(database, asleep)
    assert await done(database, Order("cancel", reason="Праздник"), asleep) == Done(1, 0)
    assert (await row(database, asleep)).cancel_requested == "Анна: Праздник"


@pytest.mark.parametrize("minutes", [45, -10])
async def test_timers_move_by_the_same_length(database: Database, minutes: int) -> None:
    first, second = waiting(wakes_in=30), waiting(wakes_in=60)
    await store(database, first, second)
    assert await done(database, Order("shift", minutes=minutes), first, second) == Done(2, 0)
    assert (await row(database, first)).wake_at == NOON + timedelta(minutes=30 + minutes)
    assert (await row(database, second)).wake_at == NOON + timedelta(minutes=60 + minutes)


async def test_timers_fire_now(database: Database) -> None:
    asleep = waiting(wakes_in=600)
    await store(database, asleep)
    assert await done(database, Order("now"), asleep) == Done(1, 0)
    assert (await row(database, asleep)).wake_at == NOON


async def test_what_moved_on_meanwhile_is_counted(database: Database) -> None:
    asleep = waiting()
    await store(database, asleep)
    found = await candidates(database, "alpha", [asleep.id])
    async with database.session() as session:
        stored = await session.get(Run, asleep.id)
        assert stored is not None
        stored.status, stored.finished_at, stored.wake_at = "done", NOON, None
    assert await act_on_all(database, "alpha", found, order=Order("cancel"), actor=ANNA, clock=FakeClock(NOON)) == Done(
        0, 1
    )
    assert await actions(database) == []
