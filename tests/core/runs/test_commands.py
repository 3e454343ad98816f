"""What people may do to a run, and what comes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.db import from_millis
from core.effects import NotifyStaff
from core.robots import Act, Done, Failed, Outcome, WaitUntil
from core.runs.commands import Action, NoSuchRun, NotNow, Start, cancel, move, retry
from core.runs.listing import RunCard
from tests.core.runs.hands import OLGA, Held, called, cancelled, decided, retried, taken
from tests.core.runs.probe import NOTE, SAID, Context, Probe, ProbeOutput, wait_for
from tests.portal_side import WAIT, WORK
from tests.town import Town, told


async def moved(town: Town, card: RunCard, action: Action, **by: float) -> None:
    wake_at = await town.now() + timedelta(**by) if by else None
    run = card.run
    await move(
        town.base.database, run.portal_id, run.id, action=action, wake_at=wake_at, actor=OLGA, clock=town.base.clock
    )


# Stop -----------------------------------------------------------------------------------------------------------


async def test_a_waiting_run_stops_at_once_and_the_process_is_answered(town: Town, probe: Probe) -> None:
    wait_for(probe, days=3)
    card = await town.fire("probe")
    await cancelled(town, card, "клиент позвонил")
    await town.settle()
    card = await town.run()
    assert (card.run.status, card.run.result, probe.ran) == ("cancelled", "cancelled_user", ["first"])
    assert "Остановлено человеком: Ольга Власова: клиент позвонил." in told(card)
    assert "Stopped by a person: Ольга Власова: клиент позвонил." in told(card, "en")
    assert card.replies[0].answer["result"] == "cancelled_user"
    rows = await town.sql("SELECT action, actor_id FROM audit WHERE object_id = :id", id=card.run.id)
    assert [(row["action"], row["actor_id"]) for row in rows] == [("cancel", "1")]


async def test_a_run_in_a_step_stops_after_it(town: Town, probe: Probe) -> None:
    held = Held()

    async def first(ctx: Context) -> Outcome:
        await held(ctx)
        return WaitUntil(ctx.started_at + timedelta(days=3), then=probe.go_on, because=SAID)

    probe.first = first
    await called(town)
    await taken(town.worker, held)
    await cancelled(town, await town.run())
    held.go.set()
    await town.worker.engine.idle()
    await town.settle()
    assert (await town.run()).run.result == "cancelled_user"


async def test_what_is_over_cannot_be_stopped(town: Town) -> None:
    card = await town.fire("probe")
    with pytest.raises(NotNow, match="The run is over"):
        await cancelled(town, card)


async def test_another_portals_run_does_not_exist(town: Town, probe: Probe) -> None:
    wait_for(probe, days=3)
    card = await town.fire("probe")
    with pytest.raises(NoSuchRun):
        await cancel(town.base.database, "other", card.run.id, reason="", actor=OLGA, clock=town.base.clock)


# Try again ------------------------------------------------------------------------------------------------------


async def failed(town: Town, probe: Probe) -> RunCard:
    async def second(ctx: Context) -> Outcome:
        return Failed(SAID)

    wait_for(probe, minutes=5)
    probe.second = second
    await town.fire("probe")
    await town.advance(minutes=6)
    await town.settle()
    card = await town.run()
    assert card.run.status == "failed"

    async def well(ctx: Context) -> Outcome:
        return Done("done", SAID, ProbeOutput(word="well"))

    probe.second = well
    return card


async def test_from_the_step_that_failed(town: Town, probe: Probe) -> None:
    card = await failed(town, probe)
    await retried(town, card, "step")
    await town.settle()
    card = await town.run()
    assert (card.run.status, probe.ran) == ("done", ["first", "second", "second"])
    assert card.run.output["word"] == "well"
    assert "Ольга Власова: повторить." in told(card)
    assert len(card.replies) == 1, "the process has its answer"


async def test_another_portals_run_is_not_tried_again(town: Town, probe: Probe) -> None:
    card = await failed(town, probe)
    starts: list[Start] = ["step", "start", "reply"]
    for start in starts:
        with pytest.raises(NoSuchRun):
            await retry(town.base.database, "other", card.run.id, start=start, actor=OLGA, clock=town.base.clock)
    assert (await town.run()).run.status == "failed"


async def test_from_the_start(town: Town, probe: Probe) -> None:
    card = await failed(town, probe)
    await retried(town, card, "start")
    await town.settle()
    await town.advance(minutes=6)
    await town.settle()
    assert probe.ran == ["first", "second", "first", "second"]
    assert (await town.run()).run.status == "done"


async def test_only_the_answer(town: Town, probe: Probe) -> None:
    card = await failed(town, probe)
    await town.advance(minutes=2)
    await town.settle()
    sent = len(await town.calls("bizproc.event.send"))
    await retried(town, card, "reply")
    await town.settle()
    card = await town.run()
    assert (card.run.status, probe.ran) == ("failed", ["first", "second"])
    calls = await town.calls("bizproc.event.send")
    assert len(calls) == sent + 1
    assert calls[-1]["params"]["RETURN_VALUES"]["result"] == "failed"


async def test_a_run_that_expired_long_ago_gets_a_day_to_live(town: Town, probe: Probe) -> None:
    wait_for(probe, days=40)
    await town.fire("probe")
    await town.advance(hours=24 * 33)
    await town.settle()
    card = await town.run()
    assert card.run.result == "expired"
    await retried(town, card, "step")
    await town.settle()
    card = await town.run()
    assert (card.run.status, probe.ran) == ("done", ["first", "second"])
    left = card.run.expires_at - await town.now()
    assert timedelta(hours=23) < left <= timedelta(hours=24)


async def test_from_the_start_the_stage_is_looked_at_anew(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        await ctx.look.item()
        return WaitUntil(ctx.started_at + timedelta(minutes=5), then=probe.go_on, because=SAID)

    async def second(ctx: Context) -> Outcome:
        await ctx.look.item()
        return Done("done", SAID)

    probe.first, probe.second = first, second
    await town.place("probe", wait_result=False)
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    await town.move(deal, WAIT)
    await town.advance(minutes=6)
    await town.settle()
    card = await town.run()
    assert f"было «{WORK}», стало «{WAIT}»" in told(card)
    await retried(town, card, "start")
    await town.settle()
    assert (await town.run()).run.result == "done"


async def test_a_run_stopped_between_two_calls_goes_on_with_the_second(town: Town, probe: Probe) -> None:
    other = NotifyStaff(user_id=1, text="Клиент ждёт.", tag="probe")
    seen: list[list[str]] = []

    async def first(ctx: Context) -> Outcome:
        return Act((NOTE, other), then=probe.go_on, because=SAID)

    async def second(ctx: Context) -> Outcome:
        seen.append([result.state for result in ctx.results])
        return Done("done", SAID)

    async def stop(methods: list[str]) -> None:
        if "bizproc.activity.log" in methods:
            await cancelled(town, await town.run())

    probe.first, probe.second = first, second
    town.wire.before = stop
    card = await town.fire("probe")
    assert (card.run.result, [effect.state for effect in card.effects]) == ("cancelled_user", ["planned", "planned"])
    town.wire.before = None
    await retried(town, card, "step")
    await town.settle()
    card = await town.run()
    assert [effect.state for effect in card.effects] == ["confirmed", "confirmed"]
    assert seen == [["confirmed", "confirmed"]]
    assert len(await town.notifications()) == 2


async def test_what_is_going_on_cannot_be_tried_again(town: Town, probe: Probe) -> None:
    wait_for(probe, days=3)
    card = await town.fire("probe")
    with pytest.raises(NotNow, match="still going on"):
        await retried(town, card, "step")


# Timers ---------------------------------------------------------------------------------------------------------


async def test_a_timer_fires_now(town: Town, probe: Probe) -> None:
    wait_for(probe, days=3)
    await moved(town, await town.fire("probe"), "now")
    await town.settle()
    card = await town.run()
    assert (card.run.status, probe.ran) == ("done", ["first", "second"])
    assert "Ольга Власова: таймер перенесён." in told(card)


async def test_a_timer_is_put_off(town: Town, probe: Probe) -> None:
    wait_for(probe, minutes=5)
    await moved(town, await town.fire("probe"), "move", hours=2)
    await town.advance(minutes=30)
    await town.settle()
    assert probe.ran == ["first"]
    await town.advance(hours=2)
    await town.settle()
    assert probe.ran == ["first", "second"]


async def test_a_timer_is_taken_away(town: Town, probe: Probe) -> None:
    wait_for(probe, minutes=5)
    await moved(town, await town.fire("probe"), "cancel")
    await town.settle()
    assert (await town.run()).run.result == "cancelled_user"


async def test_a_timer_that_went_off_meanwhile_cannot_be_moved(town: Town, probe: Probe) -> None:
    card = await town.fire("probe")
    with pytest.raises(NotNow, match="reload the page"):
        await moved(town, card, "now")
    [row] = await town.sql("SELECT finished_at FROM run")
    assert isinstance(row["finished_at"], int)
    assert from_millis(row["finished_at"]) == card.run.finished_at


async def test_an_effect_whose_end_is_known_is_not_decided(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        return Act((NOTE,), then=probe.go_on, because=SAID)

    probe.first = first
    card = await town.fire("probe")
    with pytest.raises(NotNow, match="known by now"):
        await decided(town, card, "arrived")
