"""A database's clock that jumps must not fire weeks of timers: it is compared with a clock that only counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from core.db import from_millis

#: A clock that gets so far ahead of the time that has passed is doubted.
JUMP: Final = timedelta(minutes=5)
#: Before the first look nothing is known, and nothing doubted.
_ANY_TIME: Final = 2**62


def steady_seconds() -> float:
    """Seconds that count on while a machine sleeps, where there is such a clock; they know no date."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class ClockGuard:
    """Doubts the database's clock when it jumps ahead, until it is back or a witness tells the same time."""

    def __init__(self, steady: Callable[[], float] = steady_seconds) -> None:
        self._steady = steady
        self._seen: tuple[int, float] | None = None
        self.is_doubtful = False

    @property
    def latest(self) -> int:
        """Milliseconds: the last moment at which the database's clock would be believed now."""
        expected = self._expected()
        return _ANY_TIME if expected is None else expected + JUMP // timedelta(milliseconds=1)

    def saw(self, now: int) -> bool:
        """Note the database's clock in milliseconds; False while it is doubted."""
        if now > self.latest:
            self.is_doubtful = True
            return False
        self._believe(now)
        return True

    def heard(self, now: int, witness: datetime) -> bool:
        """Believe the database's clock if somebody else tells the same time."""
        if abs(from_millis(now) - witness) > JUMP:
            return False
        self._believe(now)
        return True

    def _believe(self, now: int) -> None:
        self._seen = (now, self._steady())
        self.is_doubtful = False

    def _expected(self) -> int | None:
        if self._seen is None:
            return None
        now, at = self._seen
        return now + round((self._steady() - at) * 1000)
