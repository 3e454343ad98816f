"""A run that the service begins itself: nobody called, so nobody is answered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from core.bitrix24.command import Json
from core.bitrix24.documents import Item
from core.bitrix24.secret import Secret
from core.db import Database, Statement, Value, new_id, to_millis
from core.dialogs.known import KnownDialog
from core.portals.lane import Lane
from core.robots import Robot
from core.runs.journal import Line, dumped
from core.runs.moment import Moment
from core.runs.newborn import inserted

#: What was begun under a name is not begun again, also when its run is forgotten meanwhile. A guard is free when the
#: run that has it is over, or only waits to give back what it handed over.
_BEGIN: Final = inserted(
    {
        "origin": "'strong'",
        "chat_id": "CAST(:chat_id AS BIGINT)",
        "session_id": "CAST(:session_id AS BIGINT)",
        "known": ":known",
    },
    rest="""WHERE NOT EXISTS (
    SELECT 1 FROM spent_token
    WHERE portal_id = CAST(:portal_id AS VARCHAR) AND event_token_hash = CAST(:hash AS VARCHAR))
  AND NOT EXISTS (
    SELECT 1 FROM run_guard JOIN run busy ON busy.id = run_guard.run_id
    WHERE run_guard.portal_id = CAST(:portal_id AS VARCHAR) AND run_guard.name = CAST(:guard AS VARCHAR)
      AND busy.finished_at IS NULL AND busy.step <> 'back')
  AND NOT EXISTS (
    SELECT 1 FROM run called
    WHERE called.portal_id = CAST(:portal_id AS VARCHAR)
      AND called.entity_type_id = CAST(:entity_type_id AS INTEGER) AND called.item_id = CAST(:item_id AS INTEGER)
      AND called.workflow_id = CAST(:workflow_id AS VARCHAR) AND called.workflow_id <> '')""",
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is begun: ``name`` is what it is about, and one run of a portal is about it.

    ``workflow_id`` is the process that ought to have called, where there is one: for one that did nothing is begun.
    """

    name: str
    robot: str
    properties: Mapping[str, Json]
    item: Item | None = None
    known: KnownDialog | None = None
    guard: str = ""
    workflow_id: str = ""
    lives_for: timedelta = field(default=timedelta(days=Robot.lifetime_days))


def hash_of(name: str) -> str:
    """What a run that was begun under this name has in place of the hash of a token."""
    return hashlib.sha256(name.encode()).hexdigest()


def instead_of(workflow_id: str) -> str:
    """The name of a run that is begun in place of a process' own call."""
    return f"lost|{workflow_id}"


async def begin(
    beginning: Beginning, lane: Lane, database: Database, *, moment: Moment, said: Line, also: Sequence[Statement] = ()
) -> str | None:
    """Begin the run, with its first line and with ``also``, and return its id; None when there is one already."""
    run_id = new_id()
    rows = await database.write(
        Statement(_BEGIN, _row(run_id, beginning, lane, moment), needed=True),
        said.statement(lane.portal.id, run_id, moment.now),
        *also,
    )
    return run_id if rows[0] else None


def _row(run_id: str, beginning: Beginning, lane: Lane, moment: Moment) -> dict[str, Value]:
    item, known = beginning.item, beginning.known
    return {
        "id": run_id,
        "portal_id": lane.portal.id,
        "robot": beginning.robot,
        "workflow_id": beginning.workflow_id,
        "hash": hash_of(beginning.name),
        "event_token": lane.vault.seal(Secret(""), "run.event_token"),
        "entity_type_id": item.entity_type_id if item else 0,
        "item_id": item.id if item else 0,
        "document": item.document if item else "",
        "properties": dumped(dict(beginning.properties)),
        "chat_id": known.chat_id if known else 0,
        "session_id": known.session_id if known else 0,
        "known": dumped(known.as_json()) if known else None,
        "guard": beginning.guard,
        "now": to_millis(moment.now),
        "expires": to_millis(moment.now + beginning.lives_for),
    }
