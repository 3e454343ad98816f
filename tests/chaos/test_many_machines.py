"""Two web sides and three workers: they come, go and die under load, and nothing is lost or done twice."""

from __future__ import annotations

import asyncio
import random
import signal

import pytest

from tests.acceptance.story import Record
from tests.chaos.crowd import TEXT, Crowd

ROUNDS = [pytest.param(3, 24), pytest.param(20, 200, marks=pytest.mark.chaos)]


@pytest.mark.parametrize(("restarts", "count"), ROUNDS)
async def test_f_05_a_rolling_restart_under_load_loses_nothing(crowd: Crowd, restarts: int, count: int) -> None:
    fleet = crowd.fleet
    deals = await crowd.come(count)
    await crowd.place("send_message", text=TEXT)
    with fleet.rested():
        moving = asyncio.create_task(crowd.moved(deals, apart=0.02))
        for turn in range(restarts):
            oldest = fleet.living()[0]
            assert await fleet.beside(oldest.terminate) == 0
            await fleet.beside(fleet.add_worker)
            if turn % 3 == 0:
                port = list(fleet._webs)[turn // 3 % 2]
                await fleet.beside(fleet.restart_web, port)
        await moving
        assert {delivery["error"] for delivery in await crowd.deliveries()} == {""}
        stand = await crowd.settled(deals, passes=False)
    assert stand == {"done": count}
    assert await crowd.sent() == dict.fromkeys([deal.chat for deal in deals], 1)
    assert crowd.tried() == {(0, 0)}, "a deploy is no attempt"


@pytest.mark.parametrize(("kills", "count"), [pytest.param(4, 24), pytest.param(20, 150, marks=pytest.mark.chaos)])
async def test_f_03_workers_that_are_killed_at_random(crowd: Crowd, figure: Record, kills: int, count: int) -> None:
    fleet, chance = crowd.fleet, random.Random(kills)
    deals = await crowd.come(count)
    await crowd.place("send_message", text=TEXT)
    with fleet.rested():
        moving = asyncio.create_task(crowd.moved(deals, apart=0.03))
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0, 0.8))
            victim = chance.choice(fleet.living())
            victim.kill()
            fleet.forget(victim)
            await fleet.beside(fleet.add_worker)
        await moving
        stand = await crowd.settled(deals)
    await crowd.proven(deals, stand)
    figure(f"in doubt of {count} messages after {kills} kills", stand["unknown"])


async def test_f_04_a_worker_that_was_frozen_comes_too_late(crowd: Crowd) -> None:
    """It thaws with a claimed run, and another one has done it meanwhile."""
    fleet = crowd.fleet
    [deal] = await crowd.come(1)
    while len(fleet.living()) > 1:
        fleet.living()[-1].terminate()
    frozen = fleet.living()[0]
    await crowd.fault("imopenlines.crm.message.add", "delay", seconds=2)
    with fleet.rested():
        await crowd.calling(deal)
        frozen.send(signal.SIGSTOP)
        try:
            fleet.forget(frozen)
            await fleet.beside(fleet.add_worker)
            stand = await crowd.settled([deal])
        finally:
            frozen.send(signal.SIGCONT)
        await crowd.proven([deal], stand)
        deaths = crowd.tried()
        await asyncio.sleep(1)
    assert len(await crowd.outbox(deal)) == 1
    assert crowd.tried() == deaths
    assert crowd.stand() == stand


async def test_f_28_a_run_that_kills_every_worker_is_set_aside_and_others_go_on(crowd: Crowd) -> None:
    fleet = crowd.fleet
    poison, other = await crowd.come(2)
    for worker in fleet.living():
        worker.terminate()
    await crowd.place("send_message", text=TEXT)
    with fleet.rested():
        await crowd.move(poison)
        for _ in range(3):
            await fleet.beside(fleet.start_worker, crash_at="after_claim")
            doomed = fleet.worker
            assert await fleet.beside(doomed.ended) == -9
            fleet.forget(doomed)
        await fleet.beside(fleet.mend)
        assert (await crowd.stands(poison, "quarantined"))["status"] == "quarantined"
        assert (await crowd.answered(poison))["ok"] == "N"
        await crowd.move(other)
        assert (await crowd.ended(other))["result"] == "done"
    assert await crowd.outbox(poison) == []


async def test_f_01_a_web_side_killed_before_its_commit_leaves_nothing(crowd: Crowd) -> None:
    """Somebody holds the table, so the call waits to be written down; nobody was told that it is."""
    fleet = crowd.fleet
    [deal] = await crowd.come(1)
    await crowd.place("send_message", text=TEXT)
    holding = await asyncio.create_subprocess_exec(
        *fleet.postgres.psql("BEGIN; LOCK TABLE run IN EXCLUSIVE MODE; SELECT pg_sleep(1.5)", fleet.database)
    )
    await asyncio.sleep(0.3)
    await crowd.move(deal)
    await asyncio.sleep(0.3)
    for web in fleet._webs.values():
        web.kill()
    assert await holding.wait() == 0

    async def told() -> bool:
        return bool(await crowd.deliveries())

    fleet.mend()
    await crowd.until(told, "the end of the call")
    assert crowd.stand().total() == 0
    assert await crowd.outbox(deal) == []
