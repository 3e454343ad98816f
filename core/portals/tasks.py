"""What a worker owes a portal: one row for each kind, done once by whoever claims it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from core.bitrix24.command import Json
from core.db import Database, Row, Statement, Value, new_id, to_millis

Kind = Literal["sync", "confirm_uninstall", "confirm_token", "heal", "probe", "purge"]

LEASE: Final = timedelta(seconds=90)

#: Asked for again while it is being done: the lease number grows, so the present doer cannot call it finished.
_OWE: Final = """
INSERT INTO portal_task (id, portal_id, kind, payload, due_at, lease_until, lease_no, attempt, note)
VALUES (:id, :portal_id, :kind, :payload, :due_at, NULL, 0, 0, '')
ON CONFLICT (portal_id, kind) DO UPDATE
SET payload = excluded.payload, due_at = excluded.due_at, attempt = 0, note = '', lease_no = portal_task.lease_no + 1
"""
_CLAIM: Final = """
UPDATE portal_task SET lease_until = {now} + :lease, lease_no = lease_no + 1, attempt = attempt + 1
WHERE id IN (
    SELECT id FROM portal_task
    WHERE due_at <= :at AND (lease_until IS NULL OR lease_until < {now})
    ORDER BY due_at LIMIT 1 {skip_locked}
)
RETURNING id, portal_id, kind, payload, lease_until, lease_no, attempt
"""
_FINISH: Final = "DELETE FROM portal_task WHERE id = :id AND lease_no = :lease_no"
_FREE: Final = """
UPDATE portal_task SET lease_until = NULL WHERE id = :id AND lease_no <> :lease_no AND lease_until = :lease_until
"""
_LATER: Final = """
UPDATE portal_task SET due_at = :due_at, lease_until = NULL, note = :note WHERE id = :id AND lease_no = :lease_no
"""
_DROP: Final = "DELETE FROM portal_task WHERE portal_id = :portal_id AND kind = :kind"
_PAYLOAD: Final = "SELECT payload FROM portal_task WHERE portal_id = :portal_id AND kind = :kind"
_NOTES: Final = "SELECT kind, note FROM portal_task WHERE portal_id = :portal_id"


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed task; ``attempt`` is 1 the first time, ``lease_no`` proves that it is still ours."""

    id: str
    portal_id: str
    kind: Kind
    payload: Mapping[str, Json]
    lease_until: int
    lease_no: int
    attempt: int

    @property
    def claim(self) -> dict[str, Value]:
        return {"id": self.id, "lease_no": self.lease_no}


async def owe(
    portal_id: str, database: Database, *, kind: Kind, due_at: datetime, payload: Mapping[str, Json] | None = None
) -> None:
    """Note a task; one of the same kind is replaced."""
    params: dict[str, Value] = {
        "id": new_id(),
        "portal_id": portal_id,
        "kind": kind,
        "payload": json.dumps(payload or {}, ensure_ascii=False, separators=(",", ":")),
        "due_at": to_millis(due_at),
    }
    await database.write(Statement(_OWE, params))


async def waive(portal_id: str, database: Database, *, kind: Kind) -> None:
    """Take a task back."""
    await database.write(Statement(_DROP, {"portal_id": portal_id, "kind": kind}))


async def owed(portal_id: str, database: Database) -> dict[str, str]:
    """Return what waits for a worker: kind and the last trouble with it, empty when there was none."""
    rows = await database.write(Statement(_NOTES, {"portal_id": portal_id}))
    return {str(row["kind"]): str(row["note"]) for row in rows[0]}


async def payload_of(portal_id: str, database: Database, *, kind: Kind) -> Mapping[str, Json] | None:
    """Return what a task that is still owed was noted with."""
    rows = await database.write(Statement(_PAYLOAD, {"portal_id": portal_id, "kind": kind}))
    return _payload(rows[0][0]) if rows[0] else None


async def claim(database: Database, *, at: datetime, lease: timedelta = LEASE) -> Task | None:
    """Take the task that is due longest, of any portal."""
    params: dict[str, Value] = {"at": to_millis(at), "lease": lease // timedelta(milliseconds=1)}
    rows = await database.write(Statement(_CLAIM, params))
    return _task(rows[0][0]) if rows[0] else None


async def finish(task: Task, database: Database) -> None:
    """The task is done; if it was asked for again meanwhile, it is free for the next one."""
    await database.write(Statement(_FINISH, task.claim), _freed(task))


async def put_off(task: Task, database: Database, *, due_at: datetime, note: str) -> None:
    """Try again later; ``note`` is a code for the page about the portal."""
    later = {**task.claim, "due_at": to_millis(due_at), "note": note[:200]}
    await database.write(Statement(_LATER, later), _freed(task))


def _freed(task: Task) -> Statement:
    return Statement(_FREE, {**task.claim, "lease_until": task.lease_until})


def _task(row: Row) -> Task:
    return Task(
        id=str(row["id"]),
        portal_id=str(row["portal_id"]),
        kind=cast(Kind, row["kind"]),
        payload=_payload(row),
        lease_until=int(row["lease_until"] or 0),
        lease_no=int(row["lease_no"] or 0),
        attempt=int(row["attempt"] or 0),
    )


def _payload(row: Row) -> Mapping[str, Json]:
    said: Json = json.loads(str(row["payload"]))
    return said if isinstance(said, dict) else {}
