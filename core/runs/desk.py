"""The desk of a step: what our service keeps for the portal, as the database has it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Final

from core.bitrix24.wire import as_dict, as_int
from core.db import Statement, Value, to_millis
from core.portals.lane import Lane
from core.portals.papers import PortalPapers
from core.portals.templates import template_of
from core.robots.turns import Turns
from core.runs.journal import dumped
from core.runs.progress import Progress
from core.texts.template import Template

#: A pool whose name is longer is known by its hash.
_LONGEST_POOL: Final = 200

_TURNS: Final = "SELECT version, turns FROM assignment_pointer WHERE portal_id = :portal_id AND pool = :pool"
_TAKE_TURN: Final = """
INSERT INTO assignment_pointer (portal_id, pool, version, turns) VALUES (:portal_id, :pool, :version, :turns)
ON CONFLICT (portal_id, pool) DO UPDATE SET version = excluded.version, turns = excluded.turns
WHERE assignment_pointer.version = :seen
RETURNING version
"""
#: A guard is free when its run is over; whoever has it may ask again.
_GUARD: Final = """
INSERT INTO run_guard (portal_id, name, run_id) VALUES (:portal_id, :name, :run_id)
ON CONFLICT (portal_id, name) DO UPDATE SET run_id = excluded.run_id
WHERE run_guard.run_id = excluded.run_id OR NOT EXISTS (
    SELECT 1 FROM run WHERE run.id = run_guard.run_id AND run.finished_at IS NULL)
RETURNING name
"""
_DONE: Final = """
SELECT kind, body FROM effect
WHERE portal_id = :portal_id AND chat_id = :chat_id AND state IN ('confirmed', 'unknown') AND prepared_at > :since
"""


def guard_name(robot: str, thing: str, *, dry: bool) -> str:
    """Return the name under which a run of the robot looks after ``thing`` alone among its like."""
    return f"{robot}|{'dry' if dry else 'live'}|{thing}"


class PortalDesk(PortalPapers):
    """The desk of one step of one run (`core.robots.desk.Desk`)."""

    def __init__(self, progress: Progress, lane: Lane) -> None:
        super().__init__(lane, progress.database)
        self._progress = progress

    async def template(self, code: str) -> Template | None:
        return await template_of(self._lane.portal.id, self._progress.database, code)

    async def turns(self, pool: str) -> Turns:
        rows = (await self._progress.database.write(Statement(_TURNS, self._pool(pool))))[0]
        if not rows:
            return Turns()
        return Turns.from_json(int(rows[0]["version"] or 0), json.loads(str(rows[0]["turns"])))

    async def take_turn(self, pool: str, seen: Turns, taken: Turns) -> bool:
        params: dict[str, Value] = {"version": taken.version, "turns": dumped(taken.as_json()), "seen": seen.version}
        return bool((await self._progress.database.write(Statement(_TAKE_TURN, self._pool(pool) | params)))[0])

    async def only_one(self, thing: str) -> bool:
        """A run that only shows stands in nobody's way but that of its like."""
        run = self._progress.run
        name = guard_name(run.robot, thing, dry=self._progress.dry)
        params: dict[str, Value] = {"portal_id": run.portal_id, "name": name, "run_id": run.id}
        return bool((await self._progress.database.write(Statement(_GUARD, params)))[0])

    async def done_in_chat(self, chat_id: int, *, since: datetime) -> tuple[tuple[str, int], ...]:
        params: dict[str, Value] = {
            "portal_id": self._progress.run.portal_id,
            "chat_id": chat_id,
            "since": to_millis(since),
        }
        rows = (await self._progress.database.write(Statement(_DONE, params)))[0]
        return tuple(
            (str(row["kind"]), as_int(as_dict(json.loads(str(row["body"]))).get("user_id")) or 0) for row in rows
        )

    def _pool(self, pool: str) -> dict[str, Value]:
        name = pool if len(pool) <= _LONGEST_POOL else hashlib.sha256(pool.encode()).hexdigest()
        return {"portal_id": self._progress.run.portal_id, "pool": name}
