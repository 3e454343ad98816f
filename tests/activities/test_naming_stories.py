"""The regulation of the accounting firm about titles, played in the portal (S0-09, S0-10)."""

from __future__ import annotations

from typing import Any

from core.effects import RenameDialog, effect_from
from sandbox.crm import COMPANY, Item
from tests.portal_side import ANNA, DMITRY, WAIT, Deal
from tests.town import Town, told

CODE = "check_dialog_naming"
RIGHT = "БС - ООО «Ромашка»"


async def firm(town: Town, **form: Any) -> Deal:
    """A deal of Dmitry's with the company, whose dialog Anna holds; it has come to the robot's stage."""
    company = Item(COMPANY, 40, "ООО «Ромашка»", town.portal.now())
    town.portal.crm.put(company)
    await town.place(CODE, **form)
    deal = await town.deal(responsible=DMITRY)
    await town.order("items/change", entityTypeId=2, id=deal.id, fields={"companyId": 40})
    await town.move(deal)
    await town.settle()
    return deal


async def title(town: Town, deal: Deal) -> str:
    return str((await town.chat(deal))["title"])


async def test_the_chat_is_renamed_by_the_rule(town: Town) -> None:
    """«в обязательном порядке переименовывает чат … БС - Название компании клиента» (S0-09)."""
    deal = await firm(town, action="rename", wait_result=True)
    assert await title(town, deal) == RIGHT
    process = await town.process(deal)
    assert process["returned"]["result"] == "done"
    assert process["returned"]["renamed"] == "Y"
    assert process["returned"]["current_title"] == RIGHT
    assert process["returned"]["owner_id"] == f"user_{ANNA}"
    assert [one["kind"] for one in await town.ledger()] == ["join", "rename", "leave"]
    assert await town.outbox(deal) == [], "the client sees nothing of it"


async def test_renaming_takes_two_requests(town: Town, requests: list[list[str]]) -> None:
    await firm(town, action="rename")
    reading, writing, answer = requests
    assert "imopenlines.dialog.get" in reading
    assert reading.count("crm.item.get") == 5, "the item twice, its company, its contact, the contact's company"
    assert writing == [
        "imopenlines.session.join",
        "im.chat.updateTitle",
        "im.chat.leave",
        "imopenlines.dialog.get",
    ]
    assert answer == ["bizproc.event.send"]


async def test_the_ledger_holds_the_old_title(town: Town) -> None:
    deal = await firm(town, action="rename")
    row = (await town.sql("SELECT kind, body, state FROM effect"))[0]
    assert row["state"] == "confirmed"
    card = await town.run()
    effect = effect_from(str(row["kind"]), card.effects[0].body)
    back = effect.undo({})
    assert isinstance(back, RenameDialog)
    assert back.title == "Марина Белова - Бухгалтерия"
    assert (back.seen_title, back.chat_id) == (RIGHT, deal.chat)


async def test_the_crown_has_to_rename_it(town: Town) -> None:
    """«ответственный за чат (тот у кого в чате "корона")» is reminded, the deal's responsible is not (S0-10)."""
    deal = await firm(town)
    assert [one["user_id"] for one in await town.notifications()] == [ANNA]
    notice = (await town.notifications(ANNA))[0]["text"]
    assert RIGHT in notice
    assert f"/?params%5Brun%5D={(await town.run()).run.id}]Открыть в Дежурном[/URL]" in notice
    await town.advance(minutes=10)
    await town.order(f"chats/{deal.chat}", title="БС — Ромашка ООО")
    await town.advance(minutes=20, seconds=2)
    await town.settle()
    card = await town.run()
    assert card.run.result == "done"
    assert "Название верное: «БС — Ромашка ООО»." in told(card)
    assert len(await town.notifications()) == 1
    assert await town.outbox(deal) == []


async def test_a_crown_that_does_nothing_moves_the_deal(town: Town) -> None:
    """After the grace the trigger fires, and the pipeline goes its way."""
    deal = await firm(town, stop_on_stage=False)
    await town.order("automation", entityTypeId=2, stageId=WAIT, robots=[], triggers=["naming_bad"])
    for _ in range(2):
        await town.advance(minutes=30, seconds=1)
        await town.settle()
    assert (await town.item(deal))["stageId"] == WAIT
    assert [one["code"] for one in await town.ledger("trigger")] == ["naming_bad"]
    card = await town.run()
    assert card.run.result == "done"
    assert "Напомнили 2 раза" in told(card)


async def test_a_deal_that_moved_on_is_not_reminded_again(town: Town) -> None:
    deal = await firm(town)
    await town.move(deal, "C3:NEW")
    await town.advance(minutes=31)
    await town.settle()
    assert (await town.run()).run.result == "cancelled_stage"
    assert len(await town.notifications()) == 1


async def test_an_answer_that_was_lost_renames_once(town: Town) -> None:
    await town.fault("im.chat.updateTitle", "effect_then_drop")
    deal = await firm(town, action="rename")
    await town.advance(seconds=10)
    await town.settle()
    assert await title(town, deal) == RIGHT
    assert len(await town.ledger("rename")) == 1
    assert (await town.run()).run.result == "done"
