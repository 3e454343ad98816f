"""Which answers take a question about their process along, so that those which are over in seconds are known, too."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from core.bitrix24.client import CommandOutcome
from core.bitrix24.command import Command
from core.db import Database, Statement
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

    async def questions(self, portal_id: str, workflow_id: str) -> dict[str, Command]:
        """Return what is to be asked in the same request; nothing most of the time, or where nothing is shown."""
        if self._rests_until.get(portal_id, 0.0) > self._monotonic():
            return {}
        self._rests_until[portal_id] = self._monotonic() + EACH_SECONDS
        [rows] = await self._database.read(Statement(_SHOWN, {"portal_id": portal_id}))
        return {"time": Command("server.time"), "process": by_name([workflow_id])} if rows else {}

    async def learn(self, portal_id: str, outcomes: Mapping[str, CommandOutcome], now: datetime) -> None:
        """Take in what was answered, if it was asked."""
        process, there = outcomes.get("process"), outcomes.get("time")
        if process is None or process.answer is None or not process.answer.ok:
            return
        skew = Skew.of(there.answer if there is not None else None, now)
        await learn(self._database, portal_id, processes_of(process.answer), skew=skew)
