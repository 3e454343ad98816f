"""A portal gets a new address when it is renamed; one whose address goes back and forth is two portals.

That is what a box looks like whose data were copied: both sides have one identity and one secret, and whoever talked to
the OAuth host last is believed. Nothing is done for either until an administrator installs the application again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, func, select

from core.db import Database
from core.portals.audit import audit
from core.portals.store import PortalStore
from core.portals.tables import Audit

#: The reason of a portal that is closed for this.
TWO_ADDRESSES: Final = "TWO_ADDRESSES"
_MOVED: Final = "portal_moved"
#: A rename is one move; there, back and there again within an hour is none.
_MOST: Final = 2
_WITHIN: Final = timedelta(hours=1)


async def follow(portal_id: str, store: PortalStore, *, origin: str, endpoint: str, at: datetime) -> bool:
    """Keep the address that the OAuth host told; False when it is the present one.

    The portal is closed when it moved too often lately.
    """
    if not await store.move_to(portal_id, origin=origin, endpoint=endpoint, at=at):
        return False
    await audit(portal_id, store.database, action=_MOVED, at=at, detail={"origin": origin})
    if await _moves_lately(portal_id, store.database, at) > _MOST and await store.close(
        portal_id, status="needs_reinstall", reason=TWO_ADDRESSES, at=at, probe_at=None
    ):
        await audit(portal_id, store.database, action="portal_frozen", at=at, outcome="refused")
    return True


async def _moves_lately(portal_id: str, database: Database, at: datetime) -> int:
    lately = (
        col(Audit.portal_id) == portal_id,
        col(Audit.action) == _MOVED,
        col(Audit.at) > at - _WITHIN,
    )
    async with database.session() as session:
        return (await session.exec(select(func.count()).select_from(Audit).where(*lately))).one()
