"""Pauses that a portal asked for: of a whole lane after 503, of one method after 429."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

#: The account of operating time covers ten minutes, so no rest is longer.
LONGEST_METHOD_REST: Final = timedelta(minutes=10)
METHOD_REST_STEP: Final = timedelta(minutes=1)
LONGEST_LANE_REST: Final = 60.0


class MethodRest:
    """Which methods of one lane rest, and until when.

    Kept in the process: another process learns the same at the cost of one refused request.
    """

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._refused_in_a_row: dict[str, int] = {}

    def refused(self, method: str, *, until: datetime | None, now: datetime) -> timedelta:
        """Note a 429 and return how long the method rests.

        ``until`` is the portal's ``operating_reset_at``; without it the rest grows by a minute each time.
        """
        times = self._refused_in_a_row.get(method, 0) + 1
        self._refused_in_a_row[method] = times
        rest = until - now if until is not None and until > now else METHOD_REST_STEP * times
        rest = min(rest, LONGEST_METHOD_REST)
        self._until[method] = now + rest
        return rest

    def worked(self, method: str) -> None:
        self._refused_in_a_row.pop(method, None)
        self._until.pop(method, None)

    def left(self, method: str, *, now: datetime) -> timedelta | None:
        """Return how long the method still rests, or None when it may be called."""
        until = self._until.get(method)
        return until - now if until is not None and until > now else None


class LaneRest:
    """How long a lane rests after each 503 in a row: about 1, 2, 4 … 60 seconds."""

    def __init__(self, *, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._in_a_row = 0

    def refused(self, asked_for: float | None = None) -> float:
        """Note a 503 and return the seconds to rest, never less than the portal asked for (``Retry-After``)."""
        longest = min(LONGEST_LANE_REST, 2.0**self._in_a_row)
        self._in_a_row = min(self._in_a_row + 1, 10)
        return max(longest * (0.5 + self._chance() / 2), min(asked_for or 0.0, LONGEST_LANE_REST))

    def worked(self) -> None:
        self._in_a_row = 0
