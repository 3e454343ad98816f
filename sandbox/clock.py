"""The portal's clock: starts at a chosen moment, runs at a chosen speed, and can be moved."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the portal's time in UTC. Speed 1 is real time, 0 stands still.

    Everything that belongs to the business of the portal follows it; tokens and the request limit run in real time.
    """

    def __init__(self, start_at: datetime, *, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic):
        self._monotonic = monotonic
        self._base_at = start_at.astimezone(UTC)
        self._base_tick = monotonic()
        self.speed = speed
        self.listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        return self._base_at + timedelta(seconds=(self._monotonic() - self._base_tick) * self.speed)

    def advance(self, by: timedelta) -> None:
        self.set(self.now() + by)

    def set(self, now: datetime) -> None:
        self._base_at, self._base_tick = now.astimezone(UTC), self._monotonic()
        for tell in self.listeners:
            tell()

    def run_at(self, speed: float) -> None:
        self._base_at, self._base_tick = self.now(), self._monotonic()
        self.speed = speed
