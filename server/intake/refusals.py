"""Refused callers: everybody gets the same answer, and who is refused without end is told to slow down.

The queue server calls for all portals from a few addresses, so nobody is shut out: a call with the right secret
passes at any time, and only further refusals read 429 instead of 401.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from server.errors import Bad

IN_A_ROW: Final = 100
FORGOTTEN_AFTER_SECONDS: Final = 60.0
_MOST_ADDRESSES: Final = 10_000


class Refusals:
    """Counts refusals in a row by address, in this process."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._rows: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def refused(self, address: str) -> Bad:
        """Note a refusal and return what to answer."""
        now = self._monotonic()
        times, forgotten_at = self._rows.get(address, (0, 0.0))
        times = times + 1 if forgotten_at > now else 1
        self._rows[address] = (times, now + FORGOTTEN_AFTER_SECONDS)
        self._rows.move_to_end(address)
        if len(self._rows) > _MOST_ADDRESSES:
            self._rows.popitem(last=False)
        if times <= IN_A_ROW:
            return Bad(401, "unauthorized")
        return Bad(429, "too_many_requests", headers={"Retry-After": str(int(FORGOTTEN_AFTER_SECONDS))})

    def passed(self, address: str) -> None:
        """Forget the refusals of an address that knew a secret."""
        self._rows.pop(address, None)
