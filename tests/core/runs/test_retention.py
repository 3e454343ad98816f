"""What is old is forgotten, and what waits is not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, text
from sqlmodel import SQLModel, func, select

from core.db import Database
from core.portals.settings import change_settings, portal_settings
from core.portals.tables import Download, Session
from core.runs.retention import Forgotten, Keeping, forget, forget_visits, keeping
from core.runs.tables import EffectRow, Reply, RestCallRow, Run, RunEvent, RunGuard, SpentToken
from core.texts.text import Text
from tests.core.runs.rows import NOON, call, effect, event, portal, run, store, waiting

CANARY = "CANARY-2b7e"
DAY = timedelta(days=1)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as opened:
        await store(opened, portal("alpha"), portal("beta"))
        yield opened


def spoken(portal_id: str = "alpha", **fields: Any) -> Run:
    """A run in which words of a client lie everywhere."""
    words = {"text": CANARY}
    return run(portal_id, properties=words, state=words, output=words, known=words, **fields)


def reply(of: Run, **fields: Any) -> Reply:
    values: dict[str, Any] = {
        "id": f"reply-{of.id}",
        "portal_id": of.portal_id,
        "run_id": of.id,
        "workflow_id": of.workflow_id,
        "event_token": b"sealed",
        "answer": {"reason": CANARY},
        "state": "settled",
    }
    return Reply(**(values | fields))


async def kept(database: Database, table: type[SQLModel]) -> int:
    async with database.session() as session:
        return (await session.exec(select(func.count()).select_from(table))).one()


async def where_the_canary_is(database: Database) -> list[str]:
    """Look into every column of every table."""
    found = []
    tables: list[Table] = list(SQLModel.metadata.tables.values())
    async with database.session() as session:
        for table in tables:
            rows = (await (await session.connection()).execute(text(f"SELECT * FROM {table.name}"))).mappings()
            found += [f"{table.name}.{name}" for row in rows for name, value in row.items() if _holds(value)]
    return sorted(set(found))


def _holds(value: object) -> bool:
    return CANARY in (value.decode(errors="ignore") if isinstance(value, bytes) else str(value))


async def after(database: Database, days: float, portal_id: str = "alpha", *, log_days: int = 30) -> Forgotten:
    return await forget(database, portal_id, log_days=log_days, now=NOON + days * DAY)


async def full(database: Database, **fields: Any) -> Run:
    """Store a run that is over with everything that hangs on one."""
    one = spoken(reason=Text("Готово", "Done").as_json(), **fields)
    await store(
        database,
        one,
        event(one, "looked", Text("Посмотрел", "Looked"), data={"title": CANARY}),
        effect(one, 1, texts=CANARY.encode(), evidence={"said": CANARY}, text_hash="h", prepared_at=NOON),
        call(one),
        RunGuard(portal_id=one.portal_id, name="chat", run_id=one.id),
    )
    return one


async def test_payloads_go_first_and_the_story_stays(database: Database) -> None:
    one = await full(database)
    assert await after(database, 13) == Forgotten()
    assert "run.properties" in await where_the_canary_is(database)
    assert await after(database, 15) == Forgotten(payloads=1)
    assert await where_the_canary_is(database) == []
    async with database.session() as session:
        row = await session.get(Run, one.id)
    assert row is not None
    assert (row.status, row.title, row.reason["en"]) == ("done", "Окна на дачу", "Done")
    assert await kept(database, RunEvent) == 1
    assert await after(database, 15) == Forgotten()


async def test_a_run_goes_with_its_log_and_leaves_the_ledger_without_words(database: Database) -> None:
    one = await full(database)
    await store(database, reply(one))
    assert (await after(database, 31)).runs == 1
    for table in (Run, RunEvent, RestCallRow, Reply, RunGuard):
        assert await kept(database, table) == 0, table
    assert await where_the_canary_is(database) == []
    async with database.session() as session:
        (left,) = (await session.exec(select(EffectRow))).all()
        (token,) = (await session.exec(select(SpentToken))).all()
    assert (left.kind, left.text_hash, left.summary) == ("notify_staff", "h", {"ru": "", "en": ""})
    assert (token.event_token_hash, token.until) == (one.event_token_hash, NOON + 431 * DAY)


async def test_the_ledger_and_the_tokens_go_after_a_year_and_more(database: Database) -> None:
    await full(database)
    await after(database, 31)
    assert (await after(database, 399)).effects == 0
    assert (await after(database, 432)).effects == 1
    assert await kept(database, EffectRow) == 0
    assert await kept(database, SpentToken) == 0


async def test_what_waits_is_never_touched(database: Database) -> None:
    asleep = waiting(properties={"text": CANARY}, state={"text": CANARY})
    in_doubt = run(status="unknown", result="", finished_at=None, wake_at=None)
    owing, held = run(), run(lease_until=NOON)
    await store(database, asleep, in_doubt, owing, held)
    await store(
        database,
        *(event(one, "waits", Text("Ждёт", "Waits"), data={"due": "x"}) for one in (asleep, in_doubt, owing)),
        effect(in_doubt, 1, "unknown", texts=b"sealed", prepared_at=NOON),
        call(asleep),
        reply(owing, state="due", due_at=NOON),
    )
    for days in (15, 31, 500):
        assert await after(database, days) == Forgotten()
    async with database.session() as session:
        row = await session.get(Run, asleep.id)
        (doubt,) = (await session.exec(select(EffectRow))).all()
    assert row is not None
    assert (row.properties, row.state) == ({"text": CANARY}, {"text": CANARY})
    assert doubt.texts == b"sealed"
    assert await kept(database, Run) == 4
    assert await kept(database, RunEvent) == 3


async def test_days_are_counted_from_the_end(database: Database) -> None:
    await store(database, run(finished_at=NOON + 10 * DAY))
    assert (await after(database, 39)).runs == 0
    assert (await after(database, 41)).runs == 1


async def test_calls_without_a_run_go_after_the_same_time(database: Database) -> None:
    one = waiting()
    await store(database, one, call(one), call(one, run_id=None), call(one, run_id="forgotten before"))
    assert (await after(database, 29)).calls == 0
    assert (await after(database, 31)).calls == 2
    assert await kept(database, RestCallRow) == 1


async def test_one_portal_keeps_its_log_longer_than_another(database: Database) -> None:
    await store(database, run(), run("beta"))
    await change_settings("alpha", database, values={"log_days": 90}, user_id=1, at=NOON)
    assert (await after(database, 60)).runs == 0
    assert (await after(database, 60, "beta")).runs == 1
    assert (await after(database, 91)).runs == 1


async def test_more_than_one_handful(database: Database) -> None:
    await store(database, *(spoken(minutes=number) for number in range(450)))
    assert (await after(database, 20)).payloads == 450
    assert (await after(database, 40)).runs == 450


async def test_the_mark_of_the_last_sweep_is_no_setting_of_people(database: Database) -> None:
    await after(database, 15)
    assert json.dumps(await portal_settings("alpha", database)) == json.dumps(
        {"payload_swept": "2026-11-24T09:00:00+00:00"}
    )


@pytest.mark.parametrize(
    ("settings", "log", "payload"),
    [
        ({}, 30, 14),
        ({"log_days": 90, "payload_days": 60}, 90, 60),
        ({"log_days": 5, "payload_days": 60}, 5, 5),
        ({"log_days": 1, "payload_days": 0}, 3, 3),
        ({"log_days": "90", "payload_days": True}, 30, 14),
        ({"log_days": 10**9}, 3650, 14),
    ],
)
def test_how_long_is_kept(settings: dict[str, Any], log: int, payload: int) -> None:
    assert keeping(settings, log_days=30) == Keeping(log * DAY, payload * DAY)


async def test_visits_that_are_over(database: Database) -> None:
    def visit(name: str, until: datetime) -> tuple[Session, Download]:
        session = Session(
            token_hash=name,
            portal_id="alpha",
            user_id=1,
            admin_checked_at=NOON,
            created_at=NOON,
            seen_at=NOON,
            expires_at=until,
        )
        return session, Download(token_hash=name, portal_id="alpha", user_id=1, body={}, expires_at=until)

    await store(database, *visit("old", NOON - DAY), *visit("new", NOON + DAY))
    await forget_visits(database, now=NOON)
    assert (await kept(database, Session), await kept(database, Download)) == (1, 1)
