"""Dialogs are looked at while runs wait on them: often enough, by one worker, never at the cost of what robots do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core.bitrix24.limits import STANDARD
from core.portals.load import Load
from core.robots import Done, Outcome, WaitUntil, Watch
from core.runs import watching as module
from core.runs.watching import BUSY, IDLE, NORMAL, Noticing, Watching, interval_for, noticing
from tests.core.runs.probe import SAID, Context, Probe
from tests.core.runs.rows import portal, store, waiting
from tests.portal_side import CHIEF, Deal
from tests.town import Town, told

FREE = Load(fill=0, per_second=2, operating=0)
LEVELS = "30: add head, notify head"


class Watcher(Watching):
    """The watching of one worker, a round at a time; ``rung`` counts the bells."""

    def __init__(self, town: Town) -> None:
        self.rung = 0
        super().__init__(town.base.database, town.base.lanes, town.base.clock, ring=self._hear)

    async def _hear(self) -> None:
        self.rung += 1

    async def round(self) -> int:
        looks = await self.run_due()
        await self.idle()
        return looks


async def due(town: Town) -> None:
    """Let the interval be over."""
    await town.sql("UPDATE watch SET looked_at = 0, due_at = 0")


async def looked(town: Town) -> int:
    """How many requests for dialogs went to the portal."""
    await town.base.lanes.calls.flush()
    rows = await town.sql("SELECT COUNT(*) AS n FROM rest_call WHERE commands LIKE '%imopenlines.dialog.get%'")
    return int(rows[0]["n"] or 0)


async def waits(town: Town, probe: Probe) -> Deal:
    """A probe that waits for an hour on a dialog that nobody has written to since."""

    async def first(ctx: Context) -> Outcome:
        dialog = await ctx.dialog()
        return WaitUntil(ctx.now + timedelta(hours=1), then=probe.go_on, because=SAID, watch=Watch.of(dialog))

    probe.first = first
    deal = await town.deal()
    await town.place("probe")
    await town.move(deal)
    await town.settle()
    return deal


# What is noticed ------------------------------------------------------------------------------------------------


async def test_a_reply_in_a_portal_without_events_is_noticed_and_ends_the_escalation(town: Town) -> None:
    await town.switch(openline_events_for_all_connectors=False)
    deal = await town.deal()
    await town.place("escalate_no_reply", levels=LEVELS)
    await town.move(deal)
    await town.settle()
    watcher = Watcher(town)
    await watcher.round()
    await town.settle()
    assert (await town.run()).run.status == "waiting", "nobody has written"

    number = await town.employee_says(deal, "Расчёт будет в пятницу.")
    await town.settle()
    assert (await town.run()).run.status == "waiting", "the portal tells nothing"
    await due(town)
    assert await watcher.round() == 1
    assert watcher.rung == 1
    await town.settle()
    card = await town.run()
    assert (card.run.status, card.run.result) == ("cancelled", "cancelled_reply")
    assert f"№{number}" in told(card)
    assert await town.notifications(CHIEF) == []


async def test_a_client_who_writes_wakes_the_run_at_once_where_the_portal_tells(town: Town, probe: Probe) -> None:
    deal = await waits(town, probe)
    await town.client_says(deal, "Вы ещё здесь?")
    await town.settle()
    assert probe.ran == ["first", "second"]


@pytest.mark.parametrize("switch", ["openline_data_is_list", "session_events_carry_session"])
async def test_whatever_shape_the_event_has(town: Town, probe: Probe, switch: str) -> None:
    await town.switch(**{switch: True})
    deal = await waits(town, probe)
    await town.client_says(deal, "Вы ещё здесь?")
    await town.settle()
    assert probe.ran == ["first", "second"]


async def test_the_client_of_another_chat_wakes_nobody(town: Town, probe: Probe) -> None:
    await waits(town, probe)
    other = await town.deal(client="Пётр Иванов")
    await town.client_says(other, "Здравствуйте")
    await town.settle()
    assert probe.ran == ["first"]


async def test_a_dialog_that_was_closed_moves_too(town: Town, probe: Probe) -> None:
    await town.switch(openline_events_for_all_connectors=False)
    deal = await waits(town, probe)
    await town.close(deal)
    await Watcher(town).round()
    await town.settle()
    assert probe.ran == ["first", "second"]


async def test_a_run_is_not_woken_by_what_it_has_seen(town: Town, probe: Probe) -> None:
    """It waits on with the wait that it planned before the message came, as robots do that keep their plan."""
    planned: list[Watch] = []

    async def again(ctx: Context) -> Outcome:
        dialog = await ctx.dialog()
        planned.append(Watch.of(dialog))
        return WaitUntil(ctx.started_at + timedelta(hours=1), then=probe.go_on, because=SAID, watch=planned[0])

    await town.switch(openline_events_for_all_connectors=False)
    probe.first = probe.second = again
    deal = await town.deal()
    await town.place("probe")
    await town.move(deal)
    await town.settle()
    await town.client_says(deal, "Вы ещё здесь?")
    watcher = Watcher(town)
    for _ in range(3):
        await due(town)
        await watcher.round()
        await town.settle()
    assert probe.ran == ["first", "second"]
    assert planned[1].message_id > planned[0].message_id


async def test_what_was_noticed_twice_does_no_harm(any_town: Town, probe: Probe) -> None:
    deal = await waits(any_town, probe)
    await any_town.client_says(deal, "Вы ещё здесь?")
    watchers = [Watcher(any_town) for _ in range(3)]
    await asyncio.gather(*(watcher.round() for watcher in watchers))
    await any_town.settle()
    await due(any_town)
    await asyncio.gather(*(watcher.round() for watcher in watchers))
    await any_town.settle()
    assert probe.ran == ["first", "second"]


async def test_a_dialog_that_may_not_be_read_waits_for_its_time(town: Town, probe: Probe) -> None:
    await waits(town, probe)
    await town.sql("UPDATE run SET watch_chat_id = 999999, watch_message_id = 0")
    await Watcher(town).round()
    await town.settle()
    assert probe.ran == ["first"]


# What it costs --------------------------------------------------------------------------------------------------


async def many(town: Town, number: int) -> None:
    """Runs that wait on as many dialogs, none of which the portal knows."""
    portal_id = await town.portal_id()
    far = datetime(2100, 1, 1, tzinfo=UTC)
    rows = [waiting(portal_id, wake_at=far, watch_chat_id=700_000 + chat, watch_message_id=5) for chat in range(number)]
    async with town.base.database.session() as session:
        session.add_all(rows)


async def test_five_hundred_dialogs_are_ten_requests(town: Town) -> None:
    await many(town, 500)
    before = await looked(town)
    await Watcher(town).round()
    assert await looked(town) - before == 10
    assert await noticing(await town.portal_id(), town.base.database) == Noticing(NORMAL, 500)


async def test_runs_on_one_dialog_are_one_command(town: Town, probe: Probe) -> None:
    deal = await waits(town, probe)
    for _ in range(3):
        await town.move(deal, "C3:NEW")
        await town.move(deal)
        await town.settle()
    await town.base.lanes.calls.flush()
    await town.sql("DELETE FROM rest_call")
    await Watcher(town).round()
    await town.base.lanes.calls.flush()
    rows = await town.sql("SELECT method FROM rest_call")
    assert [row["method"] for row in rows] == ["imopenlines.dialog.get"], "a lone command needs no batch"


async def test_the_last_places_of_the_bucket_are_left_to_robots(town: Town) -> None:
    await many(town, 500)
    portal_id, limiter = await town.portal_id(), town.base.lanes._limiter
    while await limiter.fill(portal_id) < module.LAST_PLACES - 2 / STANDARD.burst:
        await limiter.wait_for(portal_id)
    before, watcher = await looked(town), Watcher(town)
    await watcher.round()
    assert await looked(town) - before <= 3
    assert await limiter.fill(portal_id) <= module.LAST_PLACES + 1 / STANDARD.burst
    assert (await noticing(portal_id, town.base.database)).within == BUSY
    [row] = await town.sql("SELECT after_chat_id, due_at - looked_at AS rest FROM watch")
    assert row["after_chat_id"], "it goes on where it stopped"


async def test_a_look_that_had_to_stop_goes_on_and_then_begins_anew(town: Town) -> None:
    await many(town, 120)
    await Watcher(town).round()
    await town.sql("UPDATE watch SET after_chat_id = 700049")
    await due(town)
    before = await looked(town)
    await Watcher(town).round()
    assert await looked(town) - before == 2
    [row] = await town.sql("SELECT after_chat_id, dialogs FROM watch")
    assert (row["after_chat_id"], row["dialogs"]) == (0, 120)


async def test_a_robot_acts_while_dialogs_are_watched(town: Town) -> None:
    """A look of ten requests is under way; what a robot asks for does not wait for its end."""
    await many(town, 500)
    deal = await town.deal()
    await town.place("dialog_state")
    await town.move(deal)
    await town.portal.queue.drain()
    order: list[str] = []

    async def note(methods: list[str]) -> None:
        order.append("watch" if set(methods) == {"imopenlines.dialog.get"} else "robot")
        await asyncio.sleep(0)

    town.wire.before = note
    watcher = Watcher(town)
    await watcher.run_due()
    await town.advance(seconds=1)
    await town.worker.turn()
    await watcher.idle()
    assert order.count("watch") == 10
    assert order.index("robot") < len(order) - 1 - order[::-1].index("watch")


@pytest.mark.parametrize(
    ("dialogs", "load", "interval"),
    [
        (0, FREE, IDLE),
        (50, FREE, IDLE),
        (51, FREE, NORMAL),
        (500, FREE, NORMAL),
        (1500, FREE, NORMAL),
        (1501, FREE, BUSY),
        (3000, Load(fill=0, per_second=5, operating=0), NORMAL),
        (1, Load(fill=0.3, per_second=2, operating=0), NORMAL),
        (1, Load(fill=0.5, per_second=2, operating=0), BUSY),
        (1, Load(fill=0, per_second=2, operating=0.3), NORMAL),
        (1, Load(fill=0, per_second=2, operating=0.5), BUSY),
    ],
)
def test_how_often(dialogs: int, load: Load, interval: timedelta) -> None:
    assert interval_for(dialogs, load) == interval


# Who looks, and when --------------------------------------------------------------------------------------------


async def test_one_worker_at_a_time(any_town: Town) -> None:
    await many(any_town, 1)
    before = await looked(any_town)
    watchers = [Watcher(any_town) for _ in range(4)]
    assert sum(await asyncio.gather(*(watcher.round() for watcher in watchers))) == 1
    assert await looked(any_town) - before == 1


async def test_a_look_of_a_worker_that_died_is_taken_over(town: Town) -> None:
    await many(town, 1)
    await Watcher(town).round()
    await due(town)
    await town.sql("UPDATE watch SET lease_until = 4102444800000")
    assert await Watcher(town).round() == 0
    await town.sql("UPDATE watch SET lease_until = 1")
    assert await Watcher(town).round() == 1


async def test_a_worker_that_came_too_late_keeps_nothing(town: Town) -> None:
    await many(town, 1)

    async def steal(methods: list[str]) -> None:
        await town.sql("UPDATE watch SET lease_no = lease_no + 1")

    town.wire.before = steal
    await Watcher(town).round()
    [row] = await town.sql("SELECT lease_until, looked_at FROM watch")
    assert row["lease_until"]
    assert row["looked_at"] == 0


async def test_a_worker_that_stops_leaves_the_portal_to_others(town: Town) -> None:
    await many(town, 1)
    begun = asyncio.Event()

    async def hang(methods: list[str]) -> None:
        begun.set()
        await asyncio.Event().wait()

    town.wire.before = hang
    watcher = Watcher(town)
    await watcher.run_due()
    await begun.wait()
    await watcher.stop()
    town.wire.before = None
    assert await Watcher(town).round() == 1


async def test_nothing_is_looked_at_twice_within_the_interval(town: Town) -> None:
    await many(town, 1)
    watcher = Watcher(town)
    assert [await watcher.round() for _ in range(3)] == [1, 0, 0]
    await town.sql("UPDATE watch SET looked_at = looked_at - 61000, due_at = due_at - 61000")
    assert await watcher.round() == 1


async def test_a_clock_that_runs_fast_makes_looks_come_early_but_not_at_once(town: Town) -> None:
    await many(town, 1)
    watcher = Watcher(town)
    await watcher.round()
    await town.advance(minutes=5)
    assert await watcher.round() == 0
    await town.sql("UPDATE watch SET looked_at = looked_at - 2000")
    assert await watcher.round() == 1


async def test_a_clock_that_was_set_back_does_not_stop_the_watching(town: Town) -> None:
    await many(town, 1)
    watcher = Watcher(town)
    await watcher.round()
    await town.sql("UPDATE watch SET due_at = due_at + 86400000")
    assert await watcher.round() == 0
    await town.sql("UPDATE watch SET looked_at = looked_at - 61000")
    assert await watcher.round() == 1


async def test_portals_where_nobody_waits_are_not_looked_at(town: Town) -> None:
    assert await Watcher(town).round() == 0
    await many(town, 1)
    assert await Watcher(town).round() == 1
    await town.sql("UPDATE run SET watch_chat_id = NULL")
    await due(town)
    assert await Watcher(town).round() == 0


@pytest.mark.parametrize("status", ["suspended", "needs_reinstall", "uninstalling"])
async def test_a_closed_portal_is_not_watched(town: Town, status: str) -> None:
    await many(town, 1)
    await town.sql("UPDATE portal SET status = :status", status=status)
    assert await Watcher(town).round() == 0


async def test_a_portal_that_closes_meanwhile_is_suspended_and_left_alone(town: Town) -> None:
    await many(town, 1)
    await town.switch(plan_has_rest=False)
    watcher = Watcher(town)
    await watcher.round()
    assert [row["status"] for row in await town.sql("SELECT status FROM portal")] == ["suspended"]
    await due(town)
    assert await watcher.round() == 0


async def test_trouble_of_the_portal_makes_the_next_look_come_later(town: Town) -> None:
    await many(town, 1)
    await town.fault("imopenlines.dialog.get", "query_limit")
    watcher = Watcher(town)
    await watcher.round()
    assert (await noticing(await town.portal_id(), town.base.database)).within == BUSY
    await due(town)
    await town.base.lanes._limiter.punish(await town.portal_id(), -100)
    assert await watcher.round() == 1


async def test_portals_are_looked_at_each_for_itself(town: Town) -> None:
    """A portal whose lane is closed does not keep the others waiting."""
    await many(town, 1)
    await store(
        town.base.database, portal("beta"), waiting("beta", watch_chat_id=5, wake_at=datetime(2100, 1, 1, tzinfo=UTC))
    )
    before = await looked(town)
    assert await Watcher(town).round() == 2
    assert await looked(town) - before == 1


async def test_what_people_are_told_before_the_first_look(town: Town) -> None:
    assert await noticing(await town.portal_id(), town.base.database) == Noticing(IDLE, 0)


async def test_what_waits_in_the_probe_ends(town: Town, probe: Probe) -> None:
    async def second(ctx: Context) -> Outcome:
        return Done("done", SAID)

    probe.second = second
    deal = await waits(town, probe)
    await town.employee_says(deal)
    await town.settle()
    assert (await town.run()).run.status == "done"
