"""A portal's own table of shifts: read as a whole, replaced as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.db import Database, Row, Statement, Value, new_id
from core.worktime.intervals import Interval
from core.worktime.rota import PlannedShift

_ALL: Final = """
SELECT user_id, weekday, day, opens, closes, zone FROM shift
WHERE portal_id = :portal_id ORDER BY user_id, COALESCE(day, ''), COALESCE(weekday, -1), COALESCE(opens, -1)
"""
_CLEAR: Final = "DELETE FROM shift WHERE portal_id = :portal_id"
_ADD: Final = """
INSERT INTO shift (id, portal_id, user_id, weekday, day, opens, closes, zone)
VALUES (:id, :portal_id, :user_id, :weekday, :day, :opens, :closes, :zone)
"""


async def planned_shifts(portal_id: str, database: Database) -> tuple[PlannedShift, ...]:
    """Return every line, by employee."""
    [rows] = await database.read(Statement(_ALL, {"portal_id": portal_id}))
    return tuple(shift for row in rows if (shift := _shift(row)) is not None)


async def replace_shifts(portal_id: str, database: Database, shifts: Sequence[PlannedShift]) -> None:
    """Put these lines in the place of all that there were, in one transaction."""
    added = [Statement(_ADD, _row(portal_id, shift)) for shift in shifts]
    await database.write_all([Statement(_CLEAR, {"portal_id": portal_id}), *added])


def _row(portal_id: str, shift: PlannedShift) -> dict[str, Value]:
    return {
        "id": new_id(),
        "portal_id": portal_id,
        "user_id": shift.user_id,
        "weekday": shift.weekday,
        "day": shift.day.isoformat() if shift.day else None,
        "opens": shift.hours.start if shift.hours else None,
        "closes": shift.hours.end if shift.hours else None,
        "zone": shift.zone.key,
    }


def _shift(row: Row) -> PlannedShift | None:
    """A zone that this machine does not know any more makes the line useless."""
    opens, closes, weekday, day = row["opens"], row["closes"], row["weekday"], row["day"]
    try:
        zone = ZoneInfo(str(row["zone"]))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return PlannedShift(
        int(row["user_id"] or 0),
        Interval(int(opens), int(closes)) if opens is not None and closes is not None else None,
        zone,
        int(weekday) if weekday is not None else None,
        date.fromisoformat(str(day)) if day is not None else None,
    )
