"""A portal that cannot be reached is left alone for a while, so that its silence costs nobody else anything."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from core.bitrix24.errors import NotSent
from core.bitrix24.evidence import UNSENT, Evidence, Sign

#: So many attempts in a row that reached nobody leave a portal alone.
FAILURES: Final = 5
#: Seconds between attempts to reach it then.
REST_SECONDS: Final = 60.0

#: That all our own connections are in use says nothing of the portal; a slow answer says that it is there.
_UNREACHED: Final = UNSENT - {Sign.NO_FREE_CONNECTION}


class Breaker:
    """Of one lane, in one process: open after five failures in a row, and then one request a minute tries.

    Any answer over HTTP closes it, whatever it says.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._until = 0.0

    @property
    def left(self) -> float:
        """Seconds until somebody may try, 0 while the lane is whole."""
        left = self._until - self._clock() if self._failures >= FAILURES else 0.0
        # A clock that was put back must not make a minute a day.
        return left if 0 < left <= REST_SECONDS else 0.0

    def check(self) -> None:
        """Raise NotSent while the portal is left alone; whoever may try lets the others wait for what comes of it."""
        if self._failures < FAILURES:
            return
        if left := self.left:
            raise NotSent(Evidence(Sign.NOT_REACHED), after=timedelta(seconds=left))
        self._until = self._clock() + REST_SECONDS

    def failed(self, sign: Sign) -> None:
        """Note an exchange that got no answer; only that nobody could be reached counts."""
        if sign not in _UNREACHED:
            return
        self._failures += 1
        if self._failures >= FAILURES:
            self._until = self._clock() + REST_SECONDS

    def answered(self) -> None:
        self._failures = 0
