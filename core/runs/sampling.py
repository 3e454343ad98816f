"""Processes that are looked at just before they get their answer, so that those over in seconds are known, too."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from core.bitrix24.command import Command
from core.bitrix24.errors import BitrixError
from core.db import Database, Statement
from core.portals.lane import Lane
from core.runs.learning import Skew, learn
from core.runs.processes import by_name, processes_of

#: One answer of a portal in so many seconds is enough to learn from.
EACH_SECONDS: Final = 60.0
_SHOWN: Final = "SELECT 1 FROM healing WHERE portal_id = :portal_id AND blind = ''"


class Samples:
    """The samples of one process; a process waits for its first answer, so it can be seen just before it gets it."""

    def __init__(self, database: Database, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._monotonic = monotonic
        self._rests_until: dict[str, float] = {}

    async def take(self, lane: Lane, workflow_id: str, now: datetime) -> None:
        """Look at a process and learn from it, unless that was done lately, or nothing is shown in this portal."""
        portal_id = lane.portal.id
        if self._rests_until.get(portal_id, 0.0) > self._monotonic():
            return
        self._rests_until[portal_id] = self._monotonic() + EACH_SECONDS
        [rows] = await self._database.read(Statement(_SHOWN, {"portal_id": portal_id}))
        if not rows:
            return
        try:
            answers = await lane.read({"time": Command("server.time"), "process": by_name([workflow_id])})
        except BitrixError:
            # The answer, which comes next, meets the same trouble and knows what to do about it.
            return
        if answers["process"].ok:
            skew = Skew.of(answers["time"], now)
            await learn(self._database, portal_id, processes_of(answers["process"]), skew=skew)
