"""Effects under trouble: nothing that a client sees happens twice, what is unknown is looked for, people decide."""

from __future__ import annotations

import asyncio

import pytest

from core.bitrix24.client import WRITES_AT_ONCE
from core.robots import Act, Done, EffectResult, Outcome
from core.runs.act import LOOKS
from core.runs.commands import Decision
from core.runs.listing import RunCard
from tests.core.runs import effects
from tests.core.runs.effects import CASES, Case, Make
from tests.core.runs.hands import cancelled, decided, killed
from tests.core.runs.probe import SAID, Context, Probe, ProbeOutput
from tests.portal_side import ANNA, SUPPORT, Deal
from tests.town import Town, told

#: Of these nobody can say afterwards that they did not happen, so only a person may repeat them.
NEVER_REPEATED = {"send_as_operator", "send_automatic", "fire_trigger"}

ANY_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)


def acts(probe: Probe, *makes: Make) -> list[EffectResult]:
    """Let the probe do these to the client's dialog; the list fills with what came of them."""
    results: list[EffectResult] = []

    async def first(ctx: Context) -> Outcome:
        dialog = await ctx.dialog()
        return Act(tuple(make(dialog, ctx) for make in makes), then=probe.go_on, because=SAID)

    async def second(ctx: Context) -> Outcome:
        results.extend(ctx.results)
        return Done("done", SAID, ProbeOutput(word="done"))

    probe.first, probe.second = first, second
    return results


async def called(town: Town) -> Deal:
    await town.place("probe", wait_result=True, stop_on_stage=False)
    deal = await town.deal()
    assert town.portal.apps.installed is not None
    town.portal.apps.installed.triggers["waits"] = "Клиент ждёт"
    await town.employee_says(deal, "Я присмотрю.", by=SUPPORT, hidden=True)
    await town.move(deal)
    await town.portal.queue.drain()
    await town.advance(seconds=1)
    return deal


async def looked(town: Town) -> RunCard:
    """Let all three looks at the portal happen."""
    await town.settle()
    for look in LOOKS:
        await town.advance(seconds=look.total_seconds() + 5)
        await town.settle()
    return await town.run()


def states(card: RunCard) -> list[str]:
    return [effect.state for effect in card.effects]


async def test_what_waits_for_its_turn_is_not_meant_yet(town: Town, probe: Probe) -> None:
    """Else whoever dies then would leave messages in doubt of which none was ever sent."""
    acts(probe, effects.operator)
    for _ in range(WRITES_AT_ONCE + 1):
        await called(town)
    going, may_go = asyncio.Semaphore(0), asyncio.Event()

    async def hang(methods: list[str]) -> None:
        if "imopenlines.crm.message.add" in methods:
            going.release()
            await may_go.wait()

    town.wire.before = hang
    await town.worker.engine.beat()
    await town.worker.engine.sweep()
    for _ in range(WRITES_AT_ONCE):
        await going.acquire()
    await planned(town, WRITES_AT_ONCE + 1)
    stand = await town.sql("SELECT state, COUNT(*) AS n FROM effect GROUP BY state ORDER BY state")
    assert [(row["state"], row["n"]) for row in stand] == [("planned", 1), ("prepared", WRITES_AT_ONCE)]
    may_go.set()
    await town.worker.engine.idle()
    await town.advance(seconds=10)
    await town.settle()
    assert len(await town.outbox()) == WRITES_AT_ONCE + 1


async def planned(town: Town, count: int) -> None:
    """Wait until so many effects stand in the ledger."""
    async with asyncio.timeout(60):
        while (await town.sql("SELECT COUNT(*) AS n FROM effect"))[0]["n"] != count:
            await asyncio.sleep(0.01)


# All goes well ------------------------------------------------------------------------------------------------------


@ANY_CASE
async def test_it_happens_once_and_the_log_says_so(town: Town, probe: Probe, case: Case) -> None:
    results = acts(probe, case.make)
    await called(town)
    await town.settle()
    card = await town.run()
    assert len(await town.ledger(case.happened)) == 1
    assert states(card) == ["confirmed"]
    assert card.run.result == "done"
    assert [result.done for result in results] == [True]
    assert f"Сделано: {results[0].summary.inside().ru}." in told(card)
    assert f"Done: {results[0].summary.inside().en}." in told(card, "en")
    assert card.effects[0].texts is None, "a text is kept no longer than it is needed"


# Nobody knows -------------------------------------------------------------------------------------------------------


@ANY_CASE
@pytest.mark.parametrize("happened", [True, False], ids=["happened", "did_not"])
async def test_f_15_an_answer_that_was_lost(town: Town, probe: Probe, case: Case, happened: bool) -> None:
    acts(probe, case.make)
    await town.fault(case.method, "effect_then_drop" if happened else "drop_before_effect")
    deal = await called(town)
    await _judged(town, case, deal, happened)


async def _judged(town: Town, case: Case, deal: Deal, happened: bool) -> None:
    card = await looked(town)
    times = len(await town.ledger(case.happened))
    if case.kind in NEVER_REPEATED:
        assert times == int(happened)
    else:
        assert len({str(one) for one in await town.notifications()}) <= 1
        assert times == 1 or case.kind == "notify_staff"
    found = case.kind not in NEVER_REPEATED or (happened and case.kind != "fire_trigger")
    assert states(card) == ["confirmed" if found else "unknown"]
    assert card.run.status == ("done" if found else "unknown")
    assert (await town.process(deal))["returned"]["result"] == ("done" if found else "unknown")
    if not found:
        assert told(card).count("Ответа от Битрикс24 не было; проверили портал") == len(LOOKS)
        assert "решение за человеком" in told(card)


@ANY_CASE
@pytest.mark.parametrize("happened", [True, False], ids=["after_the_call", "before_the_call"])
async def test_a_worker_that_died_in_between(town: Town, probe: Probe, case: Case, happened: bool) -> None:
    """Killed after the intent was committed: before the call went out, or before its outcome was written."""
    acts(probe, case.make)
    there = asyncio.Event()

    async def stop(methods: list[str]) -> None:
        if case.method in methods and not there.is_set():
            there.set()
            await asyncio.Event().wait()

    if happened:
        town.wire.after = stop
    else:
        town.wire.before = stop
    deal = await called(town)
    doomed = await town.another_worker()
    await doomed.engine.beat()
    await doomed.engine.sweep()
    await there.wait()
    await killed(doomed)
    assert states(await town.run()) == ["prepared"]
    await town.sql("UPDATE worker SET seen_at = 0")
    await _judged(town, case, deal, happened)


async def test_a_portal_that_always_breaks_off_is_not_asked_without_end(town: Town, probe: Probe) -> None:
    """Repeating a task is allowed after a look, but each time later, and not for ever."""
    acts(probe, effects.task)
    await town.fault("tasks.task.add", "drop_before_effect", times=50)
    deal = await called(town)
    for _ in range(40):
        await town.settle()
        await town.advance(seconds=15)
    asked = [call for call in await town.calls("tasks.task.add") if call["fault"]]
    assert len(asked) == 1 + len(LOOKS)
    assert (await town.run()).run.status == "unknown"
    assert (await town.process(deal))["returned"]["result"] == "unknown"


async def test_a_notification_that_is_lost_is_repeated_with_pauses(town: Town, probe: Probe) -> None:
    acts(probe, effects.note)
    await town.fault("im.notify.system.add", "html_502", times=2)
    await called(town)
    await town.settle()
    assert len(await town.calls("im.notify.system.add")) == 2, "harmless, so once more at once"
    card = await looked(town)
    assert states(card) == ["confirmed"]
    assert len(await town.notifications(ANNA)) == 1


async def test_what_a_person_changed_meanwhile_is_left_alone(town: Town, probe: Probe) -> None:
    """The hand-over was lost, and before we looked somebody else took the dialog."""
    acts(probe, effects.transferred, effects.responsible)
    await town.fault("imopenlines.operator.transfer", "drop_before_effect")
    deal = await called(town)
    await town.settle()
    await town.order(f"chats/{deal.chat}/transfer", user_id=ANNA, to_user_id=SUPPORT)
    card = await looked(town)
    assert states(card) == ["skipped", "skipped"]
    assert (await town.chat(deal))["owner"] == SUPPORT
    assert (await town.item(deal))["assignedById"] == ANNA
    assert "Пропущено: ответственный в карточке — сотрудник 9." in told(card)


# A person says ------------------------------------------------------------------------------------------------------


async def doubtful(town: Town, probe: Probe) -> tuple[Deal, RunCard]:
    acts(probe, effects.operator, effects.note)
    await town.fault("imopenlines.crm.message.add", "drop_before_effect")
    deal = await called(town)
    return deal, await looked(town)


@pytest.mark.parametrize(
    ("decision", "state", "sent"), [("arrived", "confirmed", 0), ("send_again", "confirmed", 1), ("skip", "skipped", 0)]
)
async def test_a_person_says_how_it_ended(town: Town, probe: Probe, decision: Decision, state: str, sent: int) -> None:
    deal, card = await doubtful(town, probe)
    assert states(card) == ["unknown", "planned"]
    await decided(town, card, decision)
    await town.settle()
    card = await town.run()
    assert states(card) == [state, "confirmed"]
    assert len(await town.outbox(deal)) == sent
    assert card.run.status == "done"
    assert "Ольга Власова: «Сообщение клиенту (" in told(card)
    assert len(card.replies) == 1, "the process was told that nobody knows, and nothing more"


async def test_who_sends_again_may_be_unlucky_again(town: Town, probe: Probe) -> None:
    deal, card = await doubtful(town, probe)
    await town.fault("imopenlines.crm.message.add", "effect_then_drop")
    await decided(town, card, "send_again")
    card = await looked(town)
    assert states(card) == ["confirmed", "confirmed"]
    assert len(await town.outbox(deal)) == 1


async def test_a_decision_after_the_end_wakes_nothing(town: Town, probe: Probe) -> None:
    _, card = await doubtful(town, probe)
    await cancelled(town, card)
    await town.settle()
    card = await town.run()
    assert card.run.status == "cancelled"
    await decided(town, card, "arrived")
    await town.settle()
    again = await town.run()
    assert states(again) == ["confirmed", "planned"]
    assert (again.run.status, again.run.finished_at) == ("cancelled", card.run.finished_at)


# Refusals and company -----------------------------------------------------------------------------------------------


async def test_a_refusal_is_final_and_the_others_go_on(town: Town, probe: Probe) -> None:
    results = acts(probe, effects.added, effects.note)
    await town.fault("imopenlines.crm.chat.user.add", "error:CRM_CHAT_USER_NOT_ACTIVE")
    await called(town)
    await town.settle()
    card = await town.run()
    assert states(card) == ["refused", "confirmed"]
    assert "Битрикс24 отказал: добавление в чат — сотрудник 9." in told(card)
    assert [result.done for result in results] == [False, True]
    assert len(await town.notifications(ANNA)) == 1


async def test_what_builds_on_a_refused_effect_is_skipped(town: Town, probe: Probe) -> None:
    acts(probe, effects.transferred, effects.responsible)
    await town.fault("imopenlines.operator.transfer", "error:ACCESS_DENIED")
    deal = await called(town)
    await town.settle()
    assert states(await town.run()) == ["refused", "skipped"]
    assert (await town.item(deal))["assignedById"] == ANNA


async def test_staff_texts_share_a_request_and_a_clients_text_travels_alone(town: Town, probe: Probe) -> None:
    acts(probe, effects.note, effects.commented, effects.operator, effects.task)
    await called(town)
    await town.settle()
    assert states(await town.run()) == ["confirmed"] * 4
    requests = {call["method"]: call["request"] for call in await town.calls() if call["fault"] is None}
    alone = [call for call in await town.calls() if call["request"] == requests["imopenlines.crm.message.add"]]
    assert requests["im.notify.system.add"] == requests["crm.timeline.comment.add"]
    assert [call["method"] for call in alone] == ["imopenlines.crm.message.add"]


@pytest.mark.parametrize("kind", ["query_limit", "op_limit"])
async def test_a_call_that_was_turned_away_is_made_later(town: Town, probe: Probe, kind: str) -> None:
    acts(probe, effects.operator)
    await town.fault("imopenlines.crm.message.add", kind)
    deal = await called(town)
    await town.settle()
    card = await town.run()
    assert card.run.status == "retrying"
    assert states(card) == ["planned"]
    await town.order("clock", advance_seconds=900)
    town.worker.base.lanes._limiter._tat.clear()  # type: ignore[attr-defined]  # real time has passed, too
    await town.settle()
    assert states(await town.run()) == ["confirmed"]
    assert len(await town.outbox(deal)) == 1


@ANY_CASE
async def test_whatever_a_method_at_rest_turned_away_is_done_later(town: Town, probe: Probe, case: Case) -> None:
    """The looks that travel with it came through, and say nothing of it."""
    acts(probe, case.make)
    await town.fault(case.method, "op_limit")
    await called(town)
    await town.settle()
    assert await town.ledger(case.happened) == []
    assert states(await town.run()) == ["planned"]
    await town.order("clock", advance_seconds=900)
    await town.settle()
    assert len(await town.ledger(case.happened)) == 1
    assert states(await town.run()) == ["confirmed"]


async def test_a_call_that_did_not_go_out_is_made_later(town: Town, probe: Probe) -> None:
    acts(probe, effects.operator)

    async def cut(methods: list[str]) -> None:
        town.wire.cut = "imopenlines.crm.message.add" in methods

    town.wire.before = cut
    deal = await called(town)
    await town.settle()
    card = await town.run()
    assert (card.run.status, states(card)) == ("retrying", ["planned"])
    town.wire.before, town.wire.cut = None, False
    await town.advance(minutes=1)
    await town.settle()
    assert len(await town.outbox(deal)) == 1


async def test_f_25_who_cancels_before_the_call_prevents_it(town: Town, probe: Probe) -> None:
    """Asked between the decision and the call; what was done already stays done and is told."""
    acts(probe, effects.note, effects.operator)

    async def stop(methods: list[str]) -> None:
        if "im.notify.system.add" in methods:
            await cancelled(town, await town.run())

    town.wire.before = stop
    deal = await called(town)
    await town.settle()
    card = await town.run()
    assert (card.run.result, states(card)) == ("cancelled_user", ["confirmed", "planned"])
    assert await town.outbox(deal) == []
    assert card.replies[0].answer["result"] == "cancelled_user"


async def test_a_worker_that_was_given_up_still_tells_what_it_saw(town: Town, probe: Probe) -> None:
    """Its call was under way when another took the run: what it knows for certain is not thrown away."""
    results = acts(probe, effects.operator)
    there, go = asyncio.Event(), asyncio.Event()

    async def pause(methods: list[str]) -> None:
        if "imopenlines.crm.message.add" in methods:
            there.set()
            await go.wait()

    town.wire.after = pause
    deal = await called(town)
    slow = await town.another_worker()
    await slow.engine.beat()
    await slow.engine.sweep()
    await there.wait()
    await town.sql("UPDATE run SET lease_until = 1")
    await town.settle()
    assert states(await town.run()) == ["unknown"]
    go.set()
    await slow.engine.idle()
    assert states(await town.run()) == ["confirmed"]
    await looked(town)
    assert len(await town.outbox(deal)) == 1
    assert {result.done for result in results} == {True}


async def test_a_worker_that_was_given_up_takes_nothing_back(town: Town, probe: Probe) -> None:
    """Its call broke off after another had found the message in the chat: what was found stays."""
    acts(probe, effects.operator)
    await town.fault("imopenlines.crm.message.add", "effect_then_drop")
    there, go = asyncio.Event(), asyncio.Event()

    async def pause(methods: list[str]) -> None:
        if "imopenlines.crm.message.add" in methods:
            there.set()
            await go.wait()

    town.wire.lost = pause
    await called(town)
    slow = await town.another_worker()
    await slow.engine.beat()
    await slow.engine.sweep()
    await there.wait()
    await town.sql("UPDATE run SET lease_until = 1")
    card = await looked(town)
    assert states(card) == ["confirmed"]
    go.set()
    await slow.engine.idle()
    assert states(await town.run()) == ["confirmed"]


async def test_a_worker_that_lost_its_lease_makes_no_further_call(town: Town, probe: Probe) -> None:
    """Another took the run between two of its effects: the second is left to him, although it is planned still."""
    acts(probe, effects.operator, effects.task)

    async def steal(methods: list[str]) -> None:
        if "imopenlines.crm.message.add" in methods:
            await town.sql("UPDATE run SET lease_no = lease_no + 1, owner = 'another'")

    town.wire.after = steal
    deal = await called(town)
    await town.worker.turn()
    card = await town.run()
    assert states(card) == ["confirmed", "planned"]
    assert len(await town.outbox(deal)) == 1
    assert not card.run.finished_at
