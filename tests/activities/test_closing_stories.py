"""The regulation of the accounting firm about closing dialogs, played in the portal (S0-17 … S0-21, S0-29, S3-13)."""

from __future__ import annotations

from typing import Any

import pytest

from core.runs.act import LOOKS
from sandbox.office import Task
from tests.activities.farewells import BYE, CODE, SETTLED
from tests.portal_side import ACCOUNTING, ANNA, DEAL, DIRECTOR, DMITRY, NEW, WAIT, Deal
from tests.town import Town, told


async def talked(town: Town, *, settled: bool = True, **form: Any) -> Deal:
    """Anna answered a client, who confirmed (or not) a while ago; the deal comes to the robot's stage."""
    deal = await prepared(town, settled=settled, **form)
    await town.move(deal)
    await town.settle()
    return deal


async def prepared(town: Town, *, settled: bool = True, **form: Any) -> Deal:
    await town.place(CODE, **form)
    deal = await town.deal()
    await town.employee_says(deal, "Акт отправила на почту.")
    if settled:
        await town.client_says(deal, SETTLED)
    await town.advance(minutes=15)
    return deal


async def minute(town: Town) -> None:
    await town.advance(seconds=62)
    await town.settle()


async def texts(town: Town, deal: Deal) -> list[str]:
    """What reached the client after Anna's answer."""
    return [one["text"] for one in await town.outbox(deal)][1:]


async def is_open(town: Town, deal: Deal) -> bool:
    return (await town.chat(deal))["session"]["open"] is True


async def result(town: Town) -> str:
    return str((await town.run()).run.result)


def acting(requests: list[list[str]]) -> list[list[str]]:
    """All requests but the answers to the process (decisions.md 13)."""
    return [methods for methods in requests if "bizproc.event.send" not in methods]


# --- the farewell and the end -----------------------------------------------------------------------------------


async def test_a_settled_request_is_closed_with_the_regulations_words(town: Town) -> None:
    """«запрос решён и подтверждён клиентом … Перед закрытием отправляется сообщение» (S0-18, S0-21, S0-29, S1-03)."""
    deal = await talked(town, wait_result=True)
    assert await texts(town, deal) == [BYE]
    assert await is_open(town, deal), "the client has a minute"
    await minute(town)
    assert not await is_open(town, deal)
    assert await texts(town, deal) == [BYE]
    returned = (await town.process(deal))["returned"]
    assert returned["result"] == "done"
    assert returned["ok"] == "Y"
    assert returned["closed"] == "Y"
    assert returned["farewell_sent"] == "Y"
    assert int(returned["farewell_message_id"]) == (await town.outbox(deal))[-1]["message_id"]
    card = await town.run()
    assert "Диалог завершён." in told(card)
    assert "Клиент подтвердил" in str([event.data for event in card.events])


async def test_closing_takes_four_requests(town: Town, requests: list[list[str]]) -> None:
    await talked(town, settled=False, require_confirmed="no")
    await minute(town)
    mine = acting(requests)
    assert len(mine) == 4
    assert "tasks.task.list" in mine[0]
    assert "imopenlines.dialog.get" in mine[0], "the dialog and its tasks are looked at in one request"
    assert mine[1] == ["imopenlines.crm.message.add"], "a client's text travels alone"
    assert mine[3] == ["imopenlines.operator.another.finish", "imopenlines.dialog.get"]


async def test_a_confirmed_solution_moves_the_pipeline(town: Town, requests: list[list[str]]) -> None:
    deal = await prepared(town)
    await town.order("automation", entityTypeId=DEAL, stageId=WAIT, robots=[], triggers=["client_confirmed"])
    await town.move(deal)
    await town.settle()
    await minute(town)
    assert (await town.item(deal))["stageId"] == WAIT
    assert [one["code"] for one in await town.ledger("trigger")] == ["client_confirmed"]
    assert await result(town) == "done"
    assert len(acting(requests)) == 5


async def test_without_a_confirmation_it_stays_open(town: Town) -> None:
    """«Закрываем диалоги только при подтверждённом решении» (S0-29)."""
    deal = await talked(town, settled=False, wait_result=True)
    returned = (await town.process(deal))["returned"]
    assert returned["result"] == "guard_failed"
    assert returned["failed_guard"] == "require_confirmed"
    assert returned["closed"] == "N"
    assert await is_open(town, deal)
    assert await texts(town, deal) == []


async def test_a_one_time_consultation_is_closed(town: Town) -> None:
    """«обращение было разовым (например, консультация или разовая услуга)» (S0-19)."""
    deal = await talked(town, settled=False, one_time=True)
    await minute(town)
    assert not await is_open(town, deal)
    assert await texts(town, deal) == [BYE]


async def test_three_weeks_of_silence_close_it(town: Town) -> None:
    """«клиент не выходит на связь более 3-х недель и вопрос исчерпан» (S0-20): the robot waits for them itself."""
    await town.order("lines", id=ACCOUNTING, auto_close_seconds=60 * 24 * 3600)
    deal = await talked(town, settled=False, silent_days=21, on_guard_fail="wait")
    assert "Посмотрим снова" in told(await town.run())
    for _ in range(3):
        await town.advance(hours=24 * 6)
        await town.settle()
    assert await is_open(town, deal)
    await town.advance(hours=24 * 3 + 1)
    await town.settle()
    await minute(town)
    assert not await is_open(town, deal)
    assert await texts(town, deal) == [BYE]


# --- what keeps it open (S0-17) ---------------------------------------------------------------------------------


async def test_an_active_client_is_kept(town: Town) -> None:
    """«Диалог не закрывается сразу, если клиент — действующий»."""
    deal = await prepared(town, active_client_field="UF_CRM_ACTIVE")
    await town.order("items/change", entityTypeId=DEAL, id=deal.id, fields={"ufCrmActive": "Y"})
    await town.move(deal)
    await town.settle()
    assert await result(town) == "guard_failed"
    assert "клиент не отмечен действующим (UF_CRM_ACTIVE)" in told(await town.run())
    assert await is_open(town, deal)


async def test_a_topic_that_is_not_exhausted_is_kept(town: Town) -> None:
    """«тема не исчерпана»: a task of the deal is open; when it is done, the waiting robot closes."""
    deal = await prepared(town, on_guard_fail="wait")
    task = Task(3701, "Акт", ANNA, DIRECTOR, town.portal.now(), crm=(f"D_{deal.id}",))
    town.portal.office.tasks[task.id] = task
    await town.move(deal)
    await town.settle()
    assert await is_open(town, deal)
    assert "нет открытых задач: №3701" in told(await town.run())
    task.status = 5
    await town.advance(hours=1, seconds=5)
    await town.settle()
    await minute(town)
    assert not await is_open(town, deal)


async def test_more_is_expected_in_the_coming_days(town: Town) -> None:
    """«возможна дополнительная переписка в ближайшие дни»: we promised to come back."""
    deal = await prepared(town)
    await town.employee_says(deal, "Проверю договор и вернусь с ответом.")
    await town.advance(minutes=15)
    await town.move(deal)
    await town.settle()
    assert await result(town) == "guard_failed"
    assert await texts(town, deal) == ["Проверю договор и вернусь с ответом."]


# --- once per session -------------------------------------------------------------------------------------------


async def test_two_robots_say_one_goodbye(town: Town) -> None:
    await town.order("automation", entityTypeId=DEAL, stageId="C3:WORK", robots=[{"code": CODE, "properties": {}}] * 2)
    deal = await town.deal()
    await town.employee_says(deal, "Акт отправила на почту.")
    await town.client_says(deal, SETTLED)
    await town.advance(minutes=15)
    await town.move(deal)
    await town.settle()
    await minute(town)
    assert await texts(town, deal) == [BYE]
    assert not await is_open(town, deal)
    assert len(await town.ledger("close")) == 1
    assert [card.run.result for card in await town.runs()] == ["done", "done"]
    assert sorted(card.run.output["farewell_sent"] for card in await town.runs()) == ["N", "Y"]


async def test_a_dialog_that_went_on_is_closed_later_without_a_second_goodbye(town: Town) -> None:
    deal = await talked(town)
    await town.client_says(deal, "Ещё один вопрос: когда счёт?")
    await minute(town)
    assert await is_open(town, deal)
    await town.employee_says(deal, "Счёт уже в почте.")
    await town.client_says(deal, SETTLED)
    await town.advance(minutes=15)
    await town.move(deal, NEW)
    await town.move(deal)
    await town.settle()
    await minute(town)
    assert not await is_open(town, deal)
    assert await texts(town, deal) == [BYE, "Счёт уже в почте."]
    newest, oldest = (card.run for card in await town.runs())
    assert (oldest.result, newest.result) == ("cancelled_reply", "done")


async def test_the_next_session_is_said_goodbye_to_again(town: Town) -> None:
    deal = await talked(town)
    await minute(town)
    await town.client_says(deal, "Здравствуйте снова!")
    await town.employee_says(deal, "Акт отправила на почту.")
    await town.client_says(deal, SETTLED)
    await town.advance(minutes=15)
    await town.move(deal, NEW)
    await town.move(deal)
    await town.settle()
    await minute(town)
    assert (await texts(town, deal)).count(BYE) == 2
    assert not await is_open(town, deal)


async def test_thanks_after_the_end_start_nothing(town: Town) -> None:
    deal = await talked(town)
    await minute(town)
    await town.client_says(deal, "Спасибо!")
    await town.advance(hours=1)
    await town.settle()
    assert await texts(town, deal) == [BYE]
    assert len(await town.runs()) == 1


# --- the last moment --------------------------------------------------------------------------------------------


async def test_the_client_answers_the_goodbye(town: Town) -> None:
    deal = await talked(town, wait_result=True)
    await town.advance(seconds=20)
    await town.client_says(deal, "Подождите, а счёт?")
    await minute(town)
    returned = (await town.process(deal))["returned"]
    assert returned["result"] == "cancelled_reply"
    assert returned["farewell_sent"] == "Y"
    assert returned["closed"] == "N"
    assert "отозвать его нельзя" in returned["reason"]
    assert await is_open(town, deal)


async def test_a_colleague_takes_it_over(town: Town) -> None:
    deal = await talked(town)
    await town.order(f"chats/{deal.chat}/transfer", user_id=ANNA, to_user_id=DMITRY)
    await minute(town)
    assert await result(town) == "cancelled_owner"
    assert await is_open(town, deal)


async def test_closed_by_hand_within_the_minute(town: Town) -> None:
    deal = await talked(town)
    await town.close(deal)
    await minute(town)
    assert await result(town) == "cancelled_closed"
    assert await town.ledger("close") == [], "it was none of our calls"


async def test_a_closed_dialog_is_not_opened_by_a_goodbye(town: Town) -> None:
    deal = await prepared(town)
    await town.close(deal)
    await town.move(deal)
    await town.settle()
    assert await result(town) == "nothing_to_do"
    assert await texts(town, deal) == []
    assert not await is_open(town, deal)


async def test_the_deal_moved_on_within_the_minute(town: Town) -> None:
    deal = await talked(town)
    await town.move(deal, NEW)
    await minute(town)
    assert await result(town) == "cancelled_stage"
    assert await is_open(town, deal)


# --- the line (S3-13) -------------------------------------------------------------------------------------------


async def test_the_lines_own_goodbye_is_the_only_one(town: Town, requests: list[list[str]]) -> None:
    await town.order("lines", id=ACCOUNTING, close_text="Всего доброго!")
    deal = await talked(town)
    assert await texts(town, deal) == ["Всего доброго!"]
    assert await is_open(town, deal), "the client has a minute after the line's words, too"
    await minute(town)
    assert not await is_open(town, deal)
    assert await texts(town, deal) == ["Всего доброго!"]
    assert await result(town) == "done"
    assert len(acting(requests)) == 5


async def test_a_client_who_answers_the_line_keeps_it_open(town: Town) -> None:
    await town.order("lines", id=ACCOUNTING, close_text="Всего доброго!")
    deal = await talked(town)
    await town.client_says(deal, "Постойте!")
    await minute(town)
    assert await result(town) == "cancelled_reply"
    assert await is_open(town, deal)


async def test_both_goodbyes_where_both_are_wanted(town: Town) -> None:
    await town.order("lines", id=ACCOUNTING, close_text="Всего доброго!")
    deal = await talked(town, farewell_when_line_has_text="send")
    await minute(town)
    assert await texts(town, deal) == [BYE, "Всего доброго!"]
    assert not await is_open(town, deal), "both phases at once: the client had his minute"


async def test_a_rating_is_waited_for(town: Town) -> None:
    await town.order("lines", id=ACCOUNTING, vote=True, vote_text="Оцените нас: 1 или 0")
    deal = await talked(town)
    await minute(town)
    assert await result(town) == "done"
    assert "ждёт оценку" in told(await town.run())
    assert await is_open(town, deal)
    await town.advance(minutes=11)
    assert not await is_open(town, deal)
    assert await texts(town, deal) == [BYE, "Оцените нас: 1 или 0"]


# --- who holds it -----------------------------------------------------------------------------------------------


async def test_ones_own_dialog(town: Town) -> None:
    await town.place(CODE, require_confirmed="no")
    deal = await town.deal(accepted_by=DIRECTOR)
    await town.employee_says(deal, "Готово.", by=DIRECTOR)
    await town.advance(minutes=15)
    await town.move(deal)
    await town.settle()
    await minute(town)
    assert not await is_open(town, deal)
    assert await town.calls("imopenlines.operator.finish")


async def test_a_dialog_that_nobody_accepted(town: Town) -> None:
    await town.place(CODE, require_confirmed="no", require_last_ours=False)
    deal = await town.deal(accepted_by=0)
    await town.advance(minutes=15)
    await town.move(deal)
    await town.settle()
    assert [one["text"] for one in await town.outbox(deal)] == [BYE]
    assert (await town.outbox(deal))[0]["author"] == 0
    await minute(town)
    assert not await is_open(town, deal)


async def test_a_shut_window_is_closed_with_a_note(town: Town) -> None:
    deal = await prepared(town)
    await town.order(f"chats/{deal.chat}", blocked=True)
    await town.advance(minutes=1)
    await town.move(deal)
    await town.settle()
    assert not await is_open(town, deal)
    assert await texts(town, deal) == []
    assert len(await town.ledger("comment")) == 1


# --- trouble ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["effect_then_drop", "drop_before_effect"])
async def test_an_answer_lost_at_the_end_closes_once(town: Town, kind: str) -> None:
    deal = await prepared(town)
    await town.fault("imopenlines.operator.another.finish", kind)
    await town.move(deal)
    await town.settle()
    await minute(town)
    for look in LOOKS:
        await town.advance(seconds=look.total_seconds() + 5)
        await town.settle()
    assert not await is_open(town, deal)
    assert await result(town) == "done"
    assert len(await town.ledger("close")) == 1


@pytest.mark.parametrize("kind", ["effect_then_drop", "drop_before_effect"])
@pytest.mark.parametrize("placed", [True, False])
async def test_an_answer_lost_with_the_trigger_asks_nobody(town: Town, kind: str, placed: bool) -> None:
    """The card stands where it stood, so it may be told again; where it has moved, it was told."""
    deal = await prepared(town)
    if placed:
        await town.order("automation", entityTypeId=DEAL, stageId=WAIT, robots=[], triggers=["client_confirmed"])
    await town.fault("crm.automation.trigger.execute", kind)
    await town.move(deal)
    await town.settle()
    await minute(town)
    for look in LOOKS:
        await town.advance(seconds=look.total_seconds() + 5)
        await town.settle()
    assert (await town.run()).run.status == "done"
    assert await result(town) == "done"
    if placed:
        assert (await town.item(deal))["stageId"] == WAIT


async def test_the_portal_was_away_when_it_was_to_be_finished(town: Town) -> None:
    """Half an hour later it is not finished blindly: the client has written since."""
    deal = await talked(town)

    async def cut(methods: list[str]) -> None:
        town.wire.cut = "imopenlines.operator.another.finish" in methods

    town.wire.before = cut
    await minute(town)
    town.wire.before, town.wire.cut = None, False
    assert await is_open(town, deal)
    await town.client_says(deal, "А когда будет счёт?")
    await town.advance(minutes=30)
    await town.settle()
    assert await is_open(town, deal)
    assert await result(town) == "cancelled_reply"


async def test_a_goodbye_that_may_have_arrived_is_never_repeated(town: Town) -> None:
    deal = await prepared(town)
    await town.fault("imopenlines.crm.message.add", "effect_then_drop")
    await town.move(deal)
    await town.settle()
    await town.advance(seconds=10)
    await town.settle()
    await minute(town)
    assert await texts(town, deal) == [BYE]
    assert not await is_open(town, deal)


async def test_a_check_sends_and_closes_nothing(town: Town) -> None:
    deal = await talked(town, mode="dry", wait_result=True)
    assert (await town.process(deal))["returned"]["result"] == "dry_run"
    assert await texts(town, deal) == []
    assert await is_open(town, deal)
    assert "Было бы сделано: завершение диалога." in told(await town.run())
