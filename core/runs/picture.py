"""Runs as a picture over time: how many began when, how long they took, how they ended, and what is still to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, case, func, literal, select, type_coerce
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from core.db import Database, to_millis
from core.runs.cursor import ASLEEP
from core.runs.filters import Filter, conditions
from core.runs.tables import Run

#: The upper bounds of the lanes of duration; the last lane has none.
LANES: Final = tuple(
    timedelta(seconds=seconds) for seconds in (1, 3, 10, 60, 600, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600)
)


@dataclass(frozen=True, slots=True)
class Cell:
    """Runs of one status that began in one column and took about as long; ``run_id`` is the newest of them."""

    column: int
    lane: int
    status: str
    count: int
    run_id: str


_Counted = Select[int, int, str, int, str]


async def cells(
    database: Database, portal_id: str, wanted: Filter, *, since: datetime, until: datetime, columns: int, now: datetime
) -> list[Cell]:
    """Return what began between two moments, in columns of equal length."""
    began, ended = _millis(col(Run.created_at)), _millis(col(Run.finished_at))
    took = func.coalesce(ended, to_millis(now)) - began
    bounds = [(took < bound // timedelta(milliseconds=1), lane) for lane, bound in enumerate(LANES)]
    query = _counted(_column(began, since, until, columns), case(*bounds, else_=len(LANES))).where(
        *conditions(portal_id, wanted), col(Run.created_at) >= since, col(Run.created_at) < until
    )
    return await _cells(database, query, columns)


async def planned(
    database: Database, portal_id: str, wanted: Filter, *, since: datetime, until: datetime, columns: int
) -> list[Cell]:
    """Return what will wake between two moments, in columns of equal length; all of it is in lane 0."""
    column = _column(_millis(col(Run.wake_at)), since, until, columns)
    query = _counted(column, literal(0)).where(
        *conditions(portal_id, wanted),
        col(Run.status).in_(ASLEEP),
        col(Run.wake_at) >= since,
        col(Run.wake_at) < until,
    )
    return await _cells(database, query, columns)


def _counted(column: ColumnElement[int], lane: ColumnElement[int]) -> _Counted:
    # Grouped by name: a database would take the same expression with other parameters for another one.
    return select(
        column.label("place"), lane.label("lane"), col(Run.status), func.count(), func.max(col(Run.id))
    ).group_by("place", "lane", col(Run.status))


def _millis(column: SQLCoreOperations[Any]) -> ColumnElement[int]:
    return type_coerce(column, BigInteger)


def _column(moment: ColumnElement[int], since: datetime, until: datetime, columns: int) -> ColumnElement[int]:
    step = max(1, (to_millis(until) - to_millis(since)) // columns)
    return (moment - to_millis(since)) // step


async def _cells(database: Database, query: _Counted, columns: int) -> list[Cell]:
    async with database.session() as session:
        rows = (await (await session.connection()).execute(query)).all()
    return [Cell(min(place, columns - 1), lane, status, count, run_id) for place, lane, status, count, run_id in rows]
