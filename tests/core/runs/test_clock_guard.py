"""A database's clock that jumps: nothing is begun by it until somebody else tells the same time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.db import from_millis
from core.runs.clock_guard import JUMP, ClockGuard
from core.runs.engine import Engine
from tests.core.runs.hands import called
from tests.core.runs.probe import Probe
from tests.town import CLIENT_ID, Town

DAY = 86_400_000
NOON = 1_795_000_000_000


class Steady:
    now = 50.0

    def __call__(self) -> float:
        return self.now


def begun() -> tuple[ClockGuard, Steady]:
    steady = Steady()
    guard = ClockGuard(steady)
    assert guard.saw(NOON)
    return guard, steady


def test_a_clock_that_goes_as_time_does_is_believed() -> None:
    guard, steady = begun()
    steady.now += 3 * 86_400
    assert guard.saw(NOON + 3 * DAY)
    assert guard.latest == NOON + 3 * DAY + JUMP // timedelta(milliseconds=1)


def test_a_step_of_a_minute_is_no_jump() -> None:
    guard, _ = begun()
    assert guard.saw(NOON + 60_000)


def test_a_jump_is_doubted_until_the_clock_is_back() -> None:
    guard, steady = begun()
    assert not guard.saw(NOON + DAY)
    assert guard.is_doubtful
    steady.now += 10
    assert not guard.saw(NOON + DAY + 10_000)
    assert guard.saw(NOON + 10_000)
    assert not guard.is_doubtful


def test_a_witness_may_prove_it_right() -> None:
    guard, _ = begun()
    assert not guard.saw(NOON + DAY)
    assert not guard.heard(NOON + DAY, from_millis(NOON))
    assert guard.is_doubtful
    assert guard.heard(NOON + DAY, from_millis(NOON + DAY) + timedelta(seconds=3))
    assert not guard.is_doubtful
    assert guard.saw(NOON + DAY + 1)


def test_a_clock_that_is_put_back_fires_nothing_and_is_followed() -> None:
    guard, _ = begun()
    assert guard.saw(NOON - DAY)
    assert not guard.saw(NOON), "and its way forward is looked at like any other"


async def test_f_20_a_jump_begins_nothing_before_it_is_proven(any_town: Town, probe: Probe) -> None:
    """To the engine it is the same whether the database jumps ahead or the counting clock stays behind."""
    steady, told = Steady(), datetime.now(UTC) - timedelta(days=1)
    asked: list[datetime] = []

    async def witness() -> datetime:
        asked.append(told)
        return told

    base = any_town.base
    guard = ClockGuard(steady)
    engine = Engine(
        base.database, base.lanes, any_town.robots, base.clock, client_id=CLIENT_ID, guard=guard, witness=witness
    )
    await engine.beat()
    steady.now -= 86_400
    await called(any_town)
    assert await engine.sweep() == 0, "not even before the first look at the clock"
    await engine.beat()
    assert engine.doubts_clock
    assert await engine.sweep() == 0
    assert asked
    assert probe.ran == []
    told = datetime.now(UTC)
    await engine.beat()
    assert not engine.doubts_clock
    assert await engine.sweep() == 1
    await engine.idle()
    assert probe.ran == ["first"]
    await engine.stop()
