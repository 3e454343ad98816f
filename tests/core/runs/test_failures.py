"""Whom the portal has named hears that runs failed: once in a quarter of an hour, and of what is new."""

from __future__ import annotations

import json

import pytest

from core.robots import Failed, Outcome
from core.runs.failures import Failures
from core.texts.text import Text
from tests.core.runs.probe import Context, Probe
from tests.portal_side import CHIEF, DIRECTOR
from tests.town import Town

WHY = Text("Нет такого поля.", "There is no such field.")


@pytest.fixture
def broken(probe: Probe) -> Probe:
    async def first(ctx: Context) -> Outcome:  # a step's own signature
        return Failed(WHY)

    probe.first = first
    return probe


async def told_to(town: Town, *people: int) -> None:
    await town.sql(
        "INSERT INTO setting VALUES (:p, 'notify_failures', :v, 0, 1)", p=await town.portal_id(), v=json.dumps(people)
    )
    town.base.lanes.changed(await town.portal_id())


async def fail(town: Town, times: int = 1) -> None:
    await town.place("probe")
    for _ in range(times):
        await town.move(await town.deal(dialog=False))
    await town.settle()


async def look(town: Town) -> int:
    base = town.base
    number = await Failures(base.database, base.lanes, base.clock, town.robots, base.bell.ring).tell_due()
    await town.settle()
    return number


async def words(town: Town) -> list[tuple[int, str]]:
    return [(notice["user_id"], notice["text"].split("\n")[1]) for notice in await town.notifications()]


async def test_people_hear_how_many_failed_and_of_which_robots(any_town: Town, broken: Probe) -> None:
    await fail(any_town, 3)
    await told_to(any_town, CHIEF, DIRECTOR)
    assert await look(any_town) == 1
    heard = await words(any_town)
    assert {who for who, _ in heard} == {CHIEF, DIRECTOR}
    assert all(said.startswith("3 запуска закончились ошибкой: «") and "— 3. " in said for _, said in heard)


async def test_a_quarter_of_an_hour_is_silent_and_then_only_news_are_told(any_town: Town, broken: Probe) -> None:
    await told_to(any_town, CHIEF)
    await fail(any_town)
    assert await look(any_town) == 1
    await any_town.advance(minutes=1)
    await fail(any_town, 2)
    assert await look(any_town) == 0
    await any_town.advance(minutes=14)
    assert await look(any_town) == 1
    await any_town.advance(minutes=16)
    assert await look(any_town) == 0
    assert [said[0] for _, said in await words(any_town)] == ["1", "2"]


async def test_where_nobody_is_named_nobody_hears(any_town: Town, broken: Probe) -> None:
    await fail(any_town)
    assert await look(any_town) == 0
    await told_to(any_town)
    assert await look(any_town) == 0
    assert await words(any_town) == []


async def test_two_workers_say_it_once(any_town: Town, broken: Probe) -> None:
    await told_to(any_town, CHIEF)
    await fail(any_town)
    assert await look(any_town) + await look(any_town) == 1
    assert len(await words(any_town)) == 1


async def test_what_failed_long_ago_is_no_news(any_town: Town, broken: Probe) -> None:
    await fail(any_town)
    await any_town.advance(minutes=61)
    await told_to(any_town, CHIEF)
    assert await look(any_town) == 0
