"""A run from its call to its end: steps, waits, stages, and the answer to the process."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.bitrix24.command import Json
from core.portals.settings import change_settings
from core.robots import Act, Done, Failed, Next, Outcome, WaitUntil
from tests.core.runs.probe import NOTE, SAID, Context, Probe, ProbeOutput, reads, wait_for
from tests.portal_side import CHIEF, WAIT, WORK
from tests.town import Town, told

# Steps ----------------------------------------------------------------------------------------------------------


async def test_the_process_gets_what_the_robot_returns(town: Town) -> None:
    card = await town.fire("probe", word="привет")
    assert (card.run.status, card.run.result) == ("done", "done")
    [process] = (await town.read("processes"))["processes"]
    [robot] = process["robots"]
    assert robot["state"] == "done"
    assert robot["returned"] | {"run_url": ""} == {
        "word": "привет",
        "result": "done",
        "ok": "Y",
        "reason": SAID.ru,
        "run_url": "",
        "chat_id": 0,
        "session_id": 0,
    }
    assert robot["returned"]["run_url"] == (
        f"https://town.bitrix24.ru/marketplace/view/local.town/?params[run]={card.run.id}"
    )


async def test_the_state_lives_from_step_to_step(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        ctx.state.count += 1
        return Next(probe.begin if ctx.state.count < 3 else probe.go_on, SAID)

    async def second(ctx: Context) -> Outcome:
        return Done("done", SAID, ProbeOutput(word=str(ctx.state.count)))

    probe.first, probe.second = first, second
    card = await town.fire("probe")
    assert probe.ran == ["first", "first", "first", "second"]
    assert card.run.output["word"] == "3"


async def test_a_wait_ends_at_its_time_and_not_before(town: Town, probe: Probe) -> None:
    wait_for(probe, minutes=30)
    card = await town.fire("probe")
    assert card.run.status == "waiting"
    assert card.run.wake_at == card.run.created_at.replace(microsecond=0) + timedelta(minutes=30, seconds=1)
    await town.advance(minutes=29, seconds=59)
    await town.settle()
    assert probe.ran == ["first"]
    await town.advance(seconds=2)
    await town.settle()
    assert probe.ran == ["first", "second"]
    assert (await town.run()).run.status == "done"


@pytest.mark.parametrize("waits", [True, False])
async def test_a_process_may_go_on_before_the_run_is_over(town: Town, probe: Probe, waits: bool) -> None:
    """What comes after the answer may end a process that still waits."""
    seen = []

    async def first(ctx: Context) -> Outcome:
        answer = Done("nothing_to_do", SAID, ProbeOutput(word="early"))
        return WaitUntil(ctx.now + timedelta(minutes=1), then=probe.go_on, because=SAID, answer=answer)

    async def second(ctx: Context) -> Outcome:
        seen.append(ctx.answered)
        return Done("done", SAID, ProbeOutput(word="late"))

    probe.first, probe.second = first, second
    card = await town.fire("probe", wait_result=waits)
    assert [reply.answer["word"] for reply in card.replies] == ["early"]
    assert card.replies[0].answer["result"] == "nothing_to_do"
    assert "он идёт дальше, а робот ещё не закончил" in told(card)
    await town.advance(minutes=2)
    await town.settle()
    card = await town.run()
    assert (card.run.status, card.run.output["word"], seen) == ("done", "late", [True])
    assert len(card.replies) == 1


async def test_without_waiting_for_the_result_the_process_is_answered_once(town: Town, probe: Probe) -> None:
    wait_for(probe, minutes=30)
    card = await town.fire("probe", wait_result=False)
    assert len(card.replies) == 1
    assert card.replies[0].answer["result"] == "scheduled"
    assert "Процессу отвечено сразу: запланировано." in told(card)
    await town.advance(minutes=31)
    await town.settle()
    card = await town.run()
    assert card.run.result == "done"
    assert len(card.replies) == 1


async def test_a_failure_is_answered_in_words(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        return Failed(SAID)

    probe.first = first
    card = await town.fire("probe")
    assert card.run.status == "failed"
    assert card.run.output | {"run_url": ""} == {
        "result": "failed",
        "ok": "N",
        "reason": SAID.ru,
        "run_url": "",
        "chat_id": 0,
        "session_id": 0,
    }


# Stages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stops", [True, False])
async def test_a_moved_stage_ends_a_run_unless_it_was_told_to_go_on(town: Town, probe: Probe, stops: bool) -> None:
    async def first(ctx: Context) -> Outcome:
        await ctx.look.item()
        return WaitUntil(ctx.started_at + timedelta(minutes=5), then=probe.go_on, because=SAID)

    probe.first, probe.second = first, reads
    await town.place("probe", wait_result=False, stop_on_stage=stops)
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    await town.move(deal, WAIT)
    await town.advance(minutes=6)
    await town.settle()
    card = await town.run()
    assert card.run.result == ("cancelled_stage" if stops else "done")
    assert (f"было «{WORK}», стало «{WAIT}»" in told(card)) is stops


async def test_a_deleted_item_ends_a_run(town: Town, probe: Probe) -> None:
    wait_for(probe, minutes=5)
    probe.second = reads
    await town.place("probe", wait_result=False)
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    await town.order("items/delete", entityTypeId=2, id=deal.id)
    await town.advance(minutes=6)
    await town.settle()
    assert (await town.run()).run.result == "cancelled_stage"


async def test_a_process_that_was_stopped_ends_a_run_that_owes_it_an_answer(town: Town, probe: Probe) -> None:
    wait_for(probe, minutes=5)
    probe.second = reads
    await town.place("probe", stop_on_stage=False)
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    await town.move(deal, WAIT)
    await town.advance(minutes=6)
    await town.settle()
    card = await town.run()
    assert card.run.result == "cancelled_stage"
    assert "Процесс в портале уже завершён" in told(card)


async def _set(town: Town, **values: Json) -> None:
    portal_id = await town.portal_id()
    await change_settings(portal_id, town.base.database, values=values, user_id=1, at=await town.now())
    town.base.lanes.changed(portal_id)


# Dry mode -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["form", "portal", "robot"])
async def test_dry_does_nothing_and_says_what_would_be_done(town: Town, probe: Probe, how: str) -> None:
    async def first(ctx: Context) -> Outcome:
        return Act((NOTE,), then=probe.go_on, because=SAID)

    async def second(ctx: Context) -> Outcome:
        assert ctx.dry
        assert [result.state for result in ctx.results] == ["dry"]
        return Done("done", SAID)

    probe.first, probe.second = first, second
    if how != "form":
        ways: dict[str, dict[str, Json]] = {"portal": {"mode": "dry"}, "robot": {"robot_modes": {"probe": "dry"}}}
        await _set(town, **ways[how])
    card = await town.fire("probe", mode="dry" if how == "form" else "inherit")
    assert (card.run.result, card.run.dry) == ("dry_run", True)
    assert "Было бы сделано: уведомление — сотрудник 8." in told(card)
    assert "Would be done: notification for employee 8." in told(card, "en")
    assert await town.ledger() == []
    assert await town.notifications(CHIEF) == []
    assert card.effects[0].texts is None


@pytest.mark.parametrize(
    ("form", "robot", "portal", "dry"),
    [("inherit", "live", "dry", False), ("live", "dry", "dry", False), ("dry", "live", "live", True)],
)
async def test_the_form_goes_before_the_robot_and_the_robot_before_the_portal(
    town: Town, probe: Probe, form: str, robot: str, portal: str, dry: bool
) -> None:
    await _set(town, mode=portal, robot_modes={"probe": robot, "other": "dry"})
    assert (await town.fire("probe", mode=form)).run.dry is dry
