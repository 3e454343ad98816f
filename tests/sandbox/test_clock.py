"""The portal's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sandbox.clock import Clock

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


class Ticks:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_runs_stands_and_hurries() -> None:
    ticks = Ticks()
    clock = Clock(START, monotonic=ticks)
    ticks.now += 10
    assert clock.now() == START + timedelta(seconds=10)
    clock.run_at(60)
    ticks.now += 10
    assert clock.now() == START + timedelta(seconds=610)
    clock.run_at(0)
    ticks.now += 10
    assert clock.now() == START + timedelta(seconds=610)


def test_it_jumps_and_tells_who_listens() -> None:
    told: list[int] = []
    clock = Clock(START, speed=0)
    clock.listeners.append(lambda: told.append(1))
    clock.advance(timedelta(minutes=30))
    clock.set(START)
    assert (clock.now(), len(told)) == (START, 2)
