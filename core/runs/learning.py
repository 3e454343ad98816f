"""What processes of a portal use to do is learned from those that called us and still live."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.bitrix24.command import Answer
from core.bitrix24.wire import as_datetime
from core.db import Database, Row, Statement, Value, from_millis, to_millis, whole
from core.runs.habit import Call, Habit, learned
from core.runs.journal import dumped
from core.runs.processes import PAGE, Process

#: Of the processes that called since the last look, the newest page.
_CALLED: Final = """
SELECT workflow_id, MAX(created_at) AS called_at FROM run
WHERE portal_id = :portal_id AND created_at > :since AND workflow_id <> '' AND item_id > 0 AND copy_of IS NULL
GROUP BY workflow_id ORDER BY called_at DESC LIMIT :most
"""
_CALLS: Final = """
SELECT id, robot, properties, created_at FROM run
WHERE portal_id = :portal_id AND entity_type_id = :entity_type_id AND item_id = :item_id
  AND workflow_id = :workflow_id AND copy_of IS NULL
ORDER BY created_at, id
"""
_HABITS: Final = "SELECT * FROM template_habit WHERE portal_id = :portal_id AND last_at > :since"
_KEEP: Final = """
INSERT INTO template_habit (portal_id, template_id, robots, processes, silent, slowest, alike, properties_hash, run_id,
    first_at, last_at)
VALUES (:portal_id, :template_id, :robots, :processes, :silent, :slowest, :alike, :properties_hash, :run_id,
    :first_at, :last_at)
ON CONFLICT (portal_id, template_id) DO UPDATE SET robots = excluded.robots, processes = excluded.processes,
    silent = excluded.silent, slowest = excluded.slowest, alike = excluded.alike,
    properties_hash = excluded.properties_hash, run_id = excluded.run_id, last_at = excluded.last_at
"""
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Skew:
    """How far the portal's clock is ahead of ours, to compare its times with ours."""

    ahead: timedelta = timedelta()

    @classmethod
    def of(cls, time: Answer | None, now: datetime) -> Skew:
        """Read the answer to ``server.time``; without one the clocks are taken to agree."""
        there = as_datetime(time.result) if time is not None and time.ok else None
        return cls(there - now) if there is not None else cls()

    def there(self, at: datetime) -> datetime:
        return at + self.ahead


async def called_since(database: Database, portal_id: str, since: datetime) -> list[str]:
    """Return the processes that called us since then, at most a page of them."""
    params: dict[str, Value] = {"portal_id": portal_id, "since": to_millis(since), "most": PAGE}
    [rows] = await database.read(Statement(_CALLED, params))
    return [str(row["workflow_id"]) for row in rows]


async def habits(database: Database, portal_id: str, *, since: datetime) -> dict[str, Habit]:
    """Return what is known of the templates whose processes called us since then, by template."""
    [rows] = await database.read(Statement(_HABITS, {"portal_id": portal_id, "since": to_millis(since)}))
    return {str(row["template_id"]): _habit(row) for row in rows}


async def calls_of(database: Database, portal_id: str, processes: Sequence[Process]) -> list[list[Row]]:
    """Return for each of these processes the calls that we had from it, the first one first."""
    if not processes:
        return []
    return await database.read(*(Statement(_CALLS, _key(portal_id, process)) for process in processes))


async def learn(database: Database, portal_id: str, processes: Iterable[Process], *, skew: Skew) -> None:
    """Take in what these living processes called; harmless to repeat."""
    mine = [process for process in processes if process.item is not None and process.template_id]
    found = zip(mine, await calls_of(database, portal_id, mine), strict=True)
    known: dict[str, Habit] = {}
    for process, rows in sorted((one for one in found if one[1]), key=lambda one: whole(one[1][0]["created_at"])):
        habit = known.get(process.template_id) or await _known(database, portal_id, process)
        calls = [_call(row, process, skew) for row in rows]
        known[process.template_id] = learned(habit, calls, at=from_millis(whole(rows[0]["created_at"])))
    await keep(database, portal_id, known.values())


async def keep(database: Database, portal_id: str, changed: Iterable[Habit]) -> None:
    statements = [Statement(_KEEP, _row(portal_id, habit)) for habit in changed]
    if statements:
        await database.write_all(statements)


async def _known(database: Database, portal_id: str, process: Process) -> Habit:
    sql = "SELECT * FROM template_habit WHERE portal_id = :portal_id AND template_id = :template_id"
    params: Mapping[str, Value] = {"portal_id": portal_id, "template_id": process.template_id}
    [rows] = await database.read(Statement(sql, params))
    if rows:
        return _habit(rows[0])
    return Habit(process.template_id, first_at=process.started_at, last_at=from_millis(0))


def _call(row: Row, process: Process, skew: Skew) -> Call:
    told, created_at = row["properties"], from_millis(whole(row["created_at"]))
    properties = json.dumps(json.loads(told), sort_keys=True) if isinstance(told, str) else ""
    return Call(
        run_id=str(row["id"]),
        robot=str(row["robot"]),
        properties_hash=hashlib.sha256(properties.encode()).hexdigest() if properties else "",
        delay=max(skew.there(created_at) - process.started_at, timedelta()),
    )


def _key(portal_id: str, process: Process) -> dict[str, Value]:
    item = process.item
    return {
        "portal_id": portal_id,
        "entity_type_id": item.entity_type_id if item else 0,
        "item_id": item.id if item else 0,
        "workflow_id": process.id,
    }


def _habit(row: Row) -> Habit:
    robots = json.loads(str(row["robots"]))
    return Habit(
        template_id=str(row["template_id"]),
        first_at=from_millis(whole(row["first_at"])),
        last_at=from_millis(whole(row["last_at"])),
        robots={str(code): int(most) for code, most in robots.items()} if isinstance(robots, dict) else {},
        processes=whole(row["processes"]),
        silent=whole(row["silent"]),
        slowest=timedelta(milliseconds=whole(row["slowest"])),
        alike=whole(row["alike"]),
        properties_hash=str(row["properties_hash"]),
        run_id=str(row["run_id"]),
    )


def _row(portal_id: str, habit: Habit) -> dict[str, Value]:
    return {
        "portal_id": portal_id,
        "template_id": habit.template_id,
        "robots": dumped(dict(habit.robots)),
        "processes": habit.processes,
        "silent": habit.silent,
        "slowest": habit.slowest // _MILLISECOND,
        "alike": habit.alike,
        "properties_hash": habit.properties_hash,
        "run_id": habit.run_id,
        "first_at": to_millis(habit.first_at),
        "last_at": to_millis(habit.last_at),
    }
