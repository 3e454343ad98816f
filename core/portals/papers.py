"""What the service keeps for a portal and robots only read: its settings, and its own table of shifts."""

from __future__ import annotations

from core.bitrix24.command import Json
from core.db import Database
from core.portals.lane import Lane
from core.portals.shifts import planned_shifts
from core.worktime.rota import Rota


class PortalPapers:
    """The papers of one portal (`core.robots.desk.Papers`); shifts are read once."""

    def __init__(self, lane: Lane, database: Database) -> None:
        self._lane = lane
        self._database = database
        self._rota: Rota | None = None

    def setting(self, name: str) -> Json:
        return self._lane.settings.get(name)

    async def rota(self) -> Rota:
        if self._rota is None:
            self._rota = Rota.of(await planned_shifts(self._lane.portal.id, self._database))
        return self._rota
