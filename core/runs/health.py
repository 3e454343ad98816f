"""Whether work is being done: when a worker was last seen, and what should have run by now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core.clock import Clock
from core.db import Database, Statement
from core.runs.statements import SILENT

#: A step may start this long after its time; from then on it is overdue.
PUNCTUAL: Final = timedelta(seconds=5)

_SEEN: Final = "SELECT MIN({now} - seen_at) AS silent_for FROM worker"
_SEEN_ON_HOST: Final = "SELECT COUNT(*) AS workers FROM worker WHERE host = :host AND seen_at > {now} - :silent"
_OVERDUE: Final = """
SELECT COUNT(*) AS runs, COALESCE(MAX({now} + :shift - wake_at), 0) AS late_by FROM run
WHERE wake_at IS NOT NULL AND wake_at < {now} + :shift - :punctual AND lease_until IS NULL
  AND portal_id NOT IN (SELECT id FROM portal WHERE status <> 'active')
"""


@dataclass(frozen=True, slots=True)
class Health:
    """`worker_silent_for` is None when no worker ever ran; `oldest_late_by` is zero when nothing is overdue."""

    worker_silent_for: timedelta | None
    overdue: int
    oldest_late_by: timedelta

    @property
    def has_worker(self) -> bool:
        return self.worker_silent_for is not None and self.worker_silent_for < timedelta(milliseconds=SILENT)


async def health(database: Database, clock: Clock) -> Health:
    """Ask the database; raises DatabaseAway."""
    times = {"shift": _milliseconds(clock.shift()), "punctual": _milliseconds(PUNCTUAL)}
    [[seen], [overdue]] = await database.read(Statement(_SEEN), Statement(_OVERDUE, times))
    silent_for = seen["silent_for"]
    return Health(
        worker_silent_for=None if silent_for is None else timedelta(milliseconds=int(silent_for)),
        overdue=int(overdue["runs"] or 0),
        oldest_late_by=timedelta(milliseconds=int(overdue["late_by"] or 0)),
    )


async def was_seen(database: Database, *, host: str) -> bool:
    """Tell whether a worker of this host is alive; raises DatabaseAway."""
    [[row]] = await database.read(Statement(_SEEN_ON_HOST, {"host": host, "silent": SILENT}))
    return bool(row["workers"])


def _milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)
