"""Claims, leases and the ends of processes: who works on a run, and that it is always exactly one."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta

import pytest
from structlog.contextvars import get_contextvars

from core.queue.bell import SLOT
from core.robots import Act, Done, Outcome, WaitUntil
from core.runs.advance import DEATHS
from core.runs.engine import SWEEP_SECONDS, Engine
from core.runs.hands import PER_LANE
from tests.core.runs.hands import Held, called, killed, taken
from tests.core.runs.probe import NOTE, SAID, Context, Probe, ProbeOutput, wait_for
from tests.servers import PostgresServer
from tests.town import Town, told


async def test_a_lost_bell_is_no_loss(any_town: Town, probe: Probe) -> None:
    """In a town no bell ever rings."""
    await called(any_town)
    await any_town.settle()
    assert (await any_town.run()).run.status == "done"


async def test_f_09_a_doubled_bell_runs_nothing_twice(any_town: Town, probe: Probe) -> None:
    await called(any_town)
    other = await any_town.another_worker()
    await other.engine.beat()
    await any_town.worker.engine.beat()
    drains: list[Awaitable[int]] = [worker.engine.drain() for worker in (any_town.worker, other) for _ in range(5)]
    await asyncio.gather(*drains)
    await asyncio.gather(any_town.worker.engine.idle(), other.engine.idle())
    assert probe.ran == ["first"]
    assert len((await any_town.run()).replies) == 1


async def test_f_09_an_early_bell_runs_nothing(any_town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        return WaitUntil(ctx.started_at + timedelta(minutes=5), then=probe.go_on, because=SAID)

    probe.first = first
    await any_town.fire("probe")
    assert await any_town.worker.engine.drain() == 0


async def test_a_worker_whose_clock_is_behind_takes_a_call_at_once(any_town: Town, probe: Probe) -> None:
    slow = await any_town.another_worker(behind=timedelta(milliseconds=500))
    await any_town.place("probe")
    await any_town.move(await any_town.deal())
    await any_town.portal.queue.drain()
    await slow.turn()
    assert probe.ran == ["first"]


async def test_bells_hang_for_what_comes_due_and_for_what_just_did(any_town: Town, probe: Probe) -> None:
    """The bell for a moment may ring early by the clock of the worker that hears it."""
    due = (await any_town.now()).replace(microsecond=0)

    async def first(ctx: Context) -> Outcome:
        return WaitUntil(due + timedelta(minutes=5), then=probe.go_on, because=SAID)

    probe.first = first
    await any_town.fire("probe")
    engine = any_town.worker.engine
    assert await engine.upcoming() == []
    await any_town.advance(minutes=4, seconds=30)
    [bell] = await engine.upcoming()
    assert timedelta(0) <= bell - (due + timedelta(minutes=5)) <= SLOT
    past_it = due + timedelta(minutes=5, milliseconds=1) - await any_town.now()
    await any_town.advance(seconds=past_it.total_seconds())
    assert len(await engine.upcoming()) == 1
    await any_town.advance(seconds=5)
    assert await engine.upcoming() == []


async def test_a_timer_needs_no_bell_to_go_off_in_time(any_town: Town, probe: Probe) -> None:
    """The sweep knows when it is needed next."""
    wait_for(probe, seconds=3)
    await any_town.fire("probe")
    engine = any_town.worker.engine
    assert 1 < await engine.pause() < 4.5
    await any_town.advance(seconds=2)
    assert 0.25 <= await engine.pause() < 2.5
    await any_town.advance(seconds=2)
    await any_town.settle()
    assert probe.ran == ["first", "second"]
    assert await engine.pause() == SWEEP_SECONDS


async def test_a_run_that_rests_for_a_moment_is_swept_for_in_time(any_town: Town, probe: Probe) -> None:
    """Its bell may be lost, and the sweeper has just lain down for longer."""
    engine = any_town.worker.engine
    living = asyncio.create_task(engine.live())
    await lain_down(engine, at_least=4)
    wait_for(probe, seconds=2)
    await any_town.fire("probe")
    await lain_down(engine, at_most=3.5)
    living.cancel()
    await asyncio.gather(living, return_exceptions=True)


async def lain_down(engine: Engine, *, at_least: float = 0, at_most: float = SWEEP_SECONDS) -> None:
    """Wait until the sweeper sleeps, and for how long."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(60):
        while not at_least <= engine.sweeps_at - loop.time() <= at_most:
            await asyncio.sleep(0.01)


async def test_many_runs_are_shared_and_each_runs_once(any_town: Town, probe: Probe) -> None:
    await any_town.place("probe")
    for _ in range(12):
        await any_town.move(await any_town.deal(dialog=False))
    await any_town.portal.queue.drain()
    await any_town.advance(seconds=1)
    others = [await any_town.another_worker() for _ in range(2)]
    for worker in others:
        await worker.engine.beat()
    await asyncio.gather(any_town.worker.turn(), *(worker.turn() for worker in others))
    assert probe.ran == ["first"] * 12
    assert len(await any_town.ledger("event.send")) == 12


async def test_a_worker_that_died_loses_its_run_to_another(any_town: Town, probe: Probe) -> None:
    held = probe.first = Held()
    await called(any_town)
    await taken(any_town.worker, held)
    await killed(any_town.worker)
    other = await any_town.another_worker()
    assert await other.turn() == 0, "its lease still holds"
    await any_town.sql("UPDATE run SET lease_until = 1")
    held.go.set()
    await other.turn()
    card = await any_town.run()
    assert (card.run.status, probe.ran) == ("done", ["first", "first"])


async def test_leases_of_a_silent_worker_are_free_at_once(any_town: Town, probe: Probe) -> None:
    held = probe.first = Held()
    await called(any_town)
    await taken(any_town.worker, held)
    await killed(any_town.worker)
    await any_town.sql("UPDATE worker SET seen_at = seen_at - 16000")
    held.go.set()
    await (await any_town.another_worker()).turn()
    assert (await any_town.run()).run.status == "done"


async def test_a_living_worker_keeps_its_leases(any_town: Town, probe: Probe) -> None:
    held = probe.first = Held()
    await called(any_town)
    await taken(any_town.worker, held)
    await any_town.sql("UPDATE run SET lease_until = lease_until - 80000")
    await any_town.worker.engine.beat()
    await any_town.sql("UPDATE run SET lease_until = lease_until - 80000")
    assert await (await any_town.another_worker()).turn() == 0
    held.go.set()
    await any_town.worker.engine.idle()
    assert probe.ran == ["first"]


async def test_f_04_a_worker_that_comes_too_late_changes_nothing(any_town: Town, probe: Probe) -> None:
    """It was paused in a step while another took the run and ended it."""
    held = probe.first = Held()
    await called(any_town, word="new")
    await taken(any_town.worker, held)
    await any_town.sql("UPDATE run SET lease_until = 1")

    async def quick(ctx: Context) -> Outcome:
        return Done("done", SAID, ProbeOutput(word="in time"))

    probe.first = quick
    await (await any_town.another_worker()).turn()
    held.go.set()
    await any_town.worker.engine.idle()
    card = await any_town.run()
    assert card.run.output["word"] == "in time"
    assert len(card.replies) == 1
    assert told(card).count(SAID.ru) == 1


async def test_f_04_a_worker_that_comes_too_late_does_nothing_to_the_world(any_town: Town, probe: Probe) -> None:
    """Another took the run between its plan and its call."""

    async def first(ctx: Context) -> Outcome:
        return Act((NOTE,), then=probe.go_on, because=SAID)

    probe.first = first
    stolen = asyncio.Event()

    async def steal(methods: list[str]) -> None:
        if "bizproc.activity.log" in methods and not stolen.is_set():
            stolen.set()
            await any_town.sql("UPDATE run SET lease_no = lease_no + 1, owner = 'another'")

    any_town.wire.before = steal
    await called(any_town)
    await any_town.worker.turn()
    assert stolen.is_set()
    assert await any_town.notifications() == []
    assert (await any_town.run()).effects == []


async def test_f_28_a_run_that_kills_its_process_is_set_aside(any_town: Town, probe: Probe) -> None:
    held = probe.first = Held()
    await called(any_town)
    for _ in range(DEATHS):
        worker = await any_town.another_worker()
        held.begun.clear()
        await taken(worker, held)
        await killed(worker)
        await any_town.sql("UPDATE worker SET seen_at = 0")
    await any_town.settle()
    card = await any_town.run()
    assert card.run.status == "quarantined"
    assert probe.ran == ["first"] * DEATHS
    assert "трижды аварийно завершился" in told(card)
    assert card.replies[0].answer["result"] == "failed"


async def test_f_28_who_only_waits_beside_a_run_that_kills_is_not_taken_for_it(any_town: Town, probe: Probe) -> None:
    """The runs that wait for their turn at the portal die with the worker again and again, and of nothing of theirs."""
    held = probe.first = Held()
    await any_town.place("probe")
    for _ in range(PER_LANE + 5):
        await any_town.move(await any_town.deal(dialog=False))
    await any_town.portal.queue.drain()
    await any_town.advance(seconds=1)
    for _ in range(DEATHS + 1):
        worker = await any_town.another_worker()
        held.begun.clear()
        await taken(worker, held)
        await killed(worker)
        await any_town.sql("UPDATE worker SET seen_at = 0")
    held.go.set()
    await any_town.settle()
    statuses = Counter(card.run.status for card in await any_town.runs())
    assert statuses["quarantined"] <= 2, "of those that two processes died on, one at a time is worked on"
    assert statuses.total() == statuses["quarantined"] + statuses["done"]


async def test_f_28_what_a_run_taken_out_had_begun_is_said_to_be_unknown(any_town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        return Act((NOTE,), then=probe.go_on, because=SAID)

    probe.first = first
    calling = asyncio.Event()

    async def hang(methods: list[str]) -> None:
        if "im.notify.system.add" in methods:
            calling.set()
            await asyncio.Event().wait()

    any_town.wire.before = hang
    await called(any_town)
    worker = await any_town.another_worker()
    await worker.engine.beat()
    await worker.engine.sweep()
    await calling.wait()
    await killed(worker)
    any_town.wire.before = None
    await any_town.sql("UPDATE worker SET seen_at = 0")
    await any_town.sql("UPDATE run SET deaths = :most", most=DEATHS)
    await any_town.settle()
    card = await any_town.run()
    assert (card.run.status, card.effects[0].state) == ("quarantined", "unknown")
    assert "Неизвестно, произошло ли: уведомление" in told(card)


async def test_who_stops_in_good_order_has_died_of_nothing(any_town: Town, probe: Probe) -> None:
    held = probe.first = Held()
    await called(any_town)
    await any_town.sql("UPDATE run SET deaths = 2")
    for _ in range(3):
        worker = await any_town.another_worker()
        worker.engine.stop_for = 0
        held.begun.clear()
        await taken(worker, held)
        await worker.engine.stop()
    held.go.set()
    await any_town.settle()
    assert (await any_town.run()).run.status == "done"


async def test_a_run_that_rests_is_no_death(any_town: Town, probe: Probe) -> None:
    """Two processes died on a run, then it came to rest: the count begins anew."""
    held = Held()

    async def first(ctx: Context) -> Outcome:
        return WaitUntil(ctx.started_at + timedelta(minutes=5), then=probe.go_on, because=SAID)

    probe.first = held
    await called(any_town)
    for _ in range(DEATHS - 1):
        worker = await any_town.another_worker()
        held.begun.clear()
        await taken(worker, held)
        await killed(worker)
        await any_town.sql("UPDATE worker SET seen_at = 0")
    probe.first = first
    await any_town.settle()
    assert (await any_town.run()).run.deaths == 0


# Stopping -------------------------------------------------------------------------------------------------------


async def test_a_worker_that_stops_finishes_what_is_in_flight(any_town: Town, probe: Probe) -> None:
    held = probe.first = Held()
    await called(any_town)
    await taken(any_town.worker, held)
    stopping = asyncio.create_task(any_town.worker.engine.stop())
    await asyncio.sleep(0)
    assert await any_town.worker.engine.drain() == 0
    held.go.set()
    await stopping
    card = await any_town.run()
    assert (card.run.status, card.run.attempt, card.run.deaths) == ("done", 0, 0)
    assert await any_town.sql("SELECT name FROM worker WHERE name = :name", name=any_town.worker.engine.name) == []


async def test_a_worker_that_stops_gives_the_rest_back(any_town: Town, probe: Probe) -> None:
    held = probe.first = Held()
    await called(any_town)
    any_town.worker.engine.stop_for = 0.05
    await taken(any_town.worker, held)
    await any_town.worker.engine.stop()
    card = await any_town.run()
    assert (card.run.status, card.run.attempt, card.run.deaths) == ("waiting", 0, 0)
    assert card.run.lease_until is None
    held.go.set()
    await (await any_town.another_worker()).turn()
    assert (await any_town.run()).run.status == "done"


async def test_a_worker_that_stops_says_that_it_lives(any_town: Town, probe: Probe) -> None:
    """A call in flight may take a minute; meanwhile nobody may take its run for abandoned."""
    held = probe.first = Held()
    await called(any_town)
    await taken(any_town.worker, held)
    await any_town.sql("UPDATE worker SET seen_at = 0")
    stopping = asyncio.create_task(any_town.worker.engine.stop())
    while not (await any_town.sql("SELECT 1 FROM worker WHERE seen_at > 0")):
        await asyncio.sleep(0.01)
    assert await (await any_town.another_worker()).turn() == 0
    held.go.set()
    await stopping
    assert probe.ran == ["first"]


async def test_what_was_not_begun_is_given_back_unbegun(town: Town, probe: Probe) -> None:
    """Fifty runs of a portal go at once; those that wait for their turn are left to the next worker."""
    held = probe.first = Held()
    await town.place("probe")
    for _ in range(55):
        await town.move(await town.deal(dialog=False))
    await town.portal.queue.drain()
    await town.advance(seconds=1)
    await taken(town.worker, held)
    stopping = asyncio.create_task(town.worker.engine.stop())
    await asyncio.sleep(0)
    held.go.set()
    await stopping
    assert len(probe.ran) == 50
    assert len([card for card in await town.runs() if card.run.status == "waiting"]) == 5


# The database is away ----------------------------------------------------------------------------------------------


@pytest.mark.postgres
async def test_a_run_whose_database_went_away_is_taken_up_again(
    postgres_town: Town, probe: Probe, postgres_server: PostgresServer
) -> None:
    """The worker lives on and would keep its lease for ever, so it must give up what it cannot save."""

    async def first(ctx: Context) -> Outcome:
        postgres_server.stop(signal.SIGQUIT)
        return Done("done", SAID)

    probe.first = first
    await called(postgres_town)
    await postgres_town.worker.turn()
    postgres_server.start()

    async def second_time(ctx: Context) -> Outcome:
        return Done("done", SAID)

    probe.first = second_time
    await postgres_town.settle()
    card = await postgres_town.run()
    assert (card.run.status, card.run.attempt, card.run.deaths) == ("done", 0, 0)
    assert "Ошибка в самом роботе" not in told(card)


async def test_what_was_claimed_and_never_told_is_found_again(any_town: Town, probe: Probe) -> None:
    """A claim may be committed and its answer lost: with the connection, or because arq gave up the job."""
    await called(any_town)
    await any_town.worker.engine.beat()
    drain = asyncio.create_task(any_town.worker.engine.drain())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    drain.cancel()
    await asyncio.gather(drain, return_exceptions=True)
    await any_town.base.database.write()
    assert probe.ran == []
    assert (await any_town.sql("SELECT owner FROM run"))[0]["owner"] == any_town.worker.engine.name
    await any_town.settle()
    assert probe.ran == ["first"]


async def test_a_run_that_cannot_even_be_begun_is_not_kept_for_ever(any_town: Town, probe: Probe) -> None:
    """The keys of its portal cannot be read: each minute is a new try, until somebody mends it."""
    await called(any_town)
    [row] = await any_town.sql("SELECT data_key FROM portal")
    await any_town.sql("UPDATE portal SET data_key = :key", key=b"broken")
    any_town.base.lanes.changed(await any_town.portal_id())
    await any_town.settle()
    card = await any_town.run()
    assert (card.run.status, card.run.lease_until) == ("retrying", None)
    assert card.run.wake_at is not None
    assert 50 < (card.run.wake_at - await any_town.now()).total_seconds() <= 60
    await any_town.sql("UPDATE portal SET data_key = :key", key=row["data_key"])
    any_town.base.lanes.changed(await any_town.portal_id())
    await any_town.advance(minutes=1)
    await any_town.settle()
    assert (await any_town.run()).run.status == "done"


async def test_what_is_logged_says_whose_run_it_is(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        bound.append(get_contextvars())
        return Done("done", SAID)

    bound: list[dict[str, object]] = []
    probe.first = first
    card = await town.fire("probe")
    assert bound == [{"run": card.run.id, "portal": card.run.portal_id}]
    assert get_contextvars() == {}
