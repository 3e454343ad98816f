"""Runs, what happened in them, what they did to the world, and what they owe."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.db import JsonText, UTCDateTime

_DUE = text("wake_at IS NOT NULL")
_LEASED = text("lease_until IS NOT NULL")
_COPIES = text("copy_of IS NOT NULL")
_WATCHED = text("watch_chat_id IS NOT NULL")
_LOOKED_FOR = text("look_at IS NOT NULL")
_UNTOLD = text("told_at IS NULL")
_FAILED = text("status IN ('failed', 'quarantined', 'rejected')")


class Run(SQLModel, table=True):
    """One firing of one robot; ``step`` says what comes next and ``wake_at`` when (empty: it is over or it rests)."""

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("portal_id", "event_token_hash"),
        Index("ix_run_wake", "wake_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_run_lane", "portal_id", "wake_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_run_lease", "lease_until", sqlite_where=_LEASED, postgresql_where=_LEASED),
        Index("ix_run_list", "portal_id", "created_at", "id"),
        Index("ix_run_copy", "copy_of", sqlite_where=_COPIES, postgresql_where=_COPIES),
        Index("ix_run_item", "portal_id", "entity_type_id", "item_id"),
        Index("ix_run_watch", "portal_id", "watch_chat_id", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
        Index("ix_run_client", "portal_id", "watch_user_code", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
        Index("ix_run_failed", "portal_id", "finished_at", sqlite_where=_FAILED, postgresql_where=_FAILED),
    )

    id: str = Field(primary_key=True)
    portal_id: str = Field(foreign_key="portal.id")
    robot: str
    workflow_id: str
    event_token_hash: str
    event_token: bytes
    #: The item, when the robot was placed on one that we support; 0 otherwise.
    entity_type_id: int = 0
    item_id: int = 0
    document: str = ""
    title: str = ""
    properties: Any = Field(default=None, sa_type=JsonText, nullable=True)
    #: waiting, running, retrying, done, skipped, cancelled, failed, unknown, rejected, refused, parked, quarantined,
    #: held
    status: str = "waiting"
    result: str = ""
    #: Why it is as it is, in both languages.
    reason: Any = Field(default=None, sa_type=JsonText, nullable=True)
    output: Any = Field(default=None, sa_type=JsonText, nullable=True)
    step: str = ""
    state: Any = Field(default=None, sa_type=JsonText, nullable=True)
    #: Ordinal of the first effect of the act that the run is in; 0 when it is in none.
    acting_from: int = 0
    #: unchecked, strong, refused: whether the portal itself confirmed the event_token.
    origin: str = "unchecked"
    dry: bool = False
    #: Whether the process waits for our answer (it always does until the first one was given).
    answered: bool = False
    stage_id: str = ""
    chat_id: int = Field(default=0, sa_type=BigInteger)
    session_id: int = Field(default=0, sa_type=BigInteger)
    #: What the run remembers of its dialog, so that the next look is cheaper.
    known: Any = Field(default=None, sa_type=JsonText, nullable=True)
    watch_chat_id: int | None = Field(default=None, sa_type=BigInteger)
    watch_message_id: int = Field(default=0, sa_type=BigInteger)
    #: connector|line|chat|user as the connector calls them: the only name that events of a client's messages bear.
    watch_user_code: str = ""
    wake_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    #: The moment that people count on, where the run waits for one; it may look at the world before.
    timer_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_no: int = 0
    owner: str = ""
    #: Of the present step: troubles that pass, the robot's own mistakes, and processes that died on it.
    attempt: int = 0
    mistakes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    deaths: int = 0
    cancel_requested: str = ""
    #: The run that a person had repeated with other values, or whose effect he had taken back.
    copy_of: str | None = None
    expires_at: datetime = Field(sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class RunEvent(SQLModel, table=True):
    """One line of the log of a run; written once, never read to decide anything."""

    __tablename__ = "run_event"
    __table_args__ = (Index("ix_run_event_run", "run_id", "id"), Index("ix_run_event_portal", "portal_id", "id"))

    id: str = Field(primary_key=True)
    portal_id: str = Field(foreign_key="portal.id")
    run_id: str = Field(foreign_key="run.id")
    at: datetime = Field(sa_type=UTCDateTime)
    #: accepted, looked, decided, waits, woke, acts, acted, answered, retries, parked, cancelled, person, ended
    kind: str
    #: The sentence, in both languages.
    text: Any = Field(sa_type=JsonText)
    data: Any = Field(default=None, sa_type=JsonText, nullable=True)


class EffectRow(SQLModel, table=True):
    """One thing that a run did, or meant to do, to the world: the ledger."""

    __tablename__ = "effect"
    __table_args__ = (
        UniqueConstraint("run_id", "ordinal"),
        Index("ix_effect_unknown", "state", "portal_id"),
        Index("ix_effect_message", "portal_id", "chat_id", "message_id"),
    )

    id: str = Field(primary_key=True)
    portal_id: str = Field(foreign_key="portal.id")
    #: Kept longer than the run itself, so nothing holds it there.
    run_id: str
    ordinal: int
    kind: str
    policy: str
    #: The effect itself as data, without free text.
    body: Any = Field(sa_type=JsonText)
    #: Texts of an intended message, encrypted until the outcome is settled.
    texts: bytes | None = None
    #: A lower-case version 4 UUID that a restart computes again.
    key: str
    #: planned, prepared, confirmed, refused, unknown, skipped, dry
    state: str = "planned"
    summary: Any = Field(sa_type=JsonText)
    evidence: Any = Field(default=None, sa_type=JsonText, nullable=True)
    chat_id: int = Field(default=0, sa_type=BigInteger)
    message_id: int = Field(default=0, sa_type=BigInteger)
    text_hash: str = ""
    author_id: int = 0
    checks: int = 0
    lease_no: int = 0
    prepared_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class SpentToken(SQLModel, table=True):
    """The hash of an event token whose run is forgotten: a call that comes again is still a duplicate."""

    __tablename__ = "spent_token"
    __table_args__ = (Index("ix_spent_token_until", "until"),)

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    event_token_hash: str = Field(primary_key=True)
    until: datetime = Field(sa_type=UTCDateTime)


class OnceRow(SQLModel, table=True):
    """What happens one time only in a portal, and the effect that it is left to."""

    __tablename__ = "effect_once"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    key: str = Field(primary_key=True)
    effect_id: str


class AssignmentPointer(SQLModel, table=True):
    """Whose turn it is in a pool: who got how many dialogs ago; ``version`` grows with each turn that is taken."""

    __tablename__ = "assignment_pointer"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    pool: str = Field(primary_key=True)
    version: int
    turns: Any = Field(sa_type=JsonText)


class RunGuard(SQLModel, table=True):
    """What one run at a time may look after; the guard of a run that is over is free."""

    __tablename__ = "run_guard"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    name: str = Field(primary_key=True)
    run_id: str


class Reply(SQLModel, table=True):
    """The answer owed to a process."""

    __tablename__ = "reply"
    __table_args__ = (
        Index(
            "ix_reply_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index("ix_reply_run", "run_id"),
        Index("ix_reply_look", "portal_id", "look_at", sqlite_where=_LOOKED_FOR, postgresql_where=_LOOKED_FOR),
    )

    id: str = Field(primary_key=True)
    portal_id: str = Field(foreign_key="portal.id")
    run_id: str = Field(foreign_key="run.id")
    workflow_id: str
    event_token: bytes
    answer: Any = Field(sa_type=JsonText)
    #: due, sent (may be repeated), settled, gone, refused
    state: str = "due"
    due_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_no: int = 0
    attempt: int = 0
    sends: int = 0
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    first_sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    #: When to see whether the process went on; None: it did, or nobody can see it.
    look_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    #: How often it was sent again because the process was seen to wait.
    repeats: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class RestCallRow(SQLModel, table=True):
    """One HTTP request to a portal: what was asked, how long it took, how it ended; never a value or a secret."""

    __tablename__ = "rest_call"
    __table_args__ = (Index("ix_rest_call_run", "run_id", "at"), Index("ix_rest_call_portal", "portal_id", "at"))

    id: str = Field(primary_key=True)
    portal_id: str = Field(foreign_key="portal.id")
    run_id: str | None = None
    at: datetime = Field(sa_type=UTCDateTime)
    method: str
    commands: Any = Field(default=None, sa_type=JsonText, nullable=True)
    milliseconds: int
    status: int = 0
    error: str = ""
    operating: float = 0.0


class WatchRow(SQLModel, table=True):
    """The watching of one portal's dialogs: one worker at a time looks at them, a look at a time."""

    __tablename__ = "watch"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    #: In business time, so that a demo that moves the clock is not kept waiting.
    due_at: datetime = Field(sa_type=UTCDateTime)
    #: In real time.
    looked_at: datetime = Field(sa_type=UTCDateTime)
    #: What the portal's load allows at present.
    interval_seconds: int
    #: How many dialogs the last look was about.
    dialogs: int = 0
    #: Where a look that had to stop goes on: the last chat it saw.
    after_chat_id: int = Field(default=0, sa_type=BigInteger)
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_no: int = 0


class LookoutRow(SQLModel, table=True):
    """The looking for dialogs of one portal that nobody sees: one worker at a time, a look at a time."""

    __tablename__ = "lookout"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    #: In business time.
    due_at: datetime = Field(sa_type=UTCDateTime)
    #: In real time.
    looked_at: datetime = Field(sa_type=UTCDateTime)
    #: Where a look that had to stop goes on: the activity of the last session it saw.
    after_activity_id: int = Field(default=0, sa_type=BigInteger)
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_no: int = 0


class HealingRow(SQLModel, table=True):
    """The looking for processes of one portal that wait in vain: one worker at a time, a look at a time."""

    __tablename__ = "healing"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    #: In business time.
    due_at: datetime = Field(sa_type=UTCDateTime)
    #: In real time.
    looked_at: datetime = Field(sa_type=UTCDateTime)
    #: From what was called until then it is known after which templates processes are made; in business time.
    learned_to: datetime = Field(sa_type=UTCDateTime)
    #: Processes that began until then were compared with our runs; in the portal's own time.
    compared_to: datetime = Field(sa_type=UTCDateTime)
    #: Why the portal does not show its processes: plan, rights; empty when it does.
    blind: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    lease_no: int = 0


class HabitRow(SQLModel, table=True):
    """What was seen of the processes that are made after one template of a portal: whom of us they call, and when."""

    __tablename__ = "template_habit"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    template_id: str = Field(primary_key=True)
    #: The most calls of each robot that came from one process, by its code.
    robots: Any = Field(sa_type=JsonText)
    #: Processes that called us, and others of the same template that had not, while that was still being learned.
    processes: int = 0
    silent: int = 0
    #: The longest between the start of a process and its first call, in milliseconds.
    slowest: int = 0
    #: So many processes in a row called with the same properties, the last of them for this run.
    alike: int = 0
    properties_hash: str = ""
    run_id: str = ""
    first_at: datetime = Field(sa_type=UTCDateTime)
    last_at: datetime = Field(sa_type=UTCDateTime)


class LostLaunchRow(SQLModel, table=True):
    """A living process of a portal that ought to have called us and did not."""

    __tablename__ = "lost_launch"

    portal_id: str = Field(primary_key=True, foreign_key="portal.id")
    workflow_id: str = Field(primary_key=True)
    template_id: str
    #: told: the administrator knows; run: we began what it ought to have called; came: its call was only late.
    state: str
    found_at: datetime = Field(sa_type=UTCDateTime)


class WorkerRow(SQLModel, table=True):
    """A living worker; leases of one that is silent are free at once."""

    __tablename__ = "worker"

    name: str = Field(primary_key=True)
    seen_at: datetime = Field(sa_type=UTCDateTime)
    started_at: datetime = Field(sa_type=UTCDateTime)
    host: str = ""


class PulseRow(SQLModel, table=True):
    """When work was last known to go on, whichever worker did it; there is one row, and it stays when they leave."""

    __tablename__ = "pulse"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: int = Field(sa_type=BigInteger)


class OutageRow(SQLModel, table=True):
    """A time in which nothing was done for a portal though something was due; one at most is not told of yet.

    All moments are real time.
    """

    __tablename__ = "outage"
    __table_args__ = (
        Index("ix_outage_portal", "portal_id", "began_at"),
        Index("ix_outage_open", "portal_id", unique=True, sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )

    id: str = Field(primary_key=True)
    portal_id: str = Field(foreign_key="portal.id")
    began_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    #: When the last late wait was taken and people were told.
    told_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class LateWaitRow(SQLModel, table=True):
    """What was chosen for a run whose wait came due in an outage: run, skip, or ask until a person chose."""

    __tablename__ = "late_wait"
    __table_args__ = (Index("ix_late_wait_run", "run_id"),)

    outage_id: str = Field(primary_key=True)
    #: The outage outlives the run, so nothing holds it there.
    run_id: str = Field(primary_key=True)
    portal_id: str = Field(foreign_key="portal.id")
    due_at: datetime = Field(sa_type=UTCDateTime)
    choice: str
    #: The portal's limit when that was chosen.
    after_minutes: int
