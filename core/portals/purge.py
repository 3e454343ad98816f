"""Thirty days after a portal left, nothing of it remains."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, MetaData, Table, delete
from sqlmodel import col, select

from core.db import Database
from core.portals.tables import Portal

KEPT_FOR: Final = timedelta(days=30)


async def purge(portal_id: str, database: Database) -> bool:
    """Delete every row of a portal that is uninstalled; False when it came back.

    The tables are those that the database has, so that none is forgotten because this process knows nothing of it.
    """
    async with database.session() as session:
        gone = await session.exec(select(Portal.id).where(Portal.id == portal_id, col(Portal.status) == "uninstalled"))
        if gone.first() is None:
            return False
        for table in await (await session.connection()).run_sync(_tables):
            await session.exec(delete(table).where(table.columns["portal_id"] == portal_id))
        await session.exec(delete(Portal).where(col(Portal.id) == portal_id))
    return True


def _tables(connection: Connection) -> Sequence[Table]:
    """Return the tables with a portal's rows, those that refer to others first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in reversed(found.sorted_tables) if "portal_id" in table.columns]
