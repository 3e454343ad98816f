"""A launch for all open dialogs of an item: a run for each, one answer to the process."""

from __future__ import annotations

from typing import Any

import pytest

import activities
from tests.portal_side import ACCOUNTING, ANNA, AROUND_THE_CLOCK, CHIEF, DEAL, Deal
from tests.town import Town, told

TEXT = "Мы переехали."


async def two_dialogs(town: Town) -> tuple[Deal, Deal]:
    """A deal whose client writes in two channels, and a third dialog of his that is closed."""
    await town.at("2026-11-24T12:00:00")
    deal = await town.deal()
    others = []
    for line, connector in ((AROUND_THE_CLOCK, "whatsappbyedna"), (ACCOUNTING, "vkgroup")):
        opened = await town.order(
            "chats",
            line_id=line,
            connector=connector,
            client={"name": "Марина Белова"},
            text="Здравствуйте",
            accepted_by=ANNA,
            bound=[{"entityTypeId": DEAL, "id": deal.id}],
        )
        others.append(Deal(deal.id, opened["id"], deal.contact))
    await town.close(others[1])
    return deal, others[0]


async def told_all(town: Town, **form: Any) -> tuple[Deal, Deal]:
    await town.place("send_message", text=TEXT, dialog_pick="all_active", **form)
    deal, other = await two_dialogs(town)
    await town.move(deal)
    await town.settle()
    return deal, other


async def said(town: Town, deal: Deal) -> int:
    return [one["text"] for one in await town.outbox(deal)].count(TEXT)


async def test_each_open_dialog_has_a_run_of_its_own(town: Town) -> None:
    deal, other = await told_all(town)
    assert [await said(town, one) for one in (deal, other)] == [1, 1]
    cards = await town.runs()
    assert [card.run.result for card in cards] == ["done", "done"]
    assert len({card.run.session_id for card in cards}) == 2
    beside, first = cards
    assert "Ещё 1 диалог открыто: у каждого свой запуск." in told(first)
    assert "Тот же вызов робота, другой открытый диалог элемента" in told(beside)
    assert len(await town.ledger("event.send")) == 1, "the process is answered once"
    assert (await town.process(deal))["returned"]["session_id"] == first.run.session_id


async def test_they_wait_each_for_itself(town: Town) -> None:
    """An answer in one dialog ends the escalation there, and only there."""
    await town.place("escalate_no_reply", levels="15: notify head", dialog_pick="all_active")
    deal, other = await two_dialogs(town)
    await town.move(deal)
    await town.settle()
    await town.employee_says(deal, "Расчёт готов.")
    await town.advance(minutes=16)
    await town.settle()
    assert {card.run.chat_id: card.run.result for card in await town.runs()} == {
        deal.chat: "cancelled_reply",
        other.chat: "done",
    }
    assert len(await town.notifications(CHIEF)) == 1


async def test_a_moved_card_stops_them_all(town: Town) -> None:
    deal, _ = await told_all(town, after_minutes=5)
    await town.move(deal, "C3:WAIT")
    await town.advance(minutes=6)
    await town.settle()
    assert [card.run.result for card in await town.runs()] == ["cancelled_stage"] * 2


async def test_a_look_that_is_repeated_begins_nothing_twice(town: Town) -> None:
    await town.switch(deliver_twice=True)
    await town.fault("im.dialog.messages.get", "error:INTERNAL_SERVER_ERROR")
    deal, other = await told_all(town)
    for seconds in (10, 60):
        await town.advance(seconds=seconds)
        await town.settle()
    assert [await said(town, one) for one in (deal, other)] == [1, 1]
    assert len(await town.runs()) == 2


async def test_a_check_shows_it_for_each(town: Town) -> None:
    deal, other = await told_all(town, mode="dry")
    assert [await said(town, one) for one in (deal, other)] == [0, 0]
    assert [card.run.result for card in await town.runs()] == ["dry_run", "dry_run"]


async def test_other_choices_take_one(town: Town) -> None:
    await town.place("send_message", text=TEXT)
    deal, other = await two_dialogs(town)
    await town.move(deal)
    await town.settle()
    assert [await said(town, one) for one in (deal, other)] == [0, 1]


@pytest.mark.parametrize("code", sorted(activities.load()))
def test_a_robot_that_answers_about_one_dialog_refuses(code: str) -> None:
    needed = {"send_message": {"text": "x"}}.get(code, {})
    problem = activities.load()[code].check({"dialog_pick": "all_active", **needed})
    if code in {"wait_reply", "dialog_state", "working_time"}:
        assert problem is not None
        assert problem.ru == "«Какой диалог»: этот робот возвращает ответ об одном диалоге, а не обо всех сразу."
    else:
        assert problem is None
