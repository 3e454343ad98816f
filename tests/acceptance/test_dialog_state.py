"""The state of a dialog as values that stock conditions can branch on."""

from __future__ import annotations

from tests.acceptance.story import Story
from tests.portal_side import ACCOUNTING, ANNA


async def test_a_client_waits(story: Story) -> None:
    deal = await story.deal()
    await story.advance(minutes=20)
    await story.in_step()
    await story.done("dialog_state", deal)
    returned = await story.answered(deal)
    expected = {
        "result": "done",
        "ok": "Y",
        "has_dialog": "Y",
        "is_open": "Y",
        "status": "work",
        "ball": "us",
        "last_author": "client",
        "waiting_minutes_working": 20,
        "waiting_minutes_raw": 20,
        "owner": f"user_{ANNA}",
        "owner_on_shift": "Y",
        "line_id": ACCOUNTING,
        "channel": "telegrambot",
        "messages_client": 1,
        "messages_ours": 0,
        "window_open": "Y",
        "chat_id": deal.chat,
    }
    assert {name: returned[name] for name in expected} == expected
    assert await story.ledger() == []


async def test_it_is_the_clients_turn(story: Story) -> None:
    deal = await story.deal()
    await story.employee_says(deal, "Расчёт готов, проверьте, пожалуйста.")
    await story.done("dialog_state", deal)
    returned = await story.answered(deal)
    assert (returned["ball"], returned["last_author"], returned["messages_ours"]) == ("client", "human", 1)
    assert returned["waiting_minutes_working"] == 0


async def test_there_is_no_dialog(story: Story) -> None:
    deal = await story.deal(dialog=False)
    await story.done("dialog_state", deal)
    returned = await story.answered(deal)
    assert (returned["result"], returned["has_dialog"], returned["ball"]) == ("no_dialog", "N", "none")
