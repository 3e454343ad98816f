"""How a portal's service is: workers alive, timers late, robots registered, outcomes that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlmodel import col, func, select

from core.clock import Clock
from core.db import Database
from core.portals.tables import Portal
from core.portals.tasks import owed
from core.runs.cursor import ASLEEP
from core.runs.listing import Listing
from core.runs.tables import Run, WorkerRow
from core.runs.watching import Noticing, noticing

#: A worker that said nothing for so long is not counted on (as the engine does).
SILENT: Final = timedelta(seconds=15)
#: Being late by less is the sweep's turn, not trouble.
LATE: Final = timedelta(seconds=15)

Registration = Literal["done", "under_way", "no_worker", "refused"]


@dataclass(frozen=True, slots=True)
class WorkerState:
    name: str
    seen_ago: timedelta


@dataclass(frozen=True, slots=True)
class ServiceState:
    """``overdue`` counts this portal's timers that should have fired; ``oldest`` is how late the first one is."""

    portal_status: str
    portal_reason: str
    registration: Registration
    registration_note: str
    synced_at: datetime | None
    workers: tuple[WorkerState, ...]
    overdue: int
    oldest: timedelta
    undecided: int
    #: How soon a new message is noticed where the portal tells nothing of it, and how many dialogs are watched.
    noticing: Noticing

    @property
    def is_well(self) -> bool:
        alive = any(worker.seen_ago <= SILENT for worker in self.workers)
        return alive and self.portal_status == "active" and not self.overdue and self.registration == "done"


class StateReader:
    """Looks at the database; the workers' own pulse is in real time, timers in business time."""

    def __init__(self, database: Database, listing: Listing, clock: Clock) -> None:
        self._database = database
        self._listing = listing
        self._clock = clock

    async def look(self, portal_id: str) -> ServiceState:
        now = self._clock.now()
        async with self._database.session() as session:
            portal = (await session.exec(select(Portal).where(col(Portal.id) == portal_id))).one()
            rows = (await session.exec(select(WorkerRow).order_by(col(WorkerRow.seen_at).desc()).limit(20))).all()
            late = (
                col(Run.portal_id) == portal_id,
                col(Run.wake_at) < now - LATE,
                col(Run.status).in_(ASLEEP),
            )
            number, oldest = (await session.exec(select(func.count(), func.min(Run.wake_at)).where(*late))).one()
        workers = tuple(WorkerState(row.name, max(self._clock.real() - row.seen_at, timedelta(0))) for row in rows)
        registration, note = await self._registration(portal, workers)
        return ServiceState(
            portal_status=portal.status,
            portal_reason=portal.status_reason,
            registration=registration,
            registration_note=note,
            synced_at=portal.robots_synced_at,
            workers=workers,
            overdue=number,
            oldest=now - oldest if oldest else timedelta(0),
            undecided=(await self._listing.counts(portal_id, since=now)).undecided,
            noticing=await noticing(portal_id, self._database),
        )

    async def _registration(self, portal: Portal, workers: tuple[WorkerState, ...]) -> tuple[Registration, str]:
        tasks = await owed(portal.id, self._database)
        if "sync" not in tasks and portal.robots_fingerprint:
            return "done", ""
        if note := tasks.get("sync", ""):
            return "refused", note
        alive = any(worker.seen_ago <= SILENT for worker in workers)
        return ("under_way" if alive else "no_worker"), ""
