"""What may happen one time only in a portal happens one time only, whichever runs mean to do it."""

from __future__ import annotations

import asyncio

from core.dialogs.view import DialogView
from core.effects import SendAsOperator
from core.robots import EffectResult, Outcome
from core.runs.act import LOOKS
from tests.core.runs.probe import SAID, Act, Context, Done, Probe, ProbeOutput
from tests.portal_side import ANNA, WORK, Deal
from tests.town import Town, told

BYE = "До свидания!"


def farewell(dialog: DialogView) -> SendAsOperator:
    kind, number = dialog.crm_binding or ("", 0)
    return SendAsOperator(
        chat_id=dialog.chat.id,
        session_id=dialog.session_id,
        text=BYE,
        crm_type=kind,
        crm_id=number,
        user_id=ANNA,
        after_message_id=dialog.chat.last_message_id,
        once=f"farewell|{dialog.session_id}",
    )


def says_goodbye(probe: Probe) -> list[EffectResult]:
    results: list[EffectResult] = []

    async def first(ctx: Context) -> Outcome:
        return Act((farewell(await ctx.dialog()),), then=probe.go_on, because=SAID)

    async def second(ctx: Context) -> Outcome:
        results.extend(ctx.results)
        return Done("done", SAID, ProbeOutput())

    probe.first, probe.second = first, second
    return results


async def again(town: Town, deal: Deal) -> None:
    """Bring the deal to the robot's stage once more."""
    await town.move(deal, "C3:NEW")
    await town.settle()
    await town.move(deal)
    await town.settle()


async def test_a_second_run_leaves_it_out_and_says_so(town: Town, probe: Probe) -> None:
    results = says_goodbye(probe)
    await town.place("probe")
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    await again(town, deal)
    assert [result.state for result in results] == ["confirmed", "skipped"]
    assert [one["text"] for one in await town.outbox(deal)] == [BYE]
    newest = (await town.runs())[0]
    assert "Уже сделано раньше, второй раз не нужно" in told(newest)
    assert "Done before, not again" in told(newest, "en")


async def test_a_new_session_has_a_farewell_of_its_own(town: Town, probe: Probe) -> None:
    results = says_goodbye(probe)
    await town.place("probe")
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    await town.close(deal)
    await town.client_says(deal)
    await town.accept(deal)
    await again(town, deal)
    assert [result.state for result in results] == ["confirmed", "confirmed"]
    assert len(await town.outbox(deal)) == 2


async def test_what_was_refused_is_left_to_the_next(town: Town, probe: Probe) -> None:
    results = says_goodbye(probe)
    await town.place("probe")
    deal = await town.deal(accepted_by=0)
    await town.move(deal)
    await town.settle()
    await town.accept(deal)
    await again(town, deal)
    assert [result.state for result in results] == ["refused", "confirmed"]
    assert [one["text"] for one in await town.outbox(deal)] == [BYE]


async def test_what_nobody_knows_is_not_done_by_another(town: Town, probe: Probe) -> None:
    results = says_goodbye(probe)
    await town.place("probe", stop_on_stage=False)
    deal = await town.deal()
    await town.fault("imopenlines.crm.message.add", "drop_before_effect")
    await town.move(deal)
    await town.settle()
    await again(town, deal)
    assert [result.state for result in results] == ["skipped"]
    for look in LOOKS:
        await town.advance(seconds=look.total_seconds() + 5)
        await town.settle()
    assert await town.outbox(deal) == []


async def test_nothing_is_claimed_by_showing_it_only(town: Town, probe: Probe) -> None:
    results = says_goodbye(probe)
    await town.place("probe", mode="dry")
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    assert [dict(row) for row in await town.sql("SELECT key FROM effect_once")] == []
    await town.place("probe")
    await again(town, deal)
    assert [result.state for result in results] == ["dry", "confirmed"]


async def test_workers_at_the_same_moment(any_town: Town, probe: Probe) -> None:
    town, results = any_town, says_goodbye(probe)
    robots = [{"code": "probe", "properties": {}}] * 3
    await town.order("automation", entityTypeId=2, stageId=WORK, robots=robots)
    deal = await town.deal()
    await town.move(deal)
    await town.portal.queue.drain()
    await town.advance(seconds=1)
    workers = [town.worker, await town.another_worker(), await town.another_worker()]
    await asyncio.gather(*(worker.turn() for worker in workers))
    await town.settle()
    assert sorted(result.state for result in results) == ["confirmed", "skipped", "skipped"]
    assert [one["text"] for one in await town.outbox(deal)] == [BYE]
