"""An answer that Bitrix24 took and the process did not hear is sent again, and at last a person is told."""

from __future__ import annotations

import pytest

from tests.core.runs.healer import BEHIND, INSTANCES, SEND, Healer, moved, set_up
from tests.portal_side import DIRECTOR, WORK
from tests.town import Town, told

EVENT = "bizproc.event.send"
LOST = "true_without_effect"


@pytest.fixture
async def healer(town: Town) -> Healer:
    await town.at("2026-11-24T12:00:00")
    return Healer(town)


async def replies(town: Town) -> list[tuple[str, int, int]]:
    rows = await town.sql("SELECT state, sends, repeats FROM reply ORDER BY id")
    return [(str(row["state"]), int(row["sends"] or 0), int(row["repeats"] or 0)) for row in rows]


async def answered_in_vain(town: Town, *, times: int) -> None:
    """A robot finishes, and so many of its answers are taken and lost, the first of them some seconds later."""
    await set_up(town, SEND)
    await town.fault(EVENT, "locked")
    await town.fault(EVENT, LOST, times=times)
    await moved(town)
    for _ in range(2):
        await town.advance(seconds=65)
        await town.settle()


async def test_f_22_an_answer_that_was_lost_twice_is_sent_again_and_heard(any_town: Town) -> None:
    town, healer = any_town, Healer(any_town)
    await town.at("2026-11-24T12:00:00")
    await answered_in_vain(town, times=2)
    assert await replies(town) == [("settled", 2, 0)]
    await healer.look(minutes=4)
    assert await replies(town) == [("settled", 2, 0)], "not yet"
    await healer.look(minutes=2)
    assert await replies(town) == [("settled", 3, 1)]
    [process] = (await town.read("processes"))["processes"]
    assert (process["state"], process["robots"][0]["returned"]["result"]) == ("done", "done")
    assert healer.rung == 1
    card = await town.run()
    assert "Процесс всё ещё ждёт, хотя ответ отправлен: отправляем снова, 1 из 5." in told(card)
    for _ in range(3):
        await healer.look(minutes=400)
    assert await replies(town) == [("settled", 3, 1)], "nobody is told more than he needs"
    assert "Процесс больше не ждёт нашего ответа." in told(await town.run())
    assert await town.notifications(DIRECTOR) == []


async def test_after_five_more_a_person_is_told_once(town: Town, healer: Healer) -> None:
    await answered_in_vain(town, times=99)
    for minutes in (6, 16, 61, 241, 721, 61, 61, 1500):
        await healer.look(minutes=minutes)
    assert await replies(town) == [("settled", 7, 5)]
    [notice] = await town.notifications(DIRECTOR)
    assert "Процесс не слышит ответа: робот «Отправить сообщение в диалог»" in notice["text"]
    assert "ответил 7 раз" in notice["text"]
    card = next(card for card in await town.runs() if card.line.robot == "send_message")
    assert "отправляем снова, 5 из 5" in told(card)
    assert "Процесс так и не услышал ответа; сообщаем администратору." in told(card)


async def test_a_process_that_went_on_to_something_else_is_left_alone(town: Town, healer: Healer) -> None:
    await set_up(town, SEND, BEHIND)
    await moved(town)
    await town.advance(seconds=65)
    await town.settle()
    for _ in range(4):
        await healer.look(minutes=300)
    [(state, sends, repeats)] = await replies(town)
    assert state == "settled"
    assert repeats <= 1, "it may have been in the same second; more would help nobody"
    assert sends == 2 + repeats
    assert await town.notifications(DIRECTOR) == []


async def test_two_answers_that_collided_are_told_apart(town: Town, healer: Healer) -> None:
    """The process moved for the one, and the other was lost under its lock."""
    await set_up(town, SEND, {"code": "dialog_state", "properties": {}})
    await town.order("faults", method=EVENT, kind="ok")
    await town.fault(EVENT, LOST, times=3)
    await town.move(await town.deal(), WORK)
    await town.settle()
    await town.advance(seconds=65)
    await town.settle()
    for minutes in (6, 16, 61):
        await healer.look(minutes=minutes)
    [process] = (await town.read("processes"))["processes"]
    assert process["state"] == "done"


async def test_an_old_core_says_that_nobody_waits(town: Town, healer: Healer) -> None:
    await answered_in_vain(town, times=2)
    await town.switch(old_core=True)
    [process] = (await town.read("processes"))["processes"]
    await healer.look(minutes=6)
    assert await replies(town) == [("settled", 3, 1)]
    assert (await town.read("processes"))["processes"][0]["id"] == process["id"]


async def test_a_portal_that_shows_no_processes_is_not_asked(town: Town, healer: Healer) -> None:
    await town.switch(plan_has_bizproc=False, plan_has_robots=True)
    await answered_in_vain(town, times=2)
    assert (await town.sql("SELECT look_at FROM reply"))[0]["look_at"] is None
    await healer.look(minutes=10)
    assert await replies(town) == [("settled", 2, 0)]


async def test_a_process_that_is_gone_is_not_looked_after(town: Town, healer: Healer) -> None:
    await set_up(town, SEND)
    await moved(town)
    await town.advance(seconds=65)
    await town.settle()
    assert (await town.sql("SELECT look_at FROM reply"))[0]["look_at"] is None
    before = len(await town.calls(INSTANCES))
    await healer.look(minutes=10)
    assert await replies(town) == [("settled", 2, 0)]
    assert len(await town.calls(INSTANCES)) <= before + 1
