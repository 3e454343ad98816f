"""Claim, intent and finish alone: what the database and the group commit allow, without a robot and its log."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from typing import Final

from core.db import Database, Row, Statement, Value, new_id
from core.runs.statements import CLAIM, HOLD, LEASE, PLAN_EFFECT, SAVE, SETTLE

BATCH: Final = 200
_NEVER: Final = 2**62
_CLAIM: Final[Mapping[str, Value]] = {
    "owner": "bench",
    "lease": LEASE,
    "shift": 0,
    "most": BATCH,
    "each": BATCH,
    "after": "",
    "full": "[]",
    "latest": _NEVER,
}
_INTENT: Final[Mapping[str, Value]] = {
    "ordinal": 1,
    "kind": "set_responsible",
    "policy": "check_then_act",
    "body": "{}",
    "texts": None,
    "key": "",
    "state": "prepared",
    "summary": json.dumps({"ru": "Сделано.", "en": "Done."}),
    "chat_id": 0,
    "text_hash": "",
    "author_id": 0,
}
_OUTCOME: Final[Mapping[str, Value]] = {
    "state": "confirmed",
    "evidence": "{}",
    "message_id": 0,
    "keep_texts": 0,
    "shift": 0,
}
_OVER: Final[Mapping[str, Value]] = {
    "status": "done",
    "result": "done",
    "reason": None,
    "output": None,
    "watch_chat_id": None,
    "watch_message_id": 0,
    "watch_user_code": "",
    "wake_at": None,
    "finished_at": 1,
}


async def done_a_second(database: Database, count: int) -> float:
    """Bring ``count`` due runs to their end in batches of 200, each step of a batch in one durable commit."""
    began, left = time.perf_counter(), count
    while left:
        [rows] = await database.write(Statement(CLAIM, _CLAIM))
        if not rows:
            raise RuntimeError(f"{left} of {count} due runs were not found.")
        await _finished(database, rows)
        left -= len(rows)
    return count / (time.perf_counter() - began)


async def _finished(database: Database, rows: Sequence[Row]) -> None:
    effects = [new_id() for _ in rows]
    pairs = list(zip(rows, effects, strict=True))
    await asyncio.gather(*(database.write(*_intended(row, effect)) for row, effect in pairs))
    await asyncio.gather(*(database.write(*_ended(row, effect)) for row, effect in pairs))


def _intended(row: Row, effect: str) -> tuple[Statement, Statement]:
    mine: dict[str, Value] = {"id": effect, "portal_id": row["portal_id"], "run_id": row["id"]}
    hold: dict[str, Value] = {"id": row["id"], "lease_no": row["lease_no"], "lease": LEASE}
    return (
        Statement(HOLD, hold, needed=True, key="id"),
        Statement(PLAN_EFFECT, {**_INTENT, **mine, "lease_no": row["lease_no"]}),
    )


def _ended(row: Row, effect: str) -> tuple[Statement, Statement]:
    return (
        Statement(SAVE, {**row, **_OVER}, needed=True, key="id"),
        Statement(SETTLE, {**_OUTCOME, "id": effect}, key="id"),
    )
