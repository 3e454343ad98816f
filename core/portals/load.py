"""How much of what a portal allows us is used: the bucket of its lane, and seconds of work on its account."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core.bitrix24.calls import RestCall

#: The portal counts a method's work over ten minutes (platform.md 4).
ACCOUNT_SECONDS: Final = 600.0
#: From here on the portal refuses the method: 420 by the source, 480 in the documentation's example.
MOST_OPERATING: Final = 420.0


@dataclass(frozen=True, slots=True)
class Load:
    """``fill`` is how full the bucket is, from 0 to 1; ``per_second`` how many requests drain from it.

    ``operating`` is how much of the ten minutes' account of one method is used, from 0 to 1 and more.
    """

    fill: float
    per_second: float
    operating: float


class Accounts:
    """What each portal last said to have on account, by method; a `CallSink`.

    Kept in the process that asked: who asks much knows best.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: dict[tuple[str, str], tuple[float, float]] = {}

    def __call__(self, call: RestCall) -> None:
        until = self._clock() + ACCOUNT_SECONDS
        for command in call.commands:
            if command.operating is not None:
                self._told[call.lane, command.method] = (until, command.operating)

    def share(self, portal_id: str, method: str) -> float:
        """Return the part of the account that is used, 0 when nothing was told for ten minutes."""
        until, seconds = self._told.get((portal_id, method), (0.0, 0.0))
        return seconds / MOST_OPERATING if until > self._clock() else 0.0
