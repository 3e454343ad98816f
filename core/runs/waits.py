"""How the waits of sleeping runs were reckoned, as their logs tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select

from core.bitrix24.command import Json
from core.db import Database
from core.runs.tables import RunEvent


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait as it was logged: when, and with which data (``due`` and ``counted``, ISO 8601)."""

    at: datetime
    data: Json


async def last_waits(database: Database, portal_id: str, run_ids: Sequence[str]) -> dict[str, Wait]:
    """Return the last wait in the log of each of these runs that has one."""
    if not run_ids:
        return {}
    last = (
        select(func.max(RunEvent.id))
        .where(col(RunEvent.portal_id) == portal_id, col(RunEvent.run_id).in_(run_ids), col(RunEvent.kind) == "waits")
        .group_by(col(RunEvent.run_id))
    )
    query = select(RunEvent.run_id, RunEvent.at, RunEvent.data).where(col(RunEvent.id).in_(last))
    async with database.session() as session:
        return {run_id: Wait(at, data) for run_id, at, data in (await session.exec(query)).all()}
