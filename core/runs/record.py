"""A claimed run as the engine holds it, and the words for how runs stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.bitrix24.command import Json
from core.bitrix24.documents import Item
from core.db import Row, from_millis, whole

#: Codes after which the process may go on as if all were well.
GOOD: Final = frozenset({"done", "nothing_to_do", "scheduled", "dry_run"})

_STATUSES: Final = {
    "done": "done",
    "scheduled": "done",
    "dry_run": "done",
    "expired": "failed",
    "timeout_exceeded": "failed",
    "failed": "failed",
    "superseded": "cancelled",
    "unknown": "unknown",
    "refused": "refused",
}


def status_for(result: str) -> str:
    """Return the status that a result code ends a run with."""
    if result.startswith("cancelled_"):
        return "cancelled"
    return _STATUSES.get(result, "skipped")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One claimed run; ``lease_no`` is the fence of everything its owner writes."""

    id: str
    portal_id: str
    robot: str
    workflow_id: str
    event_token: bytes
    item: Item | None
    title: str
    properties: Mapping[str, object]
    step: str
    state: Mapping[str, Json]
    acting_from: int
    origin: str
    dry: bool
    answered: bool
    stage_id: str
    chat_id: int
    session_id: int
    known: Mapping[str, Json]
    attempt: int
    mistakes: int
    deaths: int
    cancel_requested: str
    lease_no: int
    wake_at: datetime
    timer_at: datetime | None
    expires_at: datetime
    created_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> RunRecord:
        entity_type_id, item_id = whole(row["entity_type_id"]), whole(row["item_id"])
        return cls(
            id=str(row["id"]),
            portal_id=str(row["portal_id"]),
            robot=str(row["robot"]),
            workflow_id=str(row["workflow_id"]),
            event_token=_bytes(row["event_token"]),
            item=Item(entity_type_id, item_id) if item_id else None,
            title=str(row["title"]),
            properties=_map(row["properties"]),
            step=str(row["step"]),
            state=_map(row["state"]),
            acting_from=whole(row["acting_from"]),
            origin=str(row["origin"]),
            dry=bool(row["dry"]),
            answered=bool(row["answered"]),
            stage_id=str(row["stage_id"]),
            chat_id=whole(row["chat_id"]),
            session_id=whole(row["session_id"]),
            known=_map(row["known"]),
            attempt=whole(row["attempt"]),
            mistakes=whole(row["mistakes"]),
            deaths=whole(row["deaths"]),
            cancel_requested=str(row["cancel_requested"]),
            lease_no=whole(row["lease_no"]),
            wake_at=from_millis(whole(row["wake_at"])),
            timer_at=from_millis(whole(row["timer_at"])) if row["timer_at"] is not None else None,
            expires_at=from_millis(whole(row["expires_at"])),
            created_at=from_millis(whole(row["created_at"])),
        )


#: The columns that a claim returns, in one place with the record that they make.
COLUMNS: Final = (
    "id, portal_id, robot, workflow_id, event_token, entity_type_id, item_id, title, properties, step, state, "
    "acting_from, origin, dry, answered, stage_id, chat_id, session_id, known, attempt, mistakes, deaths, "
    "cancel_requested, lease_no, wake_at, timer_at, expires_at, created_at"
)


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def _map(value: object) -> dict[str, Json]:
    read = json.loads(value) if isinstance(value, str) else {}
    return read if isinstance(read, dict) else {}
