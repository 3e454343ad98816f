"""Escalations in the portal: whom they reach, and when they move the card themselves (S0-04 … S0-06, S3-12)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.portal_side import ACCOUNTING, ANNA, CHIEF, DEAL, DMITRY, WAIT, WORK, Deal
from tests.town import Town, told

CODE = "escalate_no_reply"


async def later(town: Town, **time: float) -> None:
    await town.advance(**time)
    await town.settle()


async def test_a_chain_goes_on_where_its_own_trigger_moved_the_card(town: Town) -> None:
    await town.place(CODE, levels="15: trigger client_wrote\n30: notify head")
    await town.order("automation", entityTypeId=DEAL, stageId=WAIT, robots=[], triggers=["client_wrote"])
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    await later(town, minutes=16)
    assert (await town.item(deal))["stageId"] == WAIT
    assert await town.notifications(CHIEF) == []
    await later(town, minutes=15)
    assert len(await town.notifications(CHIEF)) == 1
    assert (await town.run()).run.result == "done"


async def test_a_trigger_does_not_fire_itself_in_a_circle(town: Town) -> None:
    """The stage that it moves the card to leads back to the robot, about the same wait of the same client."""
    robots = [{"code": CODE, "properties": {"levels": "15: trigger client_wrote\n60: notify head"}}]
    for stage in (WORK, WAIT):
        await town.order("automation", entityTypeId=DEAL, stageId=stage, robots=robots, triggers=["client_wrote"])
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    for _ in range(4):
        await later(town, minutes=16)
    assert len(await town.ledger("trigger")) == 1
    newest = (await town.runs())[0]
    assert "риггер «Клиент написал»" in told(newest)


async def test_a_department_hears_of_it(town: Town) -> None:
    """«Руководитель подключается» (S0-04), or everybody of a department who is at work."""
    chief = next(user for user in (await town.read("view"))["users"] if user["id"] == CHIEF)
    await town.place(CODE, after_minutes=15, escalate_to=[f"group_d{chief['departments'][0]}"])
    await town.move(await town.deal())
    await town.settle()
    await later(town, minutes=16)
    assert {note["user_id"] for note in await town.notifications()} >= {CHIEF, DMITRY}


async def waits(town: Town, *, accepted_by: int = ANNA, **form: Any) -> Deal:
    """A client asked; the deal comes to the robot's stage."""
    await town.place(CODE, **form)
    deal = await town.deal(accepted_by=accepted_by)
    await town.move(deal)
    await town.settle()
    return deal


async def test_an_answer_within_fifteen_to_thirty_minutes(town: Town) -> None:
    """«В рабочее время: ответ в течение 15–30 минут» (S0-06, S2-23): first the crown, then the head, in the chat."""
    deal = await waits(town, levels="15: notify owner\n30: add head, notify head")
    await later(town, minutes=16)
    assert [note["user_id"] for note in await town.notifications()] == [ANNA]
    await later(town, minutes=15)
    assert {note["user_id"] for note in await town.notifications()} == {ANNA, CHIEF}
    assert CHIEF in (await town.chat(deal))["members"], "«подключается при сложных вопросах» (S0-04)"
    assert await town.outbox(deal) == []


async def test_thirty_minutes_without_an_answer_hand_it_over(town: Town) -> None:
    """«Переназначить, если нет ответа за заданное время» (S2-06)."""
    deal = await waits(town, after_minutes=30, action="reassign", pool=[f"user_{DMITRY}"])
    await later(town, minutes=31)
    assert (await town.chat(deal))["owner"] == DMITRY
    assert (await town.item(deal))["assignedById"] == DMITRY


async def test_a_dialog_that_is_offered_to_all_is_the_whole_queues(town: Town) -> None:
    """Where all are asked at once nobody owns it before he answers: there is no owner to blame (S1-12)."""
    await waits(town, accepted_by=0, levels="15: notify owner")
    await later(town, minutes=16)
    assert {note["user_id"] for note in await town.notifications()} >= {ANNA, DMITRY, CHIEF}


async def test_words_that_the_client_does_not_see_are_no_answer(town: Town) -> None:
    """«Режим, скрытый от клиента» (S1-16)."""
    deal = await waits(town, levels="15: notify head")
    await town.employee_says(deal, "Коллеги, кто знает?", hidden=True)
    await later(town, minutes=16)
    assert [note["user_id"] for note in await town.notifications()] == [CHIEF]


async def test_taking_a_dialog_away_does_not_set_the_clients_clock_back(town: Town) -> None:
    """«Забрать диалог у коллеги» (S1-18): he has waited since he asked, whoever has the dialog now."""
    deal = await waits(town, levels="15: notify owner")
    await later(town, minutes=10)
    await town.order(f"chats/{deal.chat}/transfer", to_user_id=DMITRY)
    await later(town, minutes=6)
    assert [note["user_id"] for note in await town.notifications() if CODE in str(note["tag"])] == [DMITRY]


@pytest.mark.parametrize(("seconds", "words"), [(300, "раньше этого уровня"), (3600, "позже этого уровня")])
async def test_the_line_has_a_time_of_its_own(town: Town, seconds: int, words: str) -> None:
    """«Время, через которое обращение считается неотвеченным, и действие» (S3-12): who fires first is said."""
    await town.order("lines", id=ACCOUNTING, no_answer_text="Скоро ответим", no_answer_seconds=seconds)
    deal = await waits(town, accepted_by=0, after_minutes=15)
    assert words in str([event.data for event in (await town.run()).events])
    await later(town, minutes=16)
    line_spoke = "Скоро ответим" in [one["text"] for one in await town.outbox(deal)]
    assert line_spoke is (seconds == 300)
    assert len(await town.notifications(CHIEF)) == 1, "the line's own words are no answer"
