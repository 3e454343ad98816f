"""Refused callers: everybody gets the same answer, and who is refused without end is told to slow down.

The queue server calls for all portals from a few addresses, so nobody is shut out: a call with the right secret
passes at any time, and only further refusals read 429 instead of 401. Tokens that must be shown to the OAuth host are
another matter: an address that brings wrong ones without end has one of them looked at each second, for the vendor
counts what we ask.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from server.errors import Bad

IN_A_ROW: Final = 100
FORGOTTEN_AFTER_SECONDS: Final = 60.0
#: Questions in a burst behind the refusals in a row; one more comes with each second.
QUESTIONS: Final = 10.0
_MOST_ADDRESSES: Final = 10_000


@dataclass(slots=True)
class _Row:
    """Refusals in a row, and how many questions to the OAuth host the address has left."""

    times: int
    forgotten_at: float
    questions: float = QUESTIONS
    counted_at: float = 0.0


class Refusals:
    """Counts refusals in a row by address, in this process."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._rows: OrderedDict[str, _Row] = OrderedDict()

    def refused(self, address: str) -> Bad:
        """Note a refusal and return what to answer."""
        now = self._monotonic()
        row = self._row(address, now) or _Row(0, 0.0)
        row.times, row.forgotten_at = row.times + 1, now + FORGOTTEN_AFTER_SECONDS
        self._rows[address] = row
        self._rows.move_to_end(address)
        if len(self._rows) > _MOST_ADDRESSES:
            self._rows.popitem(last=False)
        return Bad(401, "unauthorized") if row.times <= IN_A_ROW else _slow_down()

    def before_asking(self, address: str) -> None:
        """Raise Bad 429 when the address has had the OAuth host asked about too many wrong tokens already."""
        now = self._monotonic()
        row = self._row(address, now)
        if row is None or row.times < IN_A_ROW:
            return
        row.questions = min(QUESTIONS, row.questions + now - row.counted_at) if row.counted_at else QUESTIONS
        row.counted_at = now
        if row.questions < 1:
            raise _slow_down()
        row.questions -= 1

    def passed(self, address: str) -> None:
        """Forget the refusals of an address that knew a secret."""
        self._rows.pop(address, None)

    def _row(self, address: str, now: float) -> _Row | None:
        row = self._rows.get(address)
        return row if row is not None and row.forgotten_at > now else None


def _slow_down() -> Bad:
    return Bad(429, "too_many_requests", headers={"Retry-After": str(int(FORGOTTEN_AFTER_SECONDS))})
