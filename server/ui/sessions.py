"""Sessions of people: made from a portal-proven user, kept as a hash, gone after an hour without a request."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import and_, delete, update
from sqlmodel import col, select

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database
from core.portals.access import ACCESS, Grant, Role, stored_access
from core.portals.tables import Portal, Session, Setting
from core.texts.text import Language, language_for
from server.ui.masking import MASKING

IDLE: Final = timedelta(minutes=60)
ABSOLUTE: Final = timedelta(hours=12)
#: For so long we believe that an administrator still is one.
ADMIN_FRESH: Final = timedelta(minutes=5)

_TOKEN_BYTES: Final = 32
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
#: Whoever reads every second is not written down every second.
_SEEN_EACH: Final = timedelta(minutes=1)
_GONE: Final = ("uninstalling", "uninstalled")
#: Settings of the portal that say what a person may do and see.
_KEPT: Final = (ACCESS, MASKING)
_DEFAULT_ZONE: Final = "Europe/Moscow"


@dataclass(frozen=True, slots=True)
class Person:
    """A user as the portal itself describes him."""

    user_id: int
    name: str
    is_admin: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: its token, which exists only here and in the page, and the seconds it lives without a request."""

    token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: a user of one portal."""

    token_hash: str
    portal_id: str
    #: ``scheme://host[:port]`` of the portal, for links into it and for the frame.
    origin: str
    portal_status: str
    zone: ZoneInfo
    user_id: int
    user_name: str
    is_admin: bool
    admin_checked_at: datetime
    language: Language
    grant: Grant
    #: Whether telephone numbers and mail addresses are shown to this person.
    sees_whole: bool = False

    @property
    def role(self) -> Role:
        return self.grant.role

    @property
    def may_act(self) -> bool:
        """Whether buttons that change runs are for this person, in some line at least."""
        return self.role >= Role.SUPERVISOR

    def proven_at(self, now: datetime) -> bool:
        """Whether what the portal said of this person is still fresh."""
        return now - self.admin_checked_at <= ADMIN_FRESH


class Sessions:
    """All sessions of one database; times here are real, whatever a demo does to its clock."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open(self, portal_id: str, person: Person, *, language: str) -> Opened:
        """Start a session with a new token; what a browser brought along is never taken for one."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = self._clock.real()
        row = Session(
            token_hash=_hashed(token),
            portal_id=portal_id,
            user_id=person.user_id,
            user_name=person.name[:200],
            is_admin=person.is_admin,
            admin_checked_at=now,
            language=language_for(language),
            created_at=now,
            seen_at=now,
            expires_at=now + ABSOLUTE,
        )
        async with self._database.session() as session:
            await session.exec(
                delete(Session).where(col(Session.portal_id) == portal_id, col(Session.expires_at) < now)
            )
            session.add(row)
        return Opened(token, int(IDLE.total_seconds()))

    async def find(self, token: str) -> Visitor | None:
        """Return who holds this token, or None when it is not one of ours, or no longer."""
        if _TOKEN.fullmatch(token) is None:
            return None
        now = self._clock.real()
        query = (
            select(Session, Portal, Setting)
            .join(Portal, col(Portal.id) == col(Session.portal_id))
            .outerjoin(Setting, and_(col(Setting.portal_id) == col(Session.portal_id), col(Setting.name).in_(_KEPT)))
            .where(
                col(Session.token_hash) == _hashed(token),
                col(Session.expires_at) > now,
                col(Session.seen_at) > now - IDLE,
                col(Portal.status).not_in(_GONE),
            )
        )
        async with self._database.session() as session:
            found = (await session.exec(query)).all()
            if not found:
                return None
            row, portal, _ = found[0]
            if now - row.seen_at > _SEEN_EACH:
                row.seen_at = now
        return _visitor(row, portal, {setting.name: setting.value for *_, setting in found if setting is not None})

    async def prove(self, visitor: Visitor, person: Person) -> Visitor:
        """Note what the portal says of this person now."""
        now = self._clock.real()
        async with self._database.session() as session:
            await session.exec(
                update(Session)
                .where(col(Session.token_hash) == visitor.token_hash)
                .values(is_admin=person.is_admin, user_name=person.name[:200], admin_checked_at=now)
            )
            query = select(Setting).where(col(Setting.portal_id) == visitor.portal_id, col(Setting.name).in_(_KEPT))
            settings = {row.name: row.value for row in await session.exec(query)}
        grant = _grant(settings, visitor.user_id, is_admin=person.is_admin)
        return replace(
            visitor,
            is_admin=person.is_admin,
            user_name=person.name[:200],
            admin_checked_at=now,
            grant=grant,
            sees_whole=_sees_whole(settings, grant),
        )

    async def end(self, token_hash: str) -> None:
        async with self._database.session() as session:
            await session.exec(delete(Session).where(col(Session.token_hash) == token_hash))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _grant(settings: Mapping[str, Json], user_id: int, *, is_admin: bool) -> Grant:
    return stored_access(settings.get(ACCESS, {})).of(user_id, is_admin=is_admin)


def _sees_whole(settings: Mapping[str, Json], grant: Grant) -> bool:
    return settings.get(MASKING) is False and grant.role is Role.ADMIN


def _visitor(row: Session, portal: Portal, settings: Mapping[str, Json]) -> Visitor:
    grant = _grant(settings, row.user_id, is_admin=row.is_admin)
    return Visitor(
        token_hash=row.token_hash,
        portal_id=row.portal_id,
        origin=portal.origin,
        portal_status=portal.status,
        zone=_zone(portal.time_zone),
        user_id=row.user_id,
        user_name=row.user_name,
        is_admin=row.is_admin,
        admin_checked_at=row.admin_checked_at,
        language=cast(Language, row.language),
        grant=grant,
        sees_whole=_sees_whole(settings, grant),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(_DEFAULT_ZONE)
