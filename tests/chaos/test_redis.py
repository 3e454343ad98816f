"""Redis hangs, dies, forgets or takes nothing: robots go on, a little later."""

from __future__ import annotations

import signal
import time

import pytest

from tests.acceptance.story import Record
from tests.chaos.crowd import Crowd
from tests.portal_side import CHIEF

COUNT = 12


async def escalations(crowd: Crowd, count: int) -> None:
    """Let the head be told of so many clients in a quarter of an hour."""
    deals = await crowd.come(count)
    await crowd.place("escalate_no_reply", after_minutes=15, wait_result="Y")
    await crowd.moved(deals)

    async def waits() -> bool:
        return crowd.armed() == count

    await crowd.until(waits, "runs that wait")


async def told(crowd: Crowd, count: int, *, within: float) -> float:
    """Let the time come and wait until the head was told of all; the seconds that took."""
    began = time.monotonic()
    await crowd.advance(minutes=16)

    async def all_told() -> bool:
        return len(await crowd.notifications(CHIEF)) >= count

    await crowd.until(all_told, "all notifications", within=within)
    return time.monotonic() - began


async def test_f_06_redis_hangs_and_is_restarted_while_timers_go_off(crowd: Crowd, figure: Record) -> None:
    redis = crowd.fleet.redis
    await escalations(crowd, COUNT)
    redis.send(signal.SIGSTOP)
    try:
        took = await told(crowd, COUNT, within=100)
    finally:
        redis.send(signal.SIGCONT)
    figure(f"{COUNT} timers while Redis hangs, seconds", took)
    redis.stop()
    redis.start()
    stand = await crowd.settled(range(COUNT))
    assert stand == {"done": COUNT}
    assert len(await crowd.notifications(CHIEF)) == COUNT
    assert len(crowd.fleet.living()) == 3, "no worker went with it"


async def test_f_07_redis_forgets_everything_all_the_time(crowd: Crowd, figure: Record) -> None:
    await escalations(crowd, COUNT)
    with crowd.fleet.rested(each=0.05):
        figure(f"{COUNT} timers while Redis forgets, seconds", await told(crowd, COUNT, within=100))
        stand = await crowd.settled(range(COUNT))
    assert stand == {"done": COUNT}
    assert len(await crowd.notifications(CHIEF)) == COUNT


@pytest.mark.chaos
async def test_f_08_redis_takes_nothing_more(crowd: Crowd, figure: Record) -> None:
    redis = crowd.fleet.redis
    await escalations(crowd, COUNT)
    assert redis.says("CONFIG SET maxmemory 1") == "+OK"
    try:
        took = await told(crowd, COUNT, within=100)
    finally:
        assert redis.says("CONFIG SET maxmemory 0") == "+OK"
    figure(f"{COUNT} timers while Redis is full, seconds", took)
    stand = await crowd.settled(range(COUNT))
    assert stand == {"done": COUNT}
