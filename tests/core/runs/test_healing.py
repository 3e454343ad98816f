"""Calls that reached nobody are found by the processes that wait: told once, or made good, and nobody is alarmed."""

from __future__ import annotations

import pytest

from tests.core.runs.healer import BEHIND, INSTANCES, SEND, TEXT, Healer, found, moved, set_up, setting, taught
from tests.portal_side import ANNA, DIRECTOR, WORK
from tests.town import Town, told


@pytest.fixture
async def healer(town: Town) -> Healer:
    await town.at("2026-11-24T12:00:00")
    return Healer(town)


@pytest.fixture
def requests(town: Town) -> list[list[str]]:
    """The methods of every HTTP request to the portal from now on; a batch is one request."""
    seen: list[list[str]] = []

    async def note(methods: list[str]) -> None:
        seen.append(methods)

    town.wire.before = note
    return seen


# --- what is found ----------------------------------------------------------------------------------------------------


async def test_f_01_a_lost_call_is_found_and_told_once(town: Town, healer: Healer) -> None:
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    deal = await moved(town, lost=True)
    await healer.look(minutes=2)
    assert await found(town) == [], "it may be on its way yet"
    await healer.look(minutes=4)
    await healer.look(minutes=5)
    await healer.look(minutes=60)
    assert await found(town) == ["told"]
    [notice] = await town.notifications(DIRECTOR)
    assert "Похоже, вызов робота не дошёл до Дежурного: «Отправить сообщение в диалог»" in notice["text"]
    assert f"«Отправить сообщение в диалог», сделка {deal.id}. Процесс начат в 12:0" in notice["text"]
    assert await town.outbox(deal) == [], "nobody said that it may be done"
    [card] = [card for card in await town.runs() if card.line.robot == "tell_administrator"]
    assert card.run.item_id == deal.id
    assert "It seems that a call of a robot did not reach Dezhurny" in told(card, "en")
    assert healer.rung > 0


async def test_where_the_portal_wants_it_the_robot_runs_and_the_client_hears_it_once(
    town: Town, healer: Healer
) -> None:
    await setting(town, "lost_launches", "run")
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    deal = await moved(town, lost=True)
    await healer.look(minutes=4)
    assert [one["text"] for one in await town.outbox(deal)] == [TEXT]
    card = next(card for card in await town.runs() if card.line.robot == "send_message")
    assert (card.run.item_id, card.run.status, card.run.workflow_id) == (deal.id, "done", "")
    assert "Вызов этого робота до нас не дошёл: восстановлено." in told(card)
    assert "5 процессов подряд" in told(card)
    assert "Процесс в Битрикс24 ответа не получит" in told(card)
    [notice] = await town.notifications(DIRECTOR)
    assert "восстановлено" in notice["text"]
    await healer.look(minutes=5)
    await healer.look(minutes=600)
    assert len(await town.outbox(deal)) == 1
    assert len(await town.notifications(DIRECTOR)) == 1
    assert await found(town) == ["run"]
    assert (await town.process(deal))["state"] == "waiting", "nobody can answer it"


async def test_a_call_that_comes_after_all_does_nothing_twice(any_town: Town) -> None:
    town, healer = any_town, Healer(any_town)
    await town.at("2026-11-24T12:00:00")
    await setting(town, "lost_launches", "run")
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    deal = await moved(town, lost=True)
    await healer.look(minutes=4)
    [lost] = [one for one in town.portal.queue.log if one.error == "lost"]
    town.portal.queue.push(lost)
    await town.settle()
    assert len(await town.outbox(deal)) == 1
    late = next(card for card in await town.runs() if card.run.result == "skipped_duplicate")
    assert "Этот вызов пришёл с опозданием" in told(late)
    assert (await town.process(deal))["returned"]["result"] == "skipped_duplicate"
    await moved(town, lost=True)
    await healer.look(minutes=4)
    assert await found(town) == ["run"], "what came late may come late again"


async def test_a_call_that_was_only_told_of_is_done_when_it_comes(town: Town, healer: Healer) -> None:
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    deal = await moved(town, lost=True)
    await healer.look(minutes=4)
    [lost] = [one for one in town.portal.queue.log if one.error == "lost"]
    town.portal.queue.push(lost)
    await town.settle()
    assert len(await town.outbox(deal)) == 1
    await healer.look(minutes=5)
    assert await found(town) == ["came"]


async def test_a_pause_that_somebody_puts_before_the_robot_makes_nothing_happen_twice(
    town: Town, healer: Healer
) -> None:
    """The first call behind it comes when a run was begun in its place, and nothing is expected at once any more."""
    await setting(town, "lost_launches", "run")
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    pause = {"code": "pause", "stock": True, "delay_seconds": 600}
    await set_up(town, pause, {**SEND, "wait_previous": True}, BEHIND)
    deal = await moved(town)
    for _ in range(3):
        await healer.look(minutes=5)
    assert len(await town.outbox(deal)) == 1
    [process] = [one for one in (await town.read("processes"))["processes"] if one["itemId"] == deal.id]
    assert process["robots"][1]["returned"]["result"] == "skipped_duplicate"
    await moved(town)
    await healer.look(minutes=5)
    assert await found(town) == ["run"]


async def test_many_at_once_are_one_word(town: Town, healer: Healer) -> None:
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    for _ in range(7):
        await moved(town, lost=True)
    await healer.look(minutes=4)
    [notice] = await town.notifications(DIRECTOR)
    assert "и 2 других" in notice["text"]
    assert await found(town) == ["told"] * 7


async def test_a_template_is_not_complained_of_for_ever(town: Town, healer: Healer) -> None:
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    for _ in range(5):
        await moved(town, lost=True)
        await healer.look(minutes=6)
    notices = await town.notifications(DIRECTOR)
    assert len(notices) == 3
    assert ["неделю не напоминаем" in notice["text"] for notice in notices].count(True) == 1


async def test_processes_that_are_over_in_a_moment_are_known_too(any_town: Town) -> None:
    """Nothing stands behind the robot: what lives for minutes is only what lost its call."""
    town, healer = any_town, Healer(any_town)
    await town.at("2026-11-24T12:00:00")
    await set_up(town, SEND)
    await moved(town)
    await healer.look()
    for _ in range(3):
        town.worker.engine._samples._rests_until.clear()  # a minute has passed
        await moved(town)
        await town.advance(minutes=1)
    assert [row["processes"] for row in await town.sql("SELECT processes FROM template_habit")] == [3]
    await town.settle()
    await moved(town, lost=True)
    await healer.look(minutes=4)
    assert await found(town) == ["told"]


async def test_an_answer_does_not_wait_for_a_question_that_rests(town: Town, healer: Healer) -> None:
    await set_up(town, SEND)
    await moved(town)
    await town.fault(INSTANCES, "op_limit")
    await healer.look(minutes=2)
    await healer.look(minutes=4)
    town.worker.engine._samples._rests_until.clear()
    deal = await moved(town)
    assert (await town.process(deal))["state"] == "done"


# --- nobody is alarmed ------------------------------------------------------------------------------------------------


async def test_a_pause_before_our_robot_is_no_lost_call(town: Town, healer: Healer) -> None:
    pause = {"code": "pause", "stock": True, "delay_seconds": 1800}
    await set_up(town, pause, {**SEND, "wait_previous": True}, BEHIND)
    for _ in range(5):
        await moved(town)
    await healer.look(minutes=31)
    assert (await town.sql("SELECT processes FROM template_habit"))[0]["processes"] == 5
    await moved(town)
    for _ in range(4):
        await healer.look(minutes=6)
    assert await found(town) == []
    assert await town.notifications(DIRECTOR) == []


async def test_a_condition_before_our_robot_is_no_lost_call(town: Town, healer: Healer) -> None:
    """Half of the deals never call, and their processes go on for days with something else."""
    beside = {"code": "pause", "stock": True, "delay_seconds": 86_400}
    await set_up(town, {**SEND, "only_if": {"ASSIGNED_BY_ID": f"user_{ANNA}"}}, beside)
    for responsible in (ANNA, DIRECTOR) * 3:
        await town.move(await town.deal(responsible=responsible), WORK)
        await town.settle()
        await healer.look(minutes=5)
    for _ in range(3):
        await town.move(await town.deal(responsible=DIRECTOR), WORK)
        await healer.look(minutes=5)
    assert await found(town) == []


async def test_processes_of_other_templates_are_none_of_our_business(town: Town, healer: Healer) -> None:
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    await set_up(town)
    await town.order("automation", entityTypeId=2, stageId="C3:WAIT", robots=[{**BEHIND, "wait_previous": False}])
    await town.move(await town.deal(), "C3:WAIT")
    await healer.look(minutes=6)
    assert await found(town) == []


async def test_too_few_processes_prove_nothing(town: Town, healer: Healer) -> None:
    await set_up(town, SEND, BEHIND)
    await taught(town, healer, processes=2)
    await moved(town, lost=True)
    await healer.look(minutes=4)
    assert await found(town) == []


# --- what is not done by ourselves ------------------------------------------------------------------------------------


async def test_settings_that_differ_are_not_guessed(town: Town, healer: Healer) -> None:
    await setting(town, "lost_launches", "run")
    await set_up(town, {**SEND, "properties": {"text": "Ваш заказ {=Document:ID} готов."}}, BEHIND)
    await taught(town, healer)
    deal = await moved(town, lost=True)
    await healer.look(minutes=4)
    assert await found(town) == ["told"]
    assert await town.outbox(deal) == []


async def test_two_robots_on_a_stage_are_not_guessed(town: Town, healer: Healer) -> None:
    await setting(town, "lost_launches", "run")
    await set_up(town, SEND, {"code": "dialog_state", "properties": {}}, BEHIND)
    await taught(town, healer)
    await town.order("queue", lose=2)
    await town.move(await town.deal(), WORK)
    await healer.look(minutes=4)
    assert await found(town) == ["told"]


async def test_what_should_have_been_done_an_hour_ago_is_only_told(town: Town, healer: Healer) -> None:
    """We stood for a while: all calls of that time are lost."""
    await setting(town, "lost_launches", "run")
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    early = await moved(town, lost=True)
    await town.advance(minutes=50)
    late = await moved(town, lost=True)
    await healer.look(minutes=15)
    assert await found(town) == ["run", "told"] or await found(town) == ["told", "run"]
    assert (len(await town.outbox(early)), len(await town.outbox(late))) == (0, 1)


async def test_what_was_made_up_for_is_no_complaint(town: Town, healer: Healer) -> None:
    """However often it happened this week: what could not be made up for is still said."""
    await setting(town, "lost_launches", "run")
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    for _ in range(3):
        await moved(town, lost=True)
        await healer.look(minutes=6)
    await moved(town, lost=True)
    await healer.look(minutes=65)
    assert sorted(await found(town)) == ["run"] * 3 + ["told"]


async def test_what_began_before_a_copy_was_put_back_is_only_told(town: Town, healer: Healer) -> None:
    """The database has not heard of it, but it may have been done."""
    await setting(town, "lost_launches", "run")
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    deal = await moved(town, lost=True)
    await town.advance(minutes=4)
    await town.sql("UPDATE portal SET status_at = :now", now=int((await town.now()).timestamp() * 1000))
    await healer.look()
    assert await found(town) == ["told"]
    assert await town.outbox(deal) == []


# --- what it costs ----------------------------------------------------------------------------------------------------


async def test_a_look_is_one_request_and_none_where_nobody_calls(
    town: Town, healer: Healer, requests: list[list[str]]
) -> None:
    assert await healer.look() == 0
    assert requests == []
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    await town.advance(minutes=5)
    await town.settle()
    requests.clear()
    await healer.look()
    assert [sorted(set(methods)) for methods in requests] == [[INSTANCES, "server.time"]]
    await healer.look(minutes=24 * 60 * 8)
    requests.clear()
    assert await healer.look() == 0, "nobody has called for a week, and all answers were looked after"
    assert requests == []


async def test_it_looks_again_in_its_own_time(town: Town, healer: Healer) -> None:
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    await town.sql("UPDATE healing SET looked_at = looked_at - 10000")
    assert await healer.run_due() == 0
    await town.advance(minutes=6)
    assert await healer.run_due() == 1
    await town.settle()
    await town.advance(hours=25)
    await healer.look()
    await town.sql("UPDATE healing SET looked_at = looked_at - 10000")
    await town.advance(minutes=30)
    assert await healer.run_due() == 0, "nobody has called for a day"


async def test_a_portal_near_its_limit_is_left_alone(
    town: Town, healer: Healer, requests: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    monkeypatch.setattr("core.runs.healing.LAST_PLACES", 0.0)
    await town.settle()
    requests.clear()
    await healer.look(minutes=6)
    assert [methods for methods in requests if "server.time" in methods] == []


async def test_a_plan_that_shows_no_processes_is_left_alone(town: Town, healer: Healer) -> None:
    await set_up(town, SEND, BEHIND)
    await town.switch(plan_has_bizproc=False, plan_has_robots=True)
    await taught(town, healer)
    assert (await town.sql("SELECT blind FROM healing"))[0]["blind"] == "plan"
    deal = await moved(town, lost=True)
    await healer.look(minutes=30)
    assert await found(town) == []
    assert (await town.outbox(deal), await town.notifications(DIRECTOR)) == ([], [])
    await town.switch(plan_has_bizproc=True)
    await healer.look()
    assert (await town.sql("SELECT blind FROM healing"))[0]["blind"] == ""


async def test_an_account_without_rights_is_left_alone(town: Town, healer: Healer) -> None:
    await set_up(town, SEND, BEHIND)
    for _ in range(3):
        await moved(town)
    await town.fault(INSTANCES, "error:ACCESS_DENIED")
    await healer.look()
    assert (await town.sql("SELECT blind FROM healing"))[0]["blind"] == "rights"


async def test_trouble_only_makes_the_next_look_come_later(town: Town, healer: Healer) -> None:
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    await moved(town, lost=True)
    await town.fault(INSTANCES, "error:INTERNAL_SERVER_ERROR")
    await healer.look(minutes=4)
    await healer.look(minutes=5)
    assert await found(town) == ["told"]


async def test_pages_are_read_one_after_the_other(town: Town, healer: Healer, monkeypatch: pytest.MonkeyPatch) -> None:
    await set_up(town, SEND, BEHIND)
    await taught(town, healer)
    await healer.look(minutes=10)
    monkeypatch.setattr("core.runs.healing.PAGE", 2)
    monkeypatch.setattr("sandbox.rest.registry.PAGE", 2)
    for _ in range(5):
        await moved(town, lost=True)
        await town.advance(seconds=10)
    for _ in range(3):
        await healer.look(minutes=3)
    assert await found(town) == ["told"] * 5
    assert len(await town.notifications(DIRECTOR)) == 2
