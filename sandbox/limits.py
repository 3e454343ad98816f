"""Limits of the cloud: a leaky bucket of requests, and the time that a method may work (platform.md 4)."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Bucket:
    """Blocks above ``capacity`` requests and drains ``per_second``, in real time as a client's limiter does."""

    capacity: float = 50.0
    per_second: float = 2.0
    monotonic: Callable[[], float] = time.monotonic
    level: float = 0.0
    _seen: float = 0.0

    def admit(self) -> bool:
        now = self.monotonic()
        self.level = max(0.0, self.level - (now - self._seen) * self.per_second)
        self._seen = now
        if self.level + 1 > self.capacity:
            return False
        self.level += 1
        return True


@dataclass(slots=True)
class Operating:
    """Seconds of work per method within ten minutes, counted in ten buckets of one minute of the portal's time."""

    threshold: float = 480.0
    _minutes: defaultdict[str, deque[tuple[int, float]]] = field(default_factory=lambda: defaultdict(deque))

    def spend(self, method: str, seconds: float, now: float) -> float:
        minutes = self._minutes[method]
        minute = int(now // 60)
        if minutes and minutes[-1][0] == minute:
            minutes[-1] = (minute, minutes[-1][1] + seconds)
        else:
            minutes.append((minute, seconds))
        return self.spent(method, now)

    def spent(self, method: str, now: float) -> float:
        minutes = self._minutes[method]
        while minutes and minutes[0][0] <= int(now // 60) - 10:
            minutes.popleft()
        return sum(seconds for _, seconds in minutes)

    def exceeded(self, method: str, now: float) -> bool:
        return self.spent(method, now) >= self.threshold

    def reset_at(self, method: str, now: float) -> int:
        """Say when the oldest minute leaves the window, in unix seconds of the portal's time."""
        minutes = self._minutes[method]
        return (minutes[0][0] + 10) * 60 if minutes else int(now) + 600
