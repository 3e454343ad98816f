"""Escalation when nobody answers: what counts as an answer, what stops it, and whom it reaches."""

from __future__ import annotations

import pytest

from tests.acceptance.story import Story
from tests.portal_side import ANNA, BOT, CHIEF, DMITRY, NEW, WAIT

CODE = "escalate_no_reply"


async def test_nobody_answers(story: Story) -> None:
    deal = await story.deal()
    await story.begun(CODE, deal, after_minutes=15, wait_result=True)
    await story.advance(minutes=16)
    returned = await story.answered(deal)
    assert returned["result"] == "done"
    assert returned["ok"] == "Y"
    assert (returned["answered"], returned["level_reached"]) == ("N", 1)
    assert returned["final_owner"] == f"user_{ANNA}"
    assert returned["chat_id"] == deal.chat
    assert len(await story.notifications(CHIEF)) == 1
    assert (await story.process(deal))["state"] == "done"


async def test_somebody_answers_in_time_and_the_process_learns_who(story: Story) -> None:
    deal = await story.deal()
    await story.begun(CODE, deal, after_minutes=15, wait_result=True)
    await story.advance(minutes=7)
    await story.employee_says(deal, "Сейчас посмотрю.", by=DMITRY)
    returned = await story.answered(deal)
    assert returned["result"] == "cancelled_reply"
    assert (returned["answered"], returned["answered_by"]) == ("Y", f"user_{DMITRY}")
    assert returned["answer_minutes"] == 7
    assert await story.notifications() == []


async def test_hidden_system_and_bot_messages_are_no_answer(story: Story) -> None:
    deal = await story.deal()
    await story.begun(CODE, deal, after_minutes=15)
    await story.employee_says(deal, "Коллеги, кто возьмёт?", hidden=True)
    await story.automaton_says(deal, "Анна смотрит диалог.", author="system")
    await story.automaton_says(deal, "Мы скоро ответим.", author="automatic")
    await story.automaton_says(deal, "Я бот, позову человека.", author=str(BOT))
    await story.advance(minutes=16)
    run = await story.ended(deal)
    assert run["result"] == "done"
    assert len(await story.notifications(CHIEF)) == 1


async def test_thanks_is_no_question(story: Story) -> None:
    deal = await story.deal()
    await story.employee_says(deal, "Отправила вам на почту.")
    await story.client_says(deal, "Спасибо большое!")
    run = await story.done(CODE, deal, after_minutes=15, wait_result=True)
    assert run["result"] == "nothing_to_do"
    assert "Клиент поблагодарил или согласился" in await story.log(deal)
    assert "The client thanked or agreed" in await story.log(deal, "en")
    assert (await story.answered(deal))["ok"] == "Y"


async def test_outside_hours_the_rest_waits_for_the_morning(story: Story) -> None:
    """Two minutes before the line closes: two count today and thirteen tomorrow."""
    await story.at("2026-11-24T17:58:00")
    await story.in_step()
    await story.at("2026-11-24T17:58:00")
    deal = await story.deal()
    run = await story.begun(CODE, deal, after_minutes=15)
    assert run["wake_at"].startswith("2026-11-25T06:13:")
    assert "2 мин сегодня до 18:00, 13 мин завтра с 09:00" in await story.log(deal)
    assert "2 min today until 18:00, 13 min tomorrow from 09:00" in await story.log(deal, "en")
    await story.at("2026-11-25T09:12:00")
    await story.workday(CHIEF, "open")
    assert await story.notifications() == []
    await story.advance(minutes=2)
    assert (await story.ended(deal))["result"] == "done"
    assert len(await story.notifications(CHIEF)) == 1


@pytest.mark.parametrize("waits", [True, False], ids=["answering", "in_the_background"])
async def test_the_stage_moves_on(story: Story, waits: bool) -> None:
    deal = await story.deal()
    await story.begun(CODE, deal, after_minutes=15, wait_result=waits)
    await story.move(deal, WAIT)
    await story.advance(minutes=16)
    run = await story.ended(deal)
    assert run["result"] == "cancelled_stage"
    assert await story.notifications() == []


async def test_a_robot_that_outlives_its_stage(story: Story) -> None:
    deal = await story.deal()
    await story.begun(CODE, deal, after_minutes=15, stop_on_stage=False)
    await story.move(deal, WAIT)
    await story.advance(minutes=16)
    assert (await story.ended(deal))["result"] == "done"
    assert len(await story.notifications(CHIEF)) == 1


async def test_the_dialog_is_closed(story: Story) -> None:
    deal = await story.deal()
    await story.begun(CODE, deal, after_minutes=15)
    await story.close(deal)
    await story.advance(minutes=16)
    run = await story.ended(deal)
    assert run["result"] == "cancelled_closed"
    assert "Диалог закрыт" in await story.log(deal)
    assert await story.notifications() == []


async def test_the_dialog_hangs_on_the_contact_alone(story: Story) -> None:
    deal = await story.deal(on_contact=True)
    await story.begun(CODE, deal, levels="15: add head, notify head")
    await story.advance(minutes=16)
    assert (await story.ended(deal))["result"] == "done"
    assert CHIEF in (await story.chat(deal))["members"]


async def test_there_is_no_dialog(story: Story) -> None:
    deal = await story.deal(dialog=False)
    run = await story.done(CODE, deal, after_minutes=15, wait_result=True)
    assert (run["status"], run["result"]) == ("skipped", "no_dialog")
    assert (await story.answered(deal))["result"] == "no_dialog"


async def test_a_call_that_is_delivered_twice_is_one_run(story: Story) -> None:
    await story.switch(deliver_twice=True)
    deal = await story.deal()
    await story.begun(CODE, deal, levels="15: add head, notify head")
    await story.advance(minutes=16)
    await story.ended(deal)
    assert len(await story.runs(deal)) == 1
    assert [effect["kind"] for effect in await story.ledger()] == ["join", "notification"]


async def test_levels_end_with_another_operator(story: Story) -> None:
    deal = await story.deal()
    levels = f"10: notify owner\n20: reassign pool=user:{DMITRY}"
    await story.begun(CODE, deal, levels=levels, wait_result=True)
    await story.advance(minutes=11)
    await story.until(lambda: story.notifications(ANNA), "the first level")
    assert await story.notifications(DMITRY) == []
    await story.advance(minutes=10)
    returned = await story.answered(deal)
    assert (returned["result"], returned["level_reached"]) == ("done", 2)
    assert returned["final_owner"] == f"user_{DMITRY}"
    assert (await story.chat(deal))["owner"] == DMITRY
    assert (await story.item(deal))["assignedById"] == DMITRY
    assert "Вам передан диалог" in (await story.notifications(DMITRY))[0]["text"]
    log = await story.log(deal)
    assert "срабатывает уровень 1 из 2" in log
    assert "срабатывает уровень 2 из 2" in log
    assert "Сделано: диалог передан — Дмитрий Кузнецов." in log
    assert "Сделано: ответственный в карточке — Дмитрий Кузнецов." in log


async def test_an_answer_between_two_levels_stops_the_second(story: Story) -> None:
    deal = await story.deal()
    await story.begun(CODE, deal, levels=f"10: notify owner\n20: reassign pool=user:{DMITRY}")
    await story.advance(minutes=11)
    await story.until(lambda: story.notifications(ANNA), "the first level")
    await story.employee_says(deal)
    await story.advance(minutes=10)
    assert (await story.ended(deal))["result"] == "cancelled_reply"
    assert (await story.chat(deal))["owner"] == ANNA


async def test_dry_mode_only_says_what_it_would_do(story: Story) -> None:
    deal = await story.deal()
    await story.begun(CODE, deal, levels="15: add head, notify head", mode="dry", wait_result=True)
    await story.advance(minutes=16)
    returned = await story.answered(deal)
    assert (returned["result"], returned["ok"]) == ("dry_run", "Y")
    assert "Было бы сделано: уведомление — Ирина Петрова." in await story.log(deal)
    assert "Would be done: notification for Ирина Петрова." in await story.log(deal, "en")
    assert await story.ledger() == []


async def test_a_level_that_nobody_can_read_rejects_the_launch(story: Story) -> None:
    deal = await story.deal()
    run = await story.done(CODE, deal, levels="15: shout head", wait_result=True)
    assert (run["status"], run["result"]) == ("rejected", "failed")
    returned = await story.answered(deal)
    assert returned["ok"] == "N"
    assert "«Уровни», строка 1" in returned["reason"]
    assert (await story.item(deal))["stageId"] != NEW
