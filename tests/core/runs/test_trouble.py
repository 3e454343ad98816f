"""What comes between a run and its end: trouble, mistakes, a release that knows too little, a portal that is closed."""

from __future__ import annotations

from core.bitrix24.command import Command
from core.robots import Act, Done, Failed, Outcome
from core.runs.advance import TRIES
from tests.core.runs.probe import NOTE, SAID, Context, Probe, reads, wait_for
from tests.town import Town, told

# What this release does not know ------------------------------------------------------------------------------------


async def test_an_unknown_robot_is_parked_until_a_release_knows_it(town: Town, probe: Probe) -> None:
    old = await town.another_worker(robots={})
    await town.place("probe")
    await town.move(await town.deal())
    await town.portal.queue.drain()
    await town.advance(seconds=1)
    await old.turn()
    card = await town.run()
    assert card.run.status == "parked"
    assert "Эта версия сервиса не знает такого робота" in told(card)
    await town.advance(minutes=1, seconds=1)
    await old.turn()
    assert told(await town.run()).count("Эта версия сервиса не знает") == 1
    await town.advance(minutes=1, seconds=1)
    await town.settle()
    assert (await town.run()).run.status == "done"
    assert probe.ran == ["first"]


async def test_a_robot_that_never_comes_is_answered_after_a_day(town: Town) -> None:
    old = await town.another_worker(robots={})
    await town.place("probe")
    deal = await town.deal()
    await town.move(deal)
    await town.portal.queue.drain()
    await town.advance(seconds=1)
    await old.turn()
    await town.advance(hours=24, minutes=1)
    await old.turn()
    assert "так и не появился в сервисе за сутки" in told(await town.run())
    await town.advance(seconds=1)
    await old.turn()
    assert (await town.process(deal))["returned"]["result"] == "failed"


async def test_an_unknown_step_is_parked_until_a_release_knows_it(town: Town, probe: Probe) -> None:
    wait_for(probe, minutes=5)
    card = await town.fire("probe")
    await town.sql("UPDATE run SET step = 'of_tomorrow'")
    await town.advance(minutes=6)
    await town.settle()
    assert (await town.run()).run.status == "parked"
    await town.sql("UPDATE run SET step = 'second'")
    await town.advance(minutes=2)
    await town.settle()
    assert (await town.run()).run.status == "done"
    assert card.run.id == (await town.run()).run.id


async def test_a_long_park_of_a_known_robot_is_no_end(town: Town, probe: Probe) -> None:
    """Only a robot that nobody knows is given up; a step may come with a later release, whenever that is."""
    wait_for(probe, minutes=5)
    await town.fire("probe")
    await town.sql("UPDATE run SET step = 'of_tomorrow'")
    await town.advance(hours=30)
    await town.settle()
    assert (await town.run()).run.status == "parked"


async def test_an_unknown_effect_is_parked_until_a_release_knows_it(town: Town, probe: Probe) -> None:
    """A newer worker planned it and died; this one must not take it for a mistake of the robot."""

    async def first(ctx: Context) -> Outcome:
        return Act((NOTE,), then=probe.go_on, because=SAID)

    async def tomorrow(methods: list[str]) -> None:
        if "im.notify.system.add" in methods:
            await town.sql("UPDATE effect SET kind = 'of_tomorrow', state = 'planned'")
            await town.sql("UPDATE run SET lease_no = lease_no + 1, lease_until = NULL")
            town.wire.before = None

    probe.first = first
    town.wire.before = tomorrow
    await town.place("probe")
    await town.move(await town.deal())
    await town.settle()
    assert (await town.run()).run.status == "parked"
    await town.sql("UPDATE effect SET kind = 'notify_staff'")
    await town.advance(minutes=2)
    await town.settle()
    assert (await town.run()).run.status == "done"


# Trouble --------------------------------------------------------------------------------------------------------


async def test_a_portal_out_of_reach_is_asked_again_later_and_later(town: Town, probe: Probe) -> None:
    probe.first = reads
    town.wire.cut = True
    card = await town.fire("probe")
    pauses = []
    for _ in range(4):
        card = await town.run()
        assert card.run.status == "retrying"
        assert card.run.wake_at is not None
        pauses.append(round((card.run.wake_at - await town.now()).total_seconds()))
        await town.advance(seconds=pauses[-1] + 1)
        await town.settle()
    added = [pause - least for pause, least in zip(pauses, (2, 4, 8, 16), strict=True)]
    assert set(added) <= {0, 1}, "each is rounded up to a whole second by itself"
    assert "Портал не ответил" in told(card)
    town.wire.cut = False
    await town.advance(minutes=2)
    await town.settle()
    card = await town.run()
    assert card.run.status == "done"
    assert card.run.attempt == 0


async def test_a_mistake_of_a_robot_is_tried_five_times(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        ctx.state.count += 1
        assert ctx.state.count == 1, "the state is as before the step"
        raise RuntimeError("Павел, +7 900 000-00-00")

    probe.first = first
    card = await town.fire("probe")
    pauses = []
    while card.run.status == "retrying":
        assert card.run.wake_at is not None
        pauses.append(round((card.run.wake_at - await town.now()).total_seconds(), -1))
        await town.advance(seconds=pauses[-1] + 10)
        await town.settle()
        card = await town.run()
    assert pauses == [10, 60, 360, 2160]
    assert probe.ran == ["first"] * TRIES
    assert card.run.status == "failed"
    assert "Ошибка в самом роботе (RuntimeError tests.core.runs.test_trouble:" in told(card)
    assert "попытки исчерпаны" in card.run.output["reason"]
    assert "Павел" not in told(card)


async def test_waiting_for_the_portal_leaves_a_mistake_its_own_tries(town: Town, probe: Probe) -> None:
    """What the portal made us wait is not counted against the robot, nor does its end take the robot's tries back."""
    probe.first = reads
    town.wire.cut = True
    await town.fire("probe")
    for _ in range(TRIES):
        await town.advance(minutes=2)
        await town.settle()
    assert (await town.run()).run.attempt > TRIES
    town.wire.cut = False

    async def first(ctx: Context) -> Outcome:
        raise RuntimeError("a mistake")

    probe.first, probe.ran[:] = first, []
    for _ in range(TRIES):
        await town.advance(hours=1)
        await town.settle()
    card = await town.run()
    assert card.run.status == "failed"
    assert probe.ran == ["first"] * TRIES


async def test_an_error_of_the_method_itself_ends_the_run(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        answers = await ctx.read({"nobody": Command("user.get", {"FILTER": {"ID": 1}})})
        return Failed(SAID) if not answers["nobody"].ok else Done("done", SAID)

    probe.first = first
    await town.fault("user.get", "error:ERROR_CORE")
    card = await town.fire("probe")
    assert card.run.result == "failed"


async def test_a_run_that_outlived_its_term_is_answered(town: Town, probe: Probe) -> None:
    wait_for(probe, days=40)
    card = await town.fire("probe")
    assert card.run.wake_at == card.run.expires_at
    await town.advance(hours=24 * 30 + 1)
    await town.settle()
    card = await town.run()
    assert (card.run.status, card.run.result) == ("failed", "expired")
    assert "Срок жизни запуска истёк" in told(card)
    assert card.replies[0].answer["result"] == "expired"
    assert probe.ran == ["first"]


async def test_a_trouble_at_the_very_end_of_its_term_waits_no_longer(town: Town, probe: Probe) -> None:
    wait_for(probe, days=29, hours=23, minutes=59)
    await town.fire("probe")
    probe.second = reads
    town.wire.cut = True
    await town.advance(hours=24 * 30 + 1)
    await town.settle()
    assert (await town.run()).run.result == "expired"


# The portal as a whole ----------------------------------------------------------------------------------------------


async def test_runs_of_a_closed_portal_wait_and_go_on_when_it_is_open_again(town: Town, probe: Probe) -> None:
    probe.first = reads
    await town.fault("crm.item.get", "error:PAYMENT_REQUIRED", times=1)
    card = await town.fire("probe")
    assert card.run.status == "waiting"
    assert "Портал временно закрыт для приложения (PAYMENT_REQUIRED)" in told(card)
    assert (await town.sql("SELECT status FROM portal"))[0]["status"] == "suspended"
    await town.settle()
    assert probe.ran == ["first"]
    await town.advance(minutes=6)
    await town.settle()
    assert (await town.run()).run.status == "done"


async def test_a_lane_that_is_open_by_now_costs_no_busy_loop(town: Town, probe: Probe) -> None:
    """Another process opened the portal: ours learns it within seconds and does not spin until then."""
    card = await town.fire("probe")
    lane = await town.base.lanes.lane(card.run.portal_id)
    assert lane.portal.is_active
    await town.sql("UPDATE portal SET status = 'suspended'")
    town.base.lanes.changed(card.run.portal_id)
    await town.base.lanes.closed_lane(card.run.portal_id)
    await town.sql("UPDATE portal SET status = 'active'")
    await town.move(await town.deal())
    await town.portal.queue.drain()
    await town.advance(seconds=1)
    await town.settle()
    assert [one.run.status for one in await town.runs()] == ["done", "done"]
    assert [one.run.lease_no for one in await town.runs()] == [2, 1]


async def test_runs_of_a_portal_that_removed_us_are_over_for_good(any_town: Town, probe: Probe) -> None:
    wait_for(probe, minutes=30)
    await any_town.fire("probe")
    await any_town.order("uninstall")
    await any_town.settle()
    card = await any_town.run()
    assert (card.run.status, card.run.result) == ("cancelled", "cancelled_user")
    assert "Приложение удалено из портала." in told(card)
    await any_town.install()
    await any_town.advance(hours=1)
    await any_town.settle()
    assert probe.ran == ["first"]


async def test_a_forged_call_does_nothing_and_is_not_answered(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        await ctx.look.item()
        return Act((NOTE,), then=probe.go_on, because=SAID)

    probe.first = first
    await forge(town)
    card = await town.run()
    assert (card.run.status, card.run.result) == ("refused", "refused")
    assert "он подделан" in told(card)
    assert not card.replies
    assert await town.ledger() == []


async def test_a_forged_call_does_nothing_even_if_its_robot_looks_at_nothing(town: Town, probe: Probe) -> None:
    async def first(ctx: Context) -> Outcome:
        return Act((NOTE,), then=probe.go_on, because=SAID)

    probe.first = first
    await forge(town)
    assert (await town.run()).run.status == "refused"
    assert await town.notifications() == []


async def forge(town: Town) -> None:
    """Call the probe as the portal does, with everything right but the event_token."""
    await town.place("probe")
    await town.order("queue", paused=True)
    await town.move(await town.deal())
    delivery = town.portal.queue.log[-1]
    token = str(delivery.form["event_token"])
    delivery.form["event_token"] = token[:-8] + "00000000"
    await town.settle()
