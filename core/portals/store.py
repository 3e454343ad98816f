"""Installed portals in the database; every function names the portal first."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from core.db import Database, Statement, Value, new_id, to_millis
from core.portals.tables import Portal, PortalUserToken

#: Another process may have changed a row meanwhile; this is how long we may not know.
REMEMBERED_SECONDS: Final = 5.0
_MOST_REMEMBERED: Final = 10_000

#: What is in two places at once is opened by a person only, whatever else befalls it (see `core.portals.moves`).
_CLOSE: Final = """
UPDATE portal SET status = :status, status_reason = :reason, status_at = :at, updated_at = :at, probe_at = :probe_at,
    probes = 0
WHERE id = :id AND status IN ('active', 'suspended', 'needs_reinstall')
  AND NOT (status = :status AND status_reason = :reason) AND status_reason <> 'TWO_ADDRESSES'
RETURNING id
"""
#: Nothing is done for the portal from now on, unless nothing is done for it already.
_STOPPED: Final = """
INSERT INTO outage (id, portal_id, began_at, ended_at, told_at)
VALUES (:id || '-' || :mark, :id, {now}, NULL, NULL)
ON CONFLICT (portal_id) WHERE told_at IS NULL DO UPDATE SET ended_at = NULL
"""
_STAY: Final = """
UPDATE portal SET probes = probes + 1, probe_at = :probe_at, updated_at = :at
WHERE id = :id AND status IN ('suspended', 'needs_reinstall')
RETURNING id
"""
_REOPEN: Final = """
UPDATE portal SET status = 'active', status_reason = '', status_at = :at, updated_at = :at, probe_at = NULL, probes = 0
WHERE id = :id AND status IN ('suspended', 'needs_reinstall') AND status_reason <> 'TWO_ADDRESSES'
RETURNING id
"""
_DOUBT: Final = """
UPDATE portal SET status = 'uninstalling', status_reason = status, status_at = :at, updated_at = :at, probe_at = NULL
WHERE id = :id AND status NOT IN ('uninstalling', 'uninstalled')
RETURNING id
"""
_TRUST_AGAIN: Final = """
UPDATE portal SET status = status_reason, status_reason = '', status_at = :at, updated_at = :at, probe_at = :at
WHERE id = :id AND status = 'uninstalling'
RETURNING id
"""
_REMOVE: Final = """
UPDATE portal SET status = 'uninstalled', status_reason = '', status_at = :at, updated_at = :at, probe_at = NULL,
    application_token_hash = '', pending_token_hash = NULL, previous_token_hash = NULL, previous_token_until = NULL,
    robots_fingerprint = ''
WHERE id = :id AND status = 'uninstalling'
RETURNING id
"""
_FORGET_TOKENS: Final = "DELETE FROM portal_user_token WHERE portal_id = :id"
_FORGET_SESSIONS: Final = "DELETE FROM session WHERE portal_id = :id"
_ADDRESS: Final = """
UPDATE portal SET origin = :origin, client_endpoint = :endpoint, updated_at = :at
WHERE id = :id AND client_endpoint <> :endpoint
RETURNING id
"""


class PortalStore:
    """Portals by member_id and by id. What it remembers is at most five seconds old and forgotten at each change."""

    def __init__(self, database: Database, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._monotonic = monotonic
        self._remembered: OrderedDict[str, tuple[float, Portal]] = OrderedDict()
        self._finding: dict[str, asyncio.Task[Portal | None]] = {}

    @property
    def database(self) -> Database:
        """Where portals are kept, for what is written along with a change of theirs."""
        return self._database

    def remembered(self, member_id: str) -> Portal | None:
        """Return a portal found a moment ago, without asking the database."""
        known = self._remembered.get(member_id)
        return known[1] if known and known[0] > self._monotonic() else None

    async def find(self, member_id: str) -> Portal | None:
        """Return the portal as it is now; one statement, whether it exists or not, for all who ask meanwhile."""
        finding = self._finding.get(member_id)
        if finding is None:
            finding = self._finding[member_id] = asyncio.create_task(self._find(member_id))
            finding.add_done_callback(lambda _: self._finding.pop(member_id, None))
        return await asyncio.shield(finding)

    async def _find(self, member_id: str) -> Portal | None:
        async with self._database.session() as session:
            portal = (await session.exec(select(Portal).where(Portal.member_id == member_id))).first()
        if portal is not None:
            self._remember(portal)
        return portal

    async def get(self, portal_id: str) -> Portal | None:
        async with self._database.session() as session:
            return await session.get(Portal, portal_id)

    async def all(self) -> list[Portal]:
        """Return every portal there ever was and is not purged, for what goes over all of them."""
        async with self._database.session() as session:
            return list(await session.exec(select(Portal)))

    async def ids(self, *, status: str) -> list[str]:
        """Return the portals of one status, for what goes over all of them."""
        async with self._database.session() as session:
            return list(await session.exec(select(Portal.id).where(Portal.status == status)))

    async def add(self, portal: Portal, tokens: PortalUserToken | None) -> bool:
        """Keep a new portal; False when another process was quicker."""
        try:
            async with self._database.session() as session:
                session.add(portal)
                await session.flush()
                if tokens is not None:
                    session.add(tokens)
        except IntegrityError:
            return False
        return True

    async def change(self, portal_id: str, **values: object) -> None:
        """Set columns of one portal."""
        async with self._database.session() as session:
            await session.exec(update(Portal).where(col(Portal.id) == portal_id).values(**values))
        self._forget(portal_id)

    async def close(self, portal_id: str, *, status: str, reason: str, at: datetime, probe_at: datetime | None) -> bool:
        """Stop work for a portal; False when it is closed for this reason already, or being removed."""
        look_at = to_millis(probe_at) if probe_at else None
        closed = await self._move(
            portal_id, _CLOSE, at, and_then=(_STOPPED,), status=status, reason=reason, probe_at=look_at
        )
        return closed is not None

    async def stay_closed(self, portal_id: str, *, at: datetime, probe_at: datetime | None) -> bool:
        """Note a look in vain, and when the next one is due."""
        look_at = to_millis(probe_at) if probe_at else None
        return await self._move(portal_id, _STAY, at, probe_at=look_at) is not None

    async def reopen(self, portal_id: str, *, at: datetime) -> bool:
        return await self._move(portal_id, _REOPEN, at) is not None

    async def doubt(self, portal_id: str, *, at: datetime) -> bool:
        """Hold everything because an uninstallation was claimed; the former status is kept as the reason."""
        return await self._move(portal_id, _DOUBT, at, and_then=(_STOPPED,)) is not None

    async def trust_again(self, portal_id: str, *, at: datetime) -> bool:
        """The claim was false: go on as before."""
        return await self._move(portal_id, _TRUST_AGAIN, at) is not None

    async def remove(self, portal_id: str, *, at: datetime) -> bool:
        """The claim was true: no secret, token or session of this portal is good from now on."""
        return await self._move(portal_id, _REMOVE, at, and_then=(_FORGET_TOKENS, _FORGET_SESSIONS)) is not None

    async def move_to(self, portal_id: str, *, origin: str, endpoint: str, at: datetime) -> bool:
        """Keep the new address that the OAuth host told; False when it is the old one."""
        return await self._move(portal_id, _ADDRESS, at, origin=origin, endpoint=endpoint) is not None

    async def _move(
        self, portal_id: str, sql: str, at: datetime, *, and_then: tuple[str, ...] = (), **more: Value
    ) -> dict[str, Value] | None:
        params: dict[str, Value] = {"id": portal_id, "at": to_millis(at), **more}
        rest = (Statement(text, {"id": portal_id, "mark": new_id()}) for text in and_then)
        rows = await self._database.write(Statement(sql, params, needed=True), *rest)
        self._forget(portal_id)
        return dict(rows[0][0]) if rows[0] else None

    def _remember(self, portal: Portal) -> None:
        self._remembered[portal.member_id] = (self._monotonic() + REMEMBERED_SECONDS, portal)
        self._remembered.move_to_end(portal.member_id)
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)

    def _forget(self, portal_id: str) -> None:
        for member_id, (_, portal) in list(self._remembered.items()):
            if portal.id == portal_id:
                del self._remembered[member_id]
