"""Thirty days after a portal left, nothing of it remains."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete
from sqlmodel import SQLModel, col, select

from core.db import Database
from core.portals.tables import Portal

KEPT_FOR: Final = timedelta(days=30)


async def purge(portal_id: str, database: Database) -> bool:
    """Delete every row of a portal that is uninstalled, in all tables; False when it came back."""
    async with database.session() as session:
        gone = await session.exec(select(Portal.id).where(Portal.id == portal_id, col(Portal.status) == "uninstalled"))
        if gone.first() is None:
            return False
        for table in reversed(SQLModel.metadata.sorted_tables):
            if "portal_id" in table.columns:
                await session.execute(delete(table).where(table.columns["portal_id"] == portal_id))
        await session.execute(delete(Portal).where(col(Portal.id) == portal_id))
    return True
