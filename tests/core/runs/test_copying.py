"""A run repeated with other values is a new one on the same item, and both say so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from core.clock import FakeClock
from core.db import Database
from core.portals.tables import Audit
from core.runs.commands import NoSuchRun, NotNow
from core.runs.copying import BadValues, repeat_with
from core.runs.tables import Run, RunEvent
from core.texts.text import Text
from tests.core.runs.hands import OLGA
from tests.core.runs.rows import NOON, portal, run, store, waiting
from tests.server.ui.people import WatchClient

ROBOT = WatchClient()
FORM: dict[str, Any] = {"minutes": "30", "text": "Добрый день", "whom": "owner", "of_an_old_form": "x"}
NOW = NOON + timedelta(hours=3)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await store(database, portal("alpha"), portal("beta"))
        yield database


async def repeated(database: Database, one: Run, **values: Any) -> Run:
    new = await repeat_with(database, "alpha", one.id, values=values, robot=ROBOT, actor=OLGA, clock=FakeClock(NOW))
    async with database.session() as session:
        found = await session.get(Run, new)
    assert found is not None
    return found


async def log(database: Database, one: Run) -> list[str]:
    query = select(RunEvent.text).where(col(RunEvent.run_id) == one.id)
    async with database.session() as session:
        return [Text.from_json(text).ru for text in (await session.exec(query)).all()]


async def test_the_copy_begins_anew_with_other_values(database: Database) -> None:
    one = run(properties=FORM, origin="strong", state={"level": 2}, step="fire", acting_from=3, stage_id="C1:NEW")
    await store(database, one)
    copy = await repeated(database, one, minutes="45", whom=["head"])
    assert copy.properties == {**FORM, "minutes": "45", "whom": ["head"]}
    assert (copy.status, copy.result, copy.step, copy.state, copy.acting_from) == ("waiting", "", "", {}, 0)
    assert (copy.robot, copy.item_id, copy.title, copy.copy_of) == (one.robot, one.item_id, one.title, one.id)
    assert (copy.created_at, copy.wake_at, copy.expires_at) == (NOW, NOW, NOW + timedelta(days=30))
    assert (copy.origin, copy.answered, copy.stage_id, copy.event_token) == ("strong", True, "", one.event_token)
    assert copy.event_token_hash != one.event_token_hash


async def test_both_say_so(database: Database) -> None:
    one = run(properties=FORM)
    await store(database, one)
    copy = await repeated(database, one, minutes="45", text="Добрый вечер")
    assert await log(database, copy) == [
        "Ольга Власова: повтор с другими значениями: Сколько ждать, минут, Что написать."
    ]
    assert await log(database, one) == ["Ольга Власова: повторить с другими значениями, отдельным запуском."]
    async with database.session() as session:
        [audit] = (await session.exec(select(Audit))).all()
    assert (audit.action, audit.object_id, audit.actor_id) == ("retry_edited", one.id, "1")
    assert audit.detail == {"copy": copy.id, "changed": ["minutes", "text"]}


@pytest.mark.parametrize("origin", ["unchecked", "refused"])
async def test_what_the_portal_never_confirmed_is_asked_again(database: Database, origin: str) -> None:
    one = run(properties=FORM, origin=origin, status="rejected")
    await store(database, one)
    assert (await repeated(database, one)).origin == "unchecked"


async def test_each_press_makes_a_copy_of_its_own(database: Database) -> None:
    one = run(properties=FORM)
    await store(database, one)
    assert (await repeated(database, one)).id != (await repeated(database, one)).id


async def test_values_that_cannot_work_are_refused_in_words(database: Database) -> None:
    one = run(properties=FORM)
    await store(database, one)
    with pytest.raises(BadValues) as refusal:
        await repeated(database, one, minutes="много")
    assert refusal.value.text.ru.startswith("«Сколько ждать, минут»: нужно целое число")
    assert len(await log(database, one)) == 0


async def test_what_goes_on_is_not_copied(database: Database) -> None:
    asleep, foreign = waiting(properties=FORM), run("beta", properties=FORM)
    await store(database, asleep, foreign)
    with pytest.raises(NotNow):
        await repeated(database, asleep)
    with pytest.raises(NoSuchRun):
        await repeated(database, foreign)
