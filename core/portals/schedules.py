"""Working-time schedules that a portal's administrators defined."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlmodel import select

from core.db import Database, Statement, to_millis
from core.portals.tables import ScheduleRow
from core.worktime.schedule import Schedule, read_schedule

_PUT: Final = """
INSERT INTO schedule (portal_id, code, body, updated_at, updated_by)
VALUES (:portal_id, :code, :body, :at, :user_id)
ON CONFLICT (portal_id, code) DO UPDATE
SET body = excluded.body, updated_at = excluded.updated_at, updated_by = excluded.updated_by
"""


async def portal_schedules(portal_id: str, database: Database) -> dict[str, Schedule]:
    """Return all schedules of a portal by their codes."""
    async with database.session() as session:
        rows = await session.exec(select(ScheduleRow).where(ScheduleRow.portal_id == portal_id))
        return {row.code: _kept(row) for row in rows}


def _kept(row: ScheduleRow) -> Schedule:
    """What was open when it was stored may have closed for ever since; runs say so in their own words."""
    body: Mapping[str, object] = row.body if isinstance(row.body, dict) else {}
    return read_schedule(row.code, body, now=row.updated_at)  # type: ignore[arg-type]  # JSON as it was stored


async def put_schedule(portal_id: str, database: Database, schedule: Schedule, *, user_id: int, at: datetime) -> None:
    body = json.dumps(schedule.as_json(), ensure_ascii=False, separators=(",", ":"))
    await database.write(
        Statement(
            _PUT,
            {
                "portal_id": portal_id,
                "code": schedule.code,
                "body": body,
                "at": to_millis(at),
                "user_id": user_id,
            },
        )
    )
