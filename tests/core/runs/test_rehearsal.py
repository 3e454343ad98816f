"""A rehearsal says what a robot would do, reads what it must, and leaves no trace of itself anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from activities import load
from core.bitrix24.command import Answer, Command
from core.bitrix24.documents import DEAL, Item
from core.db import Statement
from core.effects import NotifyStaff, SendAsOperator
from core.robots import Act, AnyRobot, BadProperty, Done, Outcome, WaitUntil
from core.runs.rehearsal import MOST_WAITS, Glass, Rehearsal, Remembered, rehearse
from core.texts.text import Text
from tests.core.runs.probe import SAID, Context, Probe, ProbeOutput
from tests.portal_side import CHIEF, QUESTION, Deal
from tests.town import Town

ROBOTS = load()
LEVELS = "30: add head, notify head\n60: reassign pool=line"
#: What a robot needs to be launched at all.
NEEDED: Mapping[str, Mapping[str, str]] = {"send_message": {"text": "Добрый день, {client.first_name}!"}}


async def rehearsed(town: Town, robot: AnyRobot, deal: Deal | Item, **properties: str) -> Rehearsal:
    lane = await town.base.lanes.lane(await town.portal_id())
    item = deal if isinstance(deal, Item) else Item(DEAL, deal.id)
    return await rehearse(robot, properties, item, lane=lane, database=town.base.database, clock=town.base.clock)


async def everything(town: Town) -> dict[str, list[Any]]:
    """All that the service keeps, but for what tells of requests and of workers that live."""
    names = [
        "run",
        "run_event",
        "effect",
        "effect_once",
        "reply",
        "run_guard",
        "assignment_pointer",
        "watch",
        "setting",
    ]
    return {name: [dict(row) for row in await town.sql(f"SELECT * FROM {name} ORDER BY 1, 2")] for name in names}


def kinds(rehearsal: Rehearsal) -> list[str]:
    return [scene.kind for scene in rehearsal.scenes]


async def test_the_whole_chain_of_an_escalation(town: Town) -> None:
    deal = await town.deal()
    now = await town.now()
    told = await rehearsed(town, ROBOTS["escalate_no_reply"], deal, levels=LEVELS)
    assert kinds(told)[:3] == ["looked", "waits", "decided"]
    first, second = [scene for scene in told.scenes if scene.kind == "waits"]
    assert first.until is not None
    assert timedelta(minutes=29) < first.until - now <= timedelta(minutes=30)
    assert "30 мин" in first.text.ru
    assert sum(((end - start) for start, end in first.counted), timedelta()) == timedelta(minutes=30)
    assert second.until == first.until + timedelta(minutes=30)
    would = [scene.effect for scene in told.scenes if scene.kind == "would"]
    assert next(effect.user_id for effect in would if isinstance(effect, NotifyStaff)) == CHIEF
    assert {effect.kind for effect in would if effect} >= {"add_to_chat", "notify_staff", "transfer_dialog"}
    assert (told.result, told.cut, told.dry) == ("done", False, False)
    assert told.scenes[-1].at >= second.until


async def test_nothing_is_done_and_nothing_kept(any_town: Town) -> None:
    deal = await any_town.deal()
    before = await everything(any_town)
    for robot in ROBOTS.values():
        await rehearsed(any_town, robot, deal, **NEEDED.get(robot.code, {}))
    assert await everything(any_town) == before
    assert await any_town.ledger() == []
    assert await any_town.outbox() == []
    assert await any_town.notifications() == []


@pytest.mark.parametrize("code", sorted(ROBOTS))
@pytest.mark.parametrize("dialog", [True, False])
async def test_every_robot_can_be_rehearsed(town: Town, code: str, dialog: bool) -> None:
    deal = await town.deal(dialog=dialog)
    told = await rehearsed(town, ROBOTS[code], deal, **NEEDED.get(code, {}))
    assert told.scenes
    assert told.cut or told.result
    moments = [scene.at for scene in told.scenes]
    assert moments == sorted(moments)


async def test_a_rehearsal_is_few_requests(town: Town) -> None:
    deal = await town.deal()
    await town.base.lanes.calls.flush()
    await town.sql("DELETE FROM rest_call")
    await rehearsed(town, ROBOTS["escalate_no_reply"], deal, levels=LEVELS)
    await town.base.lanes.calls.flush()
    rows = await town.sql("SELECT run_id FROM rest_call")
    assert len(rows) <= 4
    assert {row["run_id"] for row in rows} == {None}


async def test_the_portal_is_not_asked_about_a_process(town: Town) -> None:
    deal = await town.deal()
    await rehearsed(town, ROBOTS["dialog_state"], deal)
    assert await town.calls("bizproc.activity.log") == []


async def test_what_a_message_would_say(town: Town) -> None:
    deal = await town.deal(client="Марина Белова")
    told = await rehearsed(town, ROBOTS["send_message"], deal, text="Добрый день, {client.first_name}!")
    [message] = [scene.effect for scene in told.scenes if isinstance(scene.effect, SendAsOperator)]
    assert message.said == "Добрый день, Марина!"
    assert told.result == "done"


async def test_what_would_be_returned(town: Town) -> None:
    deal = await town.deal(says=QUESTION)
    told = await rehearsed(town, ROBOTS["dialog_state"], deal)
    assert kinds(told) == ["looked", "ended"]
    assert told.output["ball"] == "us"


async def test_an_item_without_a_dialog_is_told_so(town: Town) -> None:
    told = await rehearsed(town, ROBOTS["escalate_no_reply"], await town.deal(dialog=False))
    assert (told.result, told.cut) == ("no_dialog", False)


async def test_an_item_that_is_not_there(town: Town) -> None:
    told = await rehearsed(town, ROBOTS["escalate_no_reply"], Item(DEAL, 999_999))
    assert told.result == "cancelled_stage"


async def test_settings_that_cannot_work_are_a_bad_property(town: Town) -> None:
    with pytest.raises(BadProperty) as bad:
        await rehearsed(town, ROBOTS["escalate_no_reply"], await town.deal(), levels="когда-нибудь")
    assert "строка 1" in bad.value.text.ru


async def test_a_robot_that_goes_on_and_on_is_cut(town: Town, probe: Probe) -> None:
    async def again(ctx: Context) -> Outcome:
        return WaitUntil(ctx.now + timedelta(hours=1), then=probe.go_on, because=SAID)

    probe.first = probe.second = again
    told = await rehearsed(town, probe, await town.deal())
    assert kinds(told) == ["waits"] * MOST_WAITS
    assert told.cut
    assert abs(told.scenes[-1].at - told.scenes[0].at - timedelta(hours=MOST_WAITS - 1)) < timedelta(seconds=2)


async def test_a_robot_that_turns_in_circles_is_cut(town: Town, probe: Probe) -> None:
    async def again(ctx: Context) -> Outcome:
        return Act((), then=probe.go_on, because=SAID)

    probe.first = probe.second = again
    assert (await rehearsed(town, probe, await town.deal())).cut


async def test_a_wait_that_is_over_by_now_goes_on_a_moment_later(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        return WaitUntil(ctx.now - timedelta(hours=1), then=probe.go_on, because=SAID)

    async def second(ctx: Context) -> Outcome:
        return Done("done", Text("Пора: {count}", "Time: {count}").format(count=ctx.state.count), ProbeOutput(word="x"))

    probe.first, probe.second = first, second
    told = await rehearsed(town, probe, await town.deal())
    assert told.scenes[1].at > told.scenes[0].at
    assert told.output["word"] == "x"


async def test_a_wait_ends_with_the_life_of_the_run(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        return WaitUntil(ctx.now + timedelta(days=400), then=probe.go_on, because=SAID)

    probe.first = first
    told = await rehearsed(town, probe, await town.deal())
    assert told.result == "expired"


async def test_effects_are_told_to_the_next_step_as_shown(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        assert ctx.dry
        return Act((NotifyStaff(user_id=CHIEF, text="Клиент ждёт.", tag="x"),), then=probe.go_on, because=SAID)

    async def second(ctx: Context) -> Outcome:
        result = ctx.result_of("notify_staff")
        assert result is not None
        return Done(result.state, SAID)

    probe.first, probe.second = first, second
    assert (await rehearsed(town, probe, await town.deal())).result == "dry"


@pytest.mark.parametrize(("mode", "dry"), [("inherit", False), ("live", False), ("dry", True)])
async def test_whether_the_robot_itself_only_shows(town: Town, probe: Probe, mode: str, dry: bool) -> None:
    assert (await rehearsed(town, probe, await town.deal(), mode=mode)).dry is dry


async def test_what_another_run_looks_after_is_left_to_it(town: Town, probe: Probe) -> None:
    async def guards(ctx: Context) -> Outcome:
        return Done("done" if await ctx.desk.only_one("chat") else "skipped_duplicate", SAID)

    async def keeps(ctx: Context) -> Outcome:
        await ctx.desk.only_one("chat")
        return WaitUntil(ctx.now + timedelta(hours=1), then=probe.go_on, because=SAID)

    probe.first = guards
    deal = await town.deal()
    assert (await rehearsed(town, probe, deal)).result == "done"
    probe.first = keeps
    await town.place("probe")
    await town.move(deal)
    await town.settle()
    probe.first = guards
    assert (await rehearsed(town, probe, deal)).result == "skipped_duplicate"


async def test_behind_glass_nothing_can_be_changed(town: Town) -> None:
    glass = Glass(town.base.database)
    assert (await glass.write(Statement("SELECT 1 AS one")))[0][0]["one"] == 1
    with pytest.raises(TypeError):
        await glass.write(Statement("SELECT 1 AS one"), Statement("DELETE FROM run"))


async def test_the_same_question_is_asked_once() -> None:
    asked: list[Mapping[str, Command]] = []

    async def reads(commands: Mapping[str, Command], *, halt: bool = False) -> Mapping[str, Answer]:
        asked.append(commands)
        return {name: Answer(len(asked)) for name in commands}

    remembered = Remembered(reads)
    first = await remembered({"a": Command("user.get", {"ID": 1})})
    assert await remembered({"a": Command("user.get", {"ID": 1})}) is first
    assert (await remembered({"a": Command("user.get", {"ID": 2})}))["a"].result == 2
    assert (await remembered({"a": Command("user.get", {"ID": 1})}, halt=True))["a"].result == 3
