"""Escalations in the portal: whom they reach, and what happens when they move the card themselves (S0-04 … S0-06)."""

from __future__ import annotations

from tests.portal_side import CHIEF, DEAL, DMITRY, WAIT, WORK
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
    assert "Триггер «client_wrote»" in told(newest)


async def test_a_department_hears_of_it(town: Town) -> None:
    """«Руководитель подключается» (S0-04), or everybody of a department who is at work."""
    chief = next(user for user in (await town.read("view"))["users"] if user["id"] == CHIEF)
    await town.place(CODE, after_minutes=15, escalate_to=[f"group_d{chief['departments'][0]}"])
    await town.move(await town.deal())
    await town.settle()
    await later(town, minutes=16)
    assert {note["user_id"] for note in await town.notifications()} >= {CHIEF, DMITRY}
