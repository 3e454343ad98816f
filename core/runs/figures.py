"""Numbers over many runs: how many when, how they ended, how long they took, what clients and people got of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, Integer, case, cast, func, select, type_coerce
from sqlmodel import col

from core.bitrix24.documents import Item
from core.db import Database, from_millis
from core.runs.filters import Filter, conditions
from core.runs.listing import TROUBLED
from core.runs.properties import PropertyText
from core.runs.tables import Run

#: Zones begin their hours on quarters of an hour, so counts by the quarter can be told in each of them.
QUARTER: Final = timedelta(minutes=15)
_QUARTER_MS: Final = QUARTER // timedelta(milliseconds=1)
_MOST_ITEMS: Final = 10


@dataclass(frozen=True, slots=True)
class Count:
    """Runs of one status that began in one quarter of an hour."""

    at: datetime
    status: str
    count: int


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long runs took from their call to their end: of how many, the middle one, and the one of twenty."""

    ended: int
    median: timedelta
    p95: timedelta


@dataclass(frozen=True, slots=True)
class ItemCount:
    """An item with its newest title, its runs, and how many of them are in trouble."""

    item: Item
    title: str
    runs: int
    troubled: int


async def statuses(database: Database, portal_id: str) -> dict[str, int]:
    """Count all runs of a portal by their status."""
    query = select(col(Run.status), func.count()).where(col(Run.portal_id) == portal_id).group_by(col(Run.status))
    async with database.session() as session:
        rows = (await (await session.connection()).execute(query)).all()
    return {status: count for status, count in rows}  # noqa: C416 - rows are no pairs to the type checker


async def counts(database: Database, portal_id: str, wanted: Filter) -> list[Count]:
    """Count runs by the quarter of an hour in which they began, and by status."""
    quarter = (type_coerce(col(Run.created_at), BigInteger) // _QUARTER_MS).label("quarter")
    query = (
        select(quarter, col(Run.status), func.count())
        .where(*conditions(portal_id, wanted))
        .group_by("quarter", col(Run.status))
    )
    async with database.session() as session:
        rows = (await (await session.connection()).execute(query)).all()
    return [Count(from_millis(quarter * _QUARTER_MS), status, count) for quarter, status, count in rows]


async def lengths(database: Database, portal_id: str, wanted: Filter) -> Lengths:
    """Say how long runs that are over took."""
    took = type_coerce(col(Run.finished_at), BigInteger) - type_coerce(col(Run.created_at), BigInteger)
    where = (*conditions(portal_id, wanted), col(Run.finished_at).is_not(None))
    async with database.session() as session:
        connection = await session.connection()
        ended = (await connection.execute(select(func.count()).select_from(Run).where(*where))).scalar_one()
        found = [
            (await connection.execute(select(took).where(*where).order_by(took).offset(place).limit(1))).scalar()
            for place in (ended // 2, int(ended * 0.95))
        ]
    median, p95 = (timedelta(milliseconds=int(value or 0)) for value in found)
    return Lengths(ended, median, p95)


async def numbers_of(
    database: Database, portal_id: str, wanted: Filter, *, name: str, only: tuple[str, str] | None = None
) -> dict[int, int]:
    """Count runs by a number that they returned; ``only`` is another returned value that they must have."""
    value = cast(PropertyText(col(Run.output), name), Integer).label("value")
    where = [*conditions(portal_id, wanted), col(Run.output).is_not(None)]
    if only is not None:
        where.append(PropertyText(col(Run.output), only[0]) == only[1])
    query = select(value, func.count()).where(*where).group_by("value")
    async with database.session() as session:
        rows = (await (await session.connection()).execute(query)).all()
    return {int(number): count for number, count in rows if number is not None}


async def top_items(database: Database, portal_id: str, wanted: Filter) -> Sequence[ItemCount]:
    """Return the items with the most runs."""
    troubled = func.sum(case((col(Run.status).in_(TROUBLED), 1), else_=0))
    query = (
        select(col(Run.entity_type_id), col(Run.item_id), func.max(col(Run.title)), func.count(), troubled)
        .where(*conditions(portal_id, wanted), col(Run.item_id) != 0)
        .group_by(col(Run.entity_type_id), col(Run.item_id))
        .order_by(func.count().desc(), col(Run.item_id).desc())
        .limit(_MOST_ITEMS)
    )
    async with database.session() as session:
        rows = (await (await session.connection()).execute(query)).all()
    return [
        ItemCount(Item(entity_type_id, item_id), title, runs, int(bad or 0))
        for entity_type_id, item_id, title, runs, bad in rows
    ]
