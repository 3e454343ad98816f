"""Effects that build on each other, and runs whose own trigger moves their card on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.effects import FireTrigger, NotifyStaff, SetResponsible, TransferDialog
from core.robots import Act, Done, EffectResult, Outcome, WaitUntil
from tests.core.runs.probe import SAID, Context, Probe
from tests.portal_side import ANNA, CHIEF, DEAL, DMITRY, WAIT, Deal
from tests.town import Town


def hands_over(probe: Probe) -> list[EffectResult]:
    """Let the probe give the dialog and the card to another person, and tell the head; the card needs the dialog."""
    results: list[EffectResult] = []

    async def first(ctx: Context) -> Outcome:
        dialog = await ctx.dialog()
        effects = (
            TransferDialog(chat_id=dialog.chat.id, user_id=DMITRY, line_id=dialog.line_id, seen_owner_id=ANNA),
            SetResponsible(
                entity_type_id=DEAL,
                entity_id=ctx.item.id,
                user_id=DMITRY,
                seen_user_id=ANNA,
                needs="transfer_dialog",
            ),
            NotifyStaff(user_id=CHIEF, text="Диалог меняет оператора.", tag="probe"),
        )
        return Act(effects, then=probe.go_on, because=SAID)

    async def second(ctx: Context) -> Outcome:
        results.extend(ctx.results)
        return Done("done", SAID)

    probe.first, probe.second = first, second
    return results


async def test_what_builds_on_a_refused_effect_is_left_out(town: Town, probe: Probe) -> None:
    results = hands_over(probe)
    await town.fault("imopenlines.operator.transfer", "error:ACCESS_DENIED", times=9)
    await town.fire("probe")
    assert [result.state for result in results] == ["refused", "skipped", "confirmed"]
    assert await town.ledger("responsible") == []
    assert len(await town.notifications(CHIEF)) == 1


async def test_what_builds_on_a_confirmed_effect_follows(town: Town, probe: Probe) -> None:
    results = hands_over(probe)
    await town.fire("probe")
    assert [result.state for result in results] == ["confirmed", "confirmed", "confirmed"]
    assert len(await town.ledger("responsible")) == 1


async def moves_its_card(town: Town, probe: Probe, *, goes_on: bool) -> Deal:
    """The process has its answer; the probe's trigger takes its card on; the robot looks again an hour later."""

    async def first(ctx: Context) -> Outcome:
        return WaitUntil(ctx.now + timedelta(minutes=1), then=probe.go_on, because=SAID)

    async def second(ctx: Context) -> Outcome:
        await ctx.dialog()
        ctx.state.count += 1
        if ctx.state.count == 1:
            stage_id = (await ctx.look.item()).stage_id
            trigger = FireTrigger(
                code="waits", entity_type_id=DEAL, entity_id=ctx.item.id, seen_stage=stage_id, goes_on=goes_on
            )
            return Act((trigger,), then=probe.go_on, because=SAID)
        if ctx.now < (due := ctx.started_at + timedelta(hours=1)):
            return WaitUntil(due, then=probe.go_on, because=SAID)
        return Done("done", SAID)

    probe.first, probe.second = first, second
    assert town.portal.apps.installed is not None
    town.portal.apps.installed.triggers["waits"] = "Клиент ждёт"
    await town.order("automation", entityTypeId=DEAL, stageId=WAIT, robots=[], triggers=["waits"])
    await town.place("probe", wait_result=False)
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    await town.advance(minutes=2)
    await town.settle()
    assert (await town.item(deal))["stageId"] == WAIT
    return deal


@pytest.mark.parametrize(("goes_on", "result"), [(True, "done"), (False, "cancelled_stage")])
async def test_a_run_goes_on_where_its_trigger_took_the_card(
    town: Town, probe: Probe, goes_on: bool, result: str
) -> None:
    await moves_its_card(town, probe, goes_on=goes_on)
    await town.advance(minutes=61)
    await town.settle()
    assert (await town.run()).run.result == result


async def test_a_person_moves_it_after_that(town: Town, probe: Probe) -> None:
    deal = await moves_its_card(town, probe, goes_on=True)
    await town.move(deal, "C3:NEW")
    await town.advance(minutes=61)
    await town.settle()
    assert (await town.run()).run.result == "cancelled_stage"
