"""Events already taken: a portal may deliver the same one twice within minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from core.db import Database, Statement, Value, new_id, to_millis

REMEMBERED_FOR: Final = timedelta(minutes=10)

_TAKE: Final = """
INSERT INTO event_seen (id, portal_id, fingerprint, seen_at) VALUES (:id, :portal_id, :fingerprint, :at)
ON CONFLICT (portal_id, fingerprint) DO UPDATE SET seen_at = excluded.seen_at WHERE event_seen.seen_at < :old
RETURNING id
"""
_SWEEP: Final = "DELETE FROM event_seen WHERE seen_at < :old"


async def is_first(portal_id: str, database: Database, *, fingerprint: str, at: datetime) -> bool:
    """Note an event; False when the same one was noted within ten minutes."""
    params: dict[str, Value] = {
        "id": new_id(),
        "portal_id": portal_id,
        "fingerprint": fingerprint,
        "at": to_millis(at),
        "old": to_millis(at - REMEMBERED_FOR),
    }
    rows = await database.write(Statement(_TAKE, params))
    return bool(rows[0])


async def forget_old_events(database: Database, *, at: datetime) -> None:
    """Delete what is older than ten minutes, of all portals."""
    await database.write(Statement(_SWEEP, {"old": to_millis(at - REMEMBERED_FOR)}))
