"""Waits that came due while the service did not work: done, skipped or asked about, and told of once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from core.db import to_millis
from core.portals.store import PortalStore
from core.robots import Act, Next, Outcome, WaitUntil
from core.runs.commands import NotNow, decide_late, move
from core.runs.listing import RunCard
from core.runs.overdue import Choice, Policy
from core.runs.restored import hold, let_go
from core.runs.retention import forget
from tests.core.runs.away import away, silent, wants
from tests.core.runs.hands import OLGA, cancelled, killed, taken
from tests.core.runs.hands import Held as HeldStep
from tests.core.runs.probe import NOTE, SAID, Context, Probe, wait_for
from tests.town import Town, told

HOUR = timedelta(hours=1)


async def waiting(town: Town, probe: Probe, *, minutes: float = 30, runs: int = 1, **properties: str) -> None:
    """Begin runs that wait so long for their second step."""
    wait_for(probe, minutes=minutes)
    await town.place("probe", **properties)
    for _ in range(runs):
        await town.move(await town.deal())
    await town.settle()


async def only(town: Town) -> RunCard:
    """The run of the probe."""
    [card] = [card for card in await town.runs() if card.run.robot == "probe"]
    return card


async def said(town: Town) -> list[str]:
    """What the administrator was told by the service itself."""
    return [card.line.reason.ru for card in await town.runs() if card.run.robot == "tell_administrator"]


async def words(town: Town) -> list[str]:
    """The notifications of the service about itself, as the portal has them."""
    return [note["text"] for note in await town.notifications() if "Сервис не работал" in note["text"]]


async def chosen(town: Town, decision: str) -> None:
    run = (await only(town)).run
    await decide_late(
        town.base.database,
        run.portal_id,
        run.id,
        decision="run" if decision == "run" else "skip",
        actor=OLGA,
        clock=town.base.clock,
    )


@pytest.mark.parametrize(
    ("choice", "late", "becomes"),
    [
        (Choice.RUN, 5 * HOUR, Choice.RUN),
        (Choice.SKIP, HOUR, Choice.RUN),
        (Choice.SKIP, HOUR + timedelta(seconds=1), Choice.SKIP),
        (Choice.ASK, HOUR, Choice.RUN),
        (Choice.ASK, 2 * HOUR, Choice.ASK),
    ],
)
def test_only_what_is_later_than_the_limit_is_skipped_or_asked(
    choice: Choice, late: timedelta, becomes: Choice
) -> None:
    assert Policy(choice, HOUR).choose(late) is becomes


def test_the_policy_of_a_portal() -> None:
    assert Policy.of({}) == Policy(Choice.RUN, HOUR)
    assert Policy.of({"overdue": "ask", "overdue_minutes": 5}) == Policy(Choice.ASK, timedelta(minutes=5))
    assert Policy.of({"overdue": "sing", "overdue_minutes": "long"}) == Policy()


async def test_by_default_a_late_wait_is_done_and_says_how_late_it_is(any_town: Town, probe: Probe) -> None:
    town = any_town
    await waiting(town, probe)
    await away(town, hours=2)
    await town.settle()
    card = await only(town)
    assert (card.run.status, probe.ran) == ("done", ["first", "second"])
    assert re.search("Срок прошёл 1 ч (29|30) мин назад: сервис не работал с", told(card))
    assert len(await said(town)) == len(await words(town)) == 1
    assert (await words(town))[0].partition(". ")[2].startswith("1 ожидание опоздало и уже выполнено.")


async def test_a_wait_that_is_too_late_is_skipped_and_the_process_is_answered(any_town: Town, probe: Probe) -> None:
    town = any_town
    await wants(town, "skip")
    await waiting(town, probe, wait_result="Y")
    await away(town, hours=2)
    await town.settle()
    card = await only(town)
    assert (card.run.status, card.run.result, probe.ran) == ("skipped", "skipped_late", ["first"])
    assert "Пропускаем." in card.line.reason.ru
    assert "It is skipped." in card.line.reason.en
    [reply] = card.replies
    assert (reply.answer["result"], reply.answer["ok"]) == ("skipped_late", "N")
    [text] = await words(town)
    assert "1 ожидание опоздало: 1 пропущено (опоздало больше чем на 1 ч)." in text


async def test_what_is_late_by_less_than_the_limit_is_done(town: Town, probe: Probe) -> None:
    await wants(town, "skip")
    await waiting(town, probe, minutes=90)
    await away(town, hours=2)
    await town.settle()
    assert (await only(town)).run.status == "done"


@pytest.mark.parametrize(("decision", "status", "ran"), [("run", "done", 2), ("skip", "skipped", 1)])
async def test_a_person_is_asked_and_decides(
    any_town: Town, probe: Probe, decision: str, status: str, ran: int
) -> None:
    town = any_town
    await wants(town, "ask")
    await waiting(town, probe, wait_result="Y")
    await away(town, hours=2)
    await town.settle()
    card = await only(town)
    assert (card.run.status, probe.ran, len(card.replies)) == ("held", ["first"], 0)
    assert "Ждём решения человека." in card.line.reason.ru
    assert "1 ожидание опоздало: 1 ждёт вашего решения." in (await words(town))[0]
    await town.advance(hours=5)
    await town.settle()
    assert (await only(town)).run.status == "held", "it waits as long as nobody decides"
    await chosen(town, decision)
    await town.settle()
    card = await only(town)
    assert (card.run.status, len(probe.ran), len(card.replies)) == (status, ran, 1)
    assert "Ольга Власова" in told(card)
    assert [row["action"] for row in await town.sql("SELECT action FROM audit WHERE action LIKE 'late_%'")] == [
        f"late_{decision}"
    ]
    with pytest.raises(NotNow):
        await chosen(town, decision)
    assert len(await said(town)) == 1


async def test_a_wait_that_nobody_decides_about_ends_with_its_run(town: Town, probe: Probe) -> None:
    await wants(town, "ask")
    await waiting(town, probe)
    await away(town, hours=2)
    await town.settle()
    await town.advance(hours=24 * 31)
    await town.settle()
    assert (await only(town)).run.result == "expired"


async def test_a_held_run_can_be_stopped_or_fired_as_every_other(town: Town, probe: Probe) -> None:
    await wants(town, "ask")
    await waiting(town, probe, runs=2)
    await away(town, hours=2)
    await town.settle()
    one, other = [card for card in await town.runs() if card.run.status == "held"]
    await cancelled(town, one)
    run, clock = other.run, town.base.clock
    await move(town.base.database, run.portal_id, run.id, action="now", wake_at=None, actor=OLGA, clock=clock)
    await town.settle()
    results = {card.run.id: card.run.result for card in await town.runs()}
    assert (results[one.run.id], results[other.run.id]) == ("cancelled_user", "done")


async def test_one_word_for_all_that_was_late(any_town: Town, probe: Probe) -> None:
    """Three are done because they are not late enough, two wait; those of the queue are none of it."""
    town = any_town
    await wants(town, "ask")
    await waiting(town, probe, minutes=30, runs=2)
    await waiting(town, probe, minutes=100, runs=3)
    await away(town, hours=2)
    await town.settle()
    [text] = await words(town)
    assert "5 ожиданий опоздали: 3 выполнены, 2 ждут вашего решения." in text
    assert [row["told_at"] is not None for row in await town.sql("SELECT told_at FROM outage")] == [True]


async def test_a_clock_that_a_demo_moves_is_no_outage(any_town: Town, probe: Probe) -> None:
    town = any_town
    await wants(town, "skip")
    await waiting(town, probe)
    await town.advance(hours=2)
    await town.settle()
    assert (await only(town)).run.status == "done"
    assert await town.sql("SELECT id FROM outage") == []


async def test_a_database_clock_that_jumps_is_no_outage(town: Town, probe: Probe) -> None:
    """The worker knows that it was at work a moment ago, whatever the clock says."""
    await wants(town, "skip")
    await waiting(town, probe)
    await town.advance(hours=2)
    await silent(town, hours=2)
    await town.settle()
    assert (await only(town)).run.status == "done"
    assert await town.sql("SELECT id FROM outage") == []


async def test_one_worker_of_two_that_is_killed_is_no_outage(any_town: Town, probe: Probe) -> None:
    town = any_town
    await wants(town, "skip")
    await waiting(town, probe)
    other = await town.another_worker()
    await other.turn()
    await killed(town.worker)
    await town.sql("UPDATE worker SET seen_at = seen_at - 7200000 WHERE name = :name", name=town.worker.engine.name)
    town.worker = await town.another_worker()
    await town.advance(hours=2)
    await town.settle()
    assert (await only(town)).run.status == "done"
    assert await town.sql("SELECT id FROM outage") == []


async def test_a_worker_that_left_properly_leaves_its_last_sign(town: Town, probe: Probe) -> None:
    await wants(town, "skip")
    await waiting(town, probe)
    await town.worker.engine.stop()
    await away(town, hours=2)
    await town.settle()
    assert (await only(town)).run.result == "skipped_late"


async def test_a_process_that_slept_looks_before_it_takes_anything(town: Town, probe: Probe) -> None:
    """A bell wakes the machine, and the first thing that runs is not the beat."""
    await wants(town, "skip")
    await waiting(town, probe)
    await away(town, hours=2)
    await town.worker.engine.drain()
    await town.worker.engine.idle()
    assert (await only(town)).run.result == "skipped_late"


async def test_waits_of_a_closed_portal_are_late_too(any_town: Town, probe: Probe) -> None:
    town = any_town
    await wants(town, "ask")
    await waiting(town, probe)
    store, portal_id = PortalStore(town.base.database), await town.portal_id()
    await store.close(portal_id, status="suspended", reason="PAYMENT", at=await town.now(), probe_at=None)
    town.base.lanes.changed(portal_id)
    await town.advance(hours=2)
    await town.settle()
    await store.reopen(portal_id, at=await town.now())
    town.base.lanes.changed(portal_id)
    await town.settle()
    assert (await only(town)).run.status == "held"
    assert len(await said(town)) == 1


async def test_a_copy_that_was_put_back_is_as_late_as_it_is_old(any_town: Town, probe: Probe) -> None:
    """Nobody knows of anything that was done since it was made."""
    town = any_town
    await wants(town, "ask")
    await waiting(town, probe)
    store, made_at = PortalStore(town.base.database), town.base.clock.real() - timedelta(hours=2)
    await town.advance(hours=2)
    await hold(town.base.database, store, at=await town.now(), since=made_at)
    town.base.lanes.changed(await town.portal_id())
    [row] = await town.sql("SELECT began_at, ended_at FROM outage")
    assert (row["began_at"], row["ended_at"]) == (to_millis(made_at), None)
    await let_go(town.base.database, store, at=await town.now())
    town.base.lanes.changed(await town.portal_id())
    await town.settle()
    assert (await only(town)).run.status == "held"
    [text] = await words(town)
    assert re.search(r"Сервис не работал с (\d\d:\d\d) до (?!\1)\d\d:\d\d\. 1 ожидание", text)


async def test_a_claim_that_was_false_makes_waits_late_too(town: Town, probe: Probe) -> None:
    """Somebody said that the application was removed, and it took hours to hear that it was not."""
    await wants(town, "ask")
    await waiting(town, probe)
    store, portal_id = PortalStore(town.base.database), await town.portal_id()
    await store.doubt(portal_id, at=await town.now())
    town.base.lanes.changed(portal_id)
    await town.advance(hours=2)
    await town.settle()
    await store.trust_again(portal_id, at=await town.now())
    town.base.lanes.changed(portal_id)
    await town.settle()
    assert (await only(town)).run.status == "held"


async def test_a_portal_that_was_closed_in_vain_leaves_nothing(town: Town, probe: Probe) -> None:
    await waiting(town, probe)
    store, portal_id = PortalStore(town.base.database), await town.portal_id()
    await store.close(portal_id, status="suspended", reason="PAYMENT", at=await town.now(), probe_at=None)
    assert len(await town.sql("SELECT id FROM outage WHERE ended_at IS NULL")) == 1
    await store.reopen(portal_id, at=await town.now())
    town.base.lanes.changed(portal_id)
    await town.settle()
    assert await town.sql("SELECT id FROM outage") == []
    assert await said(town) == []


async def test_a_silence_in_which_a_portal_was_closed_goes_on_until_it_is_open(town: Town, probe: Probe) -> None:
    await wants(town, "ask")
    await waiting(town, probe)
    store, portal_id = PortalStore(town.base.database), await town.portal_id()
    await away(town, hours=2)
    await store.close(portal_id, status="suspended", reason="PAYMENT", at=await town.now(), probe_at=None)
    town.worker.base.lanes.changed(portal_id)
    await town.settle()
    [row] = await town.sql("SELECT ended_at, began_at FROM outage")
    assert row["ended_at"] is None
    await store.reopen(portal_id, at=await town.now())
    town.worker.base.lanes.changed(portal_id)
    await town.settle()
    assert (await only(town)).run.status == "held"
    assert len(await said(town)) == 1


async def test_a_retry_is_no_wait(town: Town, probe: Probe) -> None:
    await wants(town, "skip")

    async def second(ctx: Context) -> Outcome:
        await ctx.look.item()
        return WaitUntil(ctx.now + HOUR, then=probe.go_on, because=SAID, looks=True)

    probe.second = second
    await waiting(town, probe, minutes=5)
    await town.fault("crm.item.get", "html_502", times=3)
    await town.advance(minutes=6)
    await town.settle()
    assert (await only(town)).run.status == "retrying"
    await away(town, hours=3)
    await town.settle()
    assert (await only(town)).run.finished_at is None


async def test_a_look_is_no_wait_but_the_moment_behind_it_is(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        promised = ctx.started_at + timedelta(minutes=40) if ctx.input.word else None
        due = ctx.started_at + timedelta(minutes=5)
        return WaitUntil(due, then=probe.go_on, because=SAID, looks=True, promised=promised)

    probe.first = first
    await wants(town, "skip")
    for word in ("", "promised"):
        await town.place("probe", word=word)
        await town.move(await town.deal())
        await town.settle()
    await away(town, hours=2)
    await town.settle()
    cards = [card.run for card in await town.runs() if card.run.robot == "probe"]
    assert {run.properties["word"]: run.result for run in cards} == {"": "done", "promised": "skipped_late"}


async def test_an_early_waking_does_not_hide_a_wait_that_is_over(town: Town, probe: Probe) -> None:
    """A message came while nobody worked, so the run wakes for it; its own time has passed meanwhile, too."""
    await wants(town, "skip")
    await waiting(town, probe)
    await town.advance(minutes=10)
    shift = (await town.now()).timestamp() * 1000
    await town.sql("UPDATE run SET wake_at = :at WHERE robot = 'probe'", at=round(shift))
    await away(town, hours=2)
    await town.settle()
    assert (await only(town)).run.result == "skipped_late"


async def test_a_call_that_came_while_nobody_worked_is_done(town: Town, probe: Probe) -> None:
    """It waits for no moment: the portal has only just asked for it."""
    await wants(town, "skip")
    await town.place("probe")
    await town.move(await town.deal())
    await town.portal.queue.drain()
    await away(town, hours=2)
    await town.settle()
    assert (await only(town)).run.status == "done"


async def test_a_moment_that_the_release_before_left_behind_is_none_of_this_wait(town: Town, probe: Probe) -> None:
    """It saves runs without it, so that of an earlier wait stays in the row."""
    await wants(town, "skip")
    await waiting(town, probe, minutes=100)
    await town.sql("UPDATE run SET timer_at = timer_at - 5400000 WHERE robot = 'probe'")
    await away(town, hours=2)
    await town.settle()
    assert (await only(town)).run.status == "done"


async def test_an_act_that_was_begun_is_brought_to_its_end(town: Town, probe: Probe) -> None:
    """A process died in the midst of it; the run does not wait any more."""
    await wants(town, "skip")
    held = HeldStep()

    async def second(ctx: Context) -> Outcome:
        return Act((NOTE,), then=probe.begin, because=SAID) if not ctx.results else Next(probe.go_on, SAID)

    probe.second = second
    await waiting(town, probe, minutes=5)
    probe.first = held
    await town.advance(minutes=6)
    await taken(town.worker, held)
    await killed(town.worker)
    held.go.set()
    await away(town, hours=2)
    await town.settle()
    card = await only(town)
    assert card.run.result == "done"
    assert len(await town.notifications()) >= 1


async def test_what_a_person_let_run_is_not_asked_about_again(town: Town, probe: Probe) -> None:
    """The next level is late by the same outage."""
    await wants(town, "ask")
    levels: list[int] = []

    async def second(ctx: Context) -> Outcome:
        levels.append(len(levels) + 1)
        if len(levels) < 3:
            return WaitUntil(ctx.started_at + timedelta(minutes=40), then=probe.go_on, because=SAID)
        return await _end(ctx)

    probe.second = second
    await waiting(town, probe)
    await away(town, hours=3)
    await town.settle()
    await chosen(town, "run")
    await town.settle()
    assert levels == [1, 2, 3]


async def _end(ctx: Context) -> Outcome:
    return await Probe().first(ctx)


async def test_a_short_one_is_kept_and_not_told(town: Town, probe: Probe) -> None:
    await waiting(town, probe, minutes=1)
    await away(town, minutes=4)
    await town.settle()
    assert (await only(town)).run.status == "done"
    assert len(await town.sql("SELECT id FROM outage WHERE told_at IS NOT NULL")) == 1
    assert await said(town) == []


async def test_old_outages_are_forgotten_unless_somebody_still_has_to_decide(town: Town, probe: Probe) -> None:
    await wants(town, "ask")
    await waiting(town, probe)
    await away(town, hours=2)
    await town.settle()
    portal_id, database = await town.portal_id(), town.base.database
    later = town.base.clock.real() + timedelta(days=40)
    await forget(database, portal_id, log_days=30, now=later)
    assert len(await town.sql("SELECT id FROM outage")) == 1
    await chosen(town, "skip")
    await town.settle()
    await forget(database, portal_id, log_days=30, now=later)
    assert await town.sql("SELECT id FROM outage") == []
    assert await town.sql("SELECT run_id FROM late_wait") == []
