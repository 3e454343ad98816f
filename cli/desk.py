"""Where a command works at data: the open database, the clock, and the portals it is about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlmodel import col, select

from cli.trouble import WRONG_USE, Trouble
from core.clock import Clock, ticking
from core.config import Settings, load
from core.db import Database
from core.portals.tables import Portal


@dataclass(frozen=True, slots=True)
class Desk:
    """One open database, for one command."""

    settings: Settings
    database: Database
    clock: Clock

    async def portals(self, member_id: str = "") -> list[Portal]:
        """Return the portal of this member_id, or all; raises Trouble when there is none."""
        query = select(Portal).order_by(col(Portal.created_at))
        async with self.database.session() as session:
            found = [portal for portal in (await session.exec(query)).all() if member_id in {"", portal.member_id}]
        if not found:
            raise Trouble("No such portal is installed." if member_id else "No portal is installed.", code=WRONG_USE)
        return found

    async def portal(self, member_id: str = "") -> Portal:
        """Return the one portal that is meant; raises Trouble when it must be named."""
        found = await self.portals(member_id)
        if len(found) > 1:
            names = ", ".join(f"{portal.member_id} ({portal.origin})" for portal in found)
            raise Trouble(f"Several portals are installed, name one with --portal: {names}.", code=WRONG_USE)
        return found[0]


def at_desk(work: Callable[[Desk], Awaitable[None]]) -> None:
    """Open the database of the settings and do ``work``; raises Trouble when there is none yet."""
    settings = load()
    if settings.database_file is not None and not settings.database_file.exists():
        raise Trouble(f"There is no database at {settings.database_file} yet.")
    asyncio.run(_work(settings, work))


async def _work(settings: Settings, work: Callable[[Desk], Awaitable[None]]) -> None:
    async with Database(settings.database_url) as database, ticking(settings.clock_url) as clock:
        await work(Desk(settings, database, clock))
