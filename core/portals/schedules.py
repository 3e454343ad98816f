"""Working-time schedules that a portal's administrators defined."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import Final

from sqlmodel import select

from core.bitrix24.wire import as_dict
from core.db import Database, Statement, to_millis
from core.portals.tables import ScheduleRow
from core.worktime.schedule import BadSchedule, Schedule, read_schedule

log = logging.getLogger(__name__)

_PUT: Final = """
INSERT INTO schedule (portal_id, code, body, updated_at, updated_by)
VALUES (:portal_id, :code, :body, :at, :user_id)
ON CONFLICT (portal_id, code) DO UPDATE
SET body = excluded.body, updated_at = excluded.updated_at, updated_by = excluded.updated_by
"""
_DROP: Final = "DELETE FROM schedule WHERE portal_id = :portal_id AND code = :code RETURNING code"


async def portal_schedules(portal_id: str, database: Database) -> dict[str, Schedule]:
    """Return all schedules of a portal by their codes.

    What cannot be read any more (a time zone may be gone) is left out: a run that names it says so, the others go on.
    """
    async with database.session() as session:
        rows = list(await session.exec(select(ScheduleRow).where(ScheduleRow.portal_id == portal_id)))
    found = {}
    for row in rows:
        try:
            found[row.code] = read_schedule(row.code, as_dict(row.body), now=row.updated_at)
        except BadSchedule as bad:
            log.warning("%s", bad, extra={"portal": portal_id, "schedule": row.code})
    return found


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


async def drop_schedule(portal_id: str, database: Database, code: str) -> bool:
    """Delete a schedule; False when there is none."""
    return bool((await database.write(Statement(_DROP, {"portal_id": portal_id, "code": code})))[0])
