"""What one worker holds at once: enough of every portal, and of none so much that others wait for it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Final

#: Runs and answers of one portal that are worked on at once; their reads share requests.
PER_LANE: Final = 50
#: Of one portal so many are held; the rest stays in the database, where other workers find it.
LANE_MOST: Final = 2 * PER_LANE
#: And so many of all portals together.
MOST: Final = 20 * LANE_MOST


class Hands:
    """Counts what was taken and not yet brought to rest, and lets so much of each portal be worked on at once."""

    def __init__(self) -> None:
        self._runs: dict[str, str] = {}
        self._lanes: Counter[str] = Counter()
        self._gates: dict[str, asyncio.Semaphore] = {}

    def take(self, portal_id: str, run_id: str = "") -> None:
        """Note a run, or an answer, which has no id here."""
        self._lanes[portal_id] += 1
        if run_id:
            self._runs[run_id] = portal_id

    def put_down(self, portal_id: str, run_id: str = "") -> None:
        self._runs.pop(run_id, None)
        self._lanes[portal_id] -= 1
        if self._lanes[portal_id] <= 0:
            del self._lanes[portal_id]
            self._gates.pop(portal_id, None)

    def holds(self, run_id: str) -> bool:
        return run_id in self._runs

    def free(self) -> int:
        """Return how much more may be taken."""
        return max(0, MOST - self._lanes.total())

    def full(self, resting: Iterable[str] = ()) -> list[str]:
        """Return the portals of which nothing more may be taken; ``resting`` cannot be reached at present."""
        return sorted({*resting, *(portal_id for portal_id, held in self._lanes.items() if held >= LANE_MOST)})

    def gate(self, portal_id: str) -> asyncio.Semaphore:
        return self._gates.setdefault(portal_id, asyncio.Semaphore(PER_LANE))
