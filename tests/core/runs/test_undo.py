"""What a robot did is put back by a run of its own, and never over what people did since."""

from __future__ import annotations

import pytest

from core.effects import AddToChat, NotifyStaff, RenameDialog
from core.robots import Act, Outcome
from core.runs.commands import NoSuchRun, NotNow
from core.runs.listing import RunCard
from core.runs.undo import TakeBack, taken_back_by, undo, undone
from tests.core.runs.hands import OLGA
from tests.core.runs.probe import SAID, Context, Probe
from tests.portal_side import Deal
from tests.town import Town, told

NEW_TITLE = "БС - ООО «Ромашка»"
OLD_TITLE = "Марина Белова - Бухгалтерия"


async def renamed(town: Town, probe: Probe, **properties: str) -> tuple[Deal, RunCard]:
    """Have the probe rename the dialog of a deal; the deal and the run."""

    async def first(ctx: Context) -> Outcome:
        dialog = await ctx.dialog()
        effect = RenameDialog(chat_id=dialog.chat.id, title=NEW_TITLE, seen_title=dialog.title, joins=True)
        return Act((effect,), then=probe.go_on, because=SAID)

    probe.first = first
    await town.place("probe", **properties)
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    return deal, await town.run()


async def title(town: Town, deal: Deal) -> str:
    return str((await town.chat(deal))["title"])


async def taken_back(town: Town, card: RunCard) -> RunCard:
    """Press the button and let all settle; the run that came of it."""
    new = await undo(town.base.database, card.run.portal_id, card.effects[0].id, actor=OLGA, clock=town.base.clock)
    await town.advance(seconds=1)
    await town.settle()
    return next(one for one in await town.runs() if one.run.id == new)


async def test_the_old_title_comes_back(any_town: Town, probe: Probe) -> None:
    deal, card = await renamed(any_town, probe)
    assert await title(any_town, deal) == NEW_TITLE
    back = await taken_back(any_town, card)
    assert await title(any_town, deal) == OLD_TITLE
    assert (back.run.status, back.run.robot, back.run.copy_of) == ("done", "take_back", card.run.id)
    assert back.run.item_id == deal.id
    assert back.effects[0].state == "confirmed"
    assert "Ольга Власова: отменить «Название диалога: «БС - ООО «Ромашка»»»." in told(back)
    [process] = (await any_town.read("processes"))["processes"]
    assert len(process["robots"]) == 1


async def test_the_first_run_says_who_took_what_back(town: Town, probe: Probe) -> None:
    _, card = await renamed(town, probe)
    back = await taken_back(town, card)
    first = next(one for one in await town.runs() if one.run.id == card.run.id)
    assert "Ольга Власова: отменить" in told(first)
    assert (await undone(town.base.database, card.run.portal_id, card.run.id)).keys() == {card.effects[0].id}
    rows = await town.sql("SELECT action, object_id, actor_id FROM audit WHERE action = 'undo'")
    assert [tuple(row.values()) for row in rows] == [("undo", card.run.id, "1")]
    assert back.replies == []


async def test_what_people_changed_since_is_left_alone(town: Town, probe: Probe) -> None:
    deal, card = await renamed(town, probe)
    await town.order(f"chats/{deal.chat}", title="Важный клиент")
    back = await taken_back(town, card)
    assert await title(town, deal) == "Важный клиент"
    assert (back.run.status, back.run.result) == ("skipped", "skipped_manual")
    assert back.effects == []


async def test_what_is_back_already_needs_nothing(town: Town, probe: Probe) -> None:
    deal, card = await renamed(town, probe)
    await town.order(f"chats/{deal.chat}", title=OLD_TITLE)
    back = await taken_back(town, card)
    assert back.run.result == "nothing_to_do"


async def test_one_effect_is_taken_back_once(any_town: Town, probe: Probe) -> None:
    _, card = await renamed(any_town, probe)
    await taken_back(any_town, card)
    with pytest.raises(NotNow) as refusal:
        await taken_back(any_town, card)
    assert refusal.value.text.ru == "Это действие уже отменяли."
    assert len(await any_town.runs()) == 2
    assert len(await any_town.sql("SELECT id FROM audit WHERE action = 'undo'")) == 1


async def test_an_effect_of_a_run_that_goes_on_is_taken_back_beside_it(town: Town, probe: Probe) -> None:
    deal, card = await renamed(town, probe)
    await town.sql("UPDATE run SET answered = FALSE, finished_at = NULL, status = 'unknown', wake_at = NULL")
    back = await taken_back(town, card)
    assert await title(town, deal) == OLD_TITLE
    assert back.replies == [], "the process is answered by the run itself, not by what takes its effect back"


async def test_a_message_cannot_be_unsent(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        note = NotifyStaff(user_id=8, text="Клиент ждёт.", tag="probe")
        return Act((note,), then=probe.go_on, because=SAID)

    probe.first = first
    card = await town.fire("probe")
    with pytest.raises(NotNow) as refusal:
        await taken_back(town, card)
    assert refusal.value.text.ru == "Это действие отменить нельзя."


async def test_what_did_not_happen_is_not_taken_back(town: Town, probe: Probe) -> None:
    _, card = await renamed(town, probe)
    await town.sql("UPDATE effect SET state = 'refused'")
    with pytest.raises(NotNow):
        await taken_back(town, card)


async def test_another_portal_has_no_such_effect(town: Town, probe: Probe) -> None:
    _, card = await renamed(town, probe)
    with pytest.raises(NoSuchRun):
        await undo(town.base.database, "beta", card.effects[0].id, actor=OLGA, clock=town.base.clock)


def test_what_takes_what_back() -> None:
    rename = RenameDialog(chat_id=1, title="new", seen_title="old")
    back = taken_back_by(rename.kind, rename.open_part(), {})
    assert isinstance(back, RenameDialog)
    assert (back.title, back.seen_title) == ("old", "new")
    added = AddToChat(crm_type="deal", crm_id=1, chat_id=2, user_id=3)
    assert getattr(taken_back_by(added.kind, added.open_part(), {}), "kind", "") == "remove_from_chat"
    assert taken_back_by("of_the_future", {}, {}) is None
    assert taken_back_by(rename.kind, {}, {}) is None


@pytest.mark.parametrize("body", ["", "{", "[]", '{"chat_id": 1}'])
def test_data_that_cannot_be_read_reject_the_run(body: str) -> None:
    robot = TakeBack()
    assert robot.check({"kind": "rename_dialog", "body": body, "undoes": "x"}) is not None
    assert robot.check({"kind": "nonsense", "body": "{}", "undoes": "x"}) is not None
