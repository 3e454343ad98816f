"""All that can be seen from the machine of the service: the installation, and each portal by what is stored of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlmodel import col, select

from core.checks import installation
from core.checks.check import Check
from core.checks.portal import portal_checks
from core.clock import Clock, ticking
from core.config import Settings
from core.db import Database
from core.portals.tables import Portal
from core.runs.health import health
from core.texts.text import Text

_AFTER_DATABASE: Final = Text(ru="не проверено: сначала база данных", en="not checked: the database comes first")


async def examine(settings: Settings) -> list[Check]:
    """Look at everything that can be seen from this machine; asks no portal."""
    checks = [installation.public_url(settings), await installation.database(settings)]
    if checks[-1].state == "fail":
        skipped = [Check(name, "skip", _AFTER_DATABASE) for name in ("keys", "portals", "worker", "overdue")]
        return [*checks, await installation.redis(settings), *skipped]
    async with Database(settings.database_url) as opened, ticking(settings.clock_url) as clock:
        async with opened.session() as session:
            found = list((await session.exec(select(Portal).order_by(col(Portal.created_at)))).all())
        seen = await health(opened, clock)
        walls = [] if opened.is_sqlite else [installation.walls(stand=opened.has_walls)]
        of_portals = [check for portal in found for check in await _of(portal, opened, clock)]
    own = [installation.keys(settings, found), installation.portals(found)]
    work = [installation.worker(seen), installation.overdue(seen)]
    return [*checks, *walls, await installation.redis(settings), *own, *work, *of_portals]


async def _of(portal: Portal, database: Database, clock: Clock) -> list[Check]:
    """Look at one portal that we work for; each check bears the portal's host in its name."""
    if portal.status != "active":
        return []
    host = portal.origin.partition("://")[2]
    return [replace(check, name=f"{check.name}:{host}") for check in await portal_checks(database, portal, clock)]
