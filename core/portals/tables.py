"""What is kept of an installed portal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.db import JsonText, UTCDateTime


class Portal(SQLModel, table=True):
    """One Bitrix24 portal that installed the application; its identity is ``member_id``, never its address."""

    __tablename__ = "portal"

    id: str = Field(primary_key=True)
    member_id: str = Field(unique=True)
    #: ``scheme://host[:port]`` and ``…/rest/``, both as the OAuth host told them.
    origin: str
    client_endpoint: str
    oauth_host: str
    #: active, suspended, needs_reinstall, uninstalling, uninstalled
    status: str = "active"
    status_reason: str = ""
    status_at: datetime = Field(sa_type=UTCDateTime)
    #: While it is not active: when we look next whether it is again, and how often we looked.
    probe_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    probes: int = 0
    #: HMAC-SHA-256 of the application_token under a pepper made of the keys; reading it back is never needed.
    #: Empty: the portal has not told it yet, or it was revoked by the uninstallation.
    application_token_hash: str
    pending_token_hash: str | None = None
    previous_token_hash: str | None = None
    previous_token_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    #: The portal's data key, wrapped by one of SECRET_KEYS.
    data_key: bytes
    language: str = "ru"
    time_zone: str = "Europe/Moscow"
    scope: str = ""
    license: str = ""
    #: The administrator whose rights robots use (``AUTH_USER_ID`` of the registration).
    admin_user_id: int
    robots_fingerprint: str = ""
    robots_synced_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class PortalUserToken(SQLModel, table=True):
    """The OAuth pair of one user of a portal, encrypted; ``generation`` grows with each refresh."""

    __tablename__ = "portal_user_token"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    user_id: int = Field(primary_key=True)
    access_token: bytes
    refresh_token: bytes
    #: Kept for one generation: the answer of a refresh may be lost on its way.
    previous_refresh_token: bytes | None = None
    expires_at: datetime = Field(sa_type=UTCDateTime)
    generation: int = 1
    #: Whoever refreshes now says so here, so that other processes wait for the new pair.
    refresh_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class Setting(SQLModel, table=True):
    """One setting that a portal changed from its default."""

    __tablename__ = "setting"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    name: str = Field(primary_key=True)
    value: Any = Field(sa_type=JsonText)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    updated_by: int


class UserSetting(SQLModel, table=True):
    """What one person of a portal chose for himself: how dense his lists are, which filters he saved."""

    __tablename__ = "user_setting"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    user_id: int = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: Any = Field(sa_type=JsonText)
    updated_at: datetime = Field(sa_type=UTCDateTime)


class Download(SQLModel, table=True):
    """A file that somebody asked for: whoever brings the address, of which only the hash is kept, gets it once."""

    __tablename__ = "download"

    token_hash: str = Field(primary_key=True)
    portal_id: str = Field(foreign_key="portal.id", index=True)
    user_id: int
    #: What is in the file, as whoever makes it reads it.
    body: Any = Field(sa_type=JsonText)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class ScheduleRow(SQLModel, table=True):
    """A working-time schedule that administrators defined; ``portal`` is laid over all that Bitrix24 itself knows."""

    __tablename__ = "schedule"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    code: str = Field(primary_key=True)
    #: As core.worktime.schedule writes and reads it.
    body: Any = Field(sa_type=JsonText)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    updated_by: int


class TemplateRow(SQLModel, table=True):
    """A text for clients that administrators keep, to be named by its code."""

    __tablename__ = "template"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    code: str = Field(primary_key=True)
    #: As core.texts.template writes and reads it.
    body: Any = Field(sa_type=JsonText)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    updated_by: int


class LexiconRow(SQLModel, table=True):
    """A list of phrases that administrators put in the place of ours: gratitude, confirmations, promises."""

    __tablename__ = "lexicon"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    kind: str = Field(primary_key=True)
    #: As people type it: a phrase a line or between commas.
    words: str
    updated_at: datetime = Field(sa_type=UTCDateTime)
    updated_by: int


class Session(SQLModel, table=True):
    """A person's session, made from a portal-proven user; only the hash of its token is kept."""

    __tablename__ = "session"

    token_hash: str = Field(primary_key=True)
    portal_id: str = Field(foreign_key="portal.id", index=True)
    user_id: int
    user_name: str = ""
    is_admin: bool = False
    admin_checked_at: datetime = Field(sa_type=UTCDateTime)
    language: str = "ru"
    created_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class Audit(SQLModel, table=True):
    """Who did what in our own service; rows are only ever added."""

    __tablename__ = "audit"

    id: str = Field(primary_key=True)
    portal_id: str = Field(foreign_key="portal.id", index=True)
    at: datetime = Field(sa_type=UTCDateTime)
    #: robot, user, operator, system
    actor_kind: str
    actor_id: str
    action: str
    object_id: str = ""
    detail: Any = Field(default=None, sa_type=JsonText, nullable=True)
    outcome: str = "ok"


class Shift(SQLModel, table=True):
    """A line of our own table of shifts: a weekday (0 is Monday) or one date; without hours it is a day off."""

    __tablename__ = "shift"
    __table_args__ = (Index("ix_shift_portal", "portal_id", "user_id"),)

    id: str = Field(primary_key=True)
    portal_id: str = Field(foreign_key="portal.id")
    user_id: int
    weekday: int | None = None
    #: ISO 8601, a day of the zone's calendar.
    day: str | None = None
    #: Minutes after local midnight; ``closes`` may lie in the next day.
    opens: int | None = None
    closes: int | None = None
    zone: str


class EventSeen(SQLModel, table=True):
    """An event already taken, for ten minutes: portals may deliver the same one twice."""

    __tablename__ = "event_seen"
    __table_args__ = (UniqueConstraint("portal_id", "fingerprint"), Index("ix_event_seen_at", "seen_at"))

    id: str = Field(primary_key=True)
    portal_id: str = Field(foreign_key="portal.id")
    fingerprint: str
    seen_at: datetime = Field(sa_type=UTCDateTime)


class PortalTask(SQLModel, table=True):
    """Something that a worker owes a portal: registration after an install, proof of a claim, a purge."""

    __tablename__ = "portal_task"
    __table_args__ = (UniqueConstraint("portal_id", "kind"), Index("ix_portal_task_due", "due_at"))

    id: str = Field(primary_key=True)
    portal_id: str = Field(foreign_key="portal.id")
    #: sync, confirm_uninstall, confirm_token, heal, probe, purge
    kind: str
    payload: Any = Field(default=None, sa_type=JsonText, nullable=True)
    due_at: datetime = Field(sa_type=UTCDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_no: int = 0
    attempt: int = 0
    note: str = ""


class LaneBucket(SQLModel, table=True):
    """How full a lane's bucket is while Redis is away; a lane may be that of a portal which is not installed yet."""

    __tablename__ = "lane_bucket"

    portal_id: str = Field(primary_key=True)
    #: When it will be empty, in milliseconds of the database's clock.
    empty_at: int = Field(sa_type=BigInteger)
