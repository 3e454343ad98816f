"""What the portal remembers for tests and people: every REST command, every message to a client, every effect."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from sandbox.wire import Json, moment

KEPT_CALLS = 20_000


@dataclass(slots=True)
class CallRecord:
    """One REST command; commands of one batch share ``request``."""

    id: int
    request: int
    at: datetime
    method: str
    params: dict[str, Json]
    user_id: int
    batch: str | None = None
    status: int = 200
    error: str | None = None
    violations: list[str] = field(default_factory=list)
    ms: float = 0.0
    fault: str | None = None

    def as_json(self, zone: tzinfo) -> dict[str, Json]:
        return {
            "id": self.id,
            "request": self.request,
            "at": moment(self.at, zone),
            "method": self.method,
            "params": self.params,
            "user_id": self.user_id,
            "batch": self.batch,
            "status": self.status,
            "error": self.error,
            "violations": self.violations,
            "ms": round(self.ms, 3),
            "fault": self.fault,
        }


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that reached a client."""

    chat_id: int
    session_id: int
    message_id: int
    author: int
    text: str
    at: datetime
    automatic: bool

    def as_json(self, zone: tzinfo) -> dict[str, Json]:
        return {
            "chat_id": self.chat_id,
            "session_id": self.session_id,
            "message_id": self.message_id,
            "author": self.author,
            "text": self.text,
            "at": moment(self.at, zone),
            "automatic": self.automatic,
        }


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that happened in the world; ``call`` is the REST command that caused it, None when a person did."""

    id: int
    kind: str
    at: datetime
    call: int | None
    details: dict[str, Json]

    def as_json(self, zone: tzinfo) -> dict[str, Json]:
        return {"id": self.id, "kind": self.kind, "at": moment(self.at, zone), "call": self.call, **self.details}


@dataclass(frozen=True, slots=True)
class Grant:
    """One request to the token endpoint, without its secrets."""

    at: datetime
    grant_type: str
    status: int
    error: str | None

    def as_json(self, zone: tzinfo) -> dict[str, Json]:
        return {
            "at": moment(self.at, zone),
            "grant_type": self.grant_type,
            "status": self.status,
            "error": self.error,
        }


@dataclass(slots=True)
class Journal:
    calls: deque[CallRecord] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    grants: list[Grant] = field(default_factory=list)
    outbox: list[Sent] = field(default_factory=list)
    ledger: list[Effect] = field(default_factory=list)

    def copy(self) -> Journal:
        """Copy the lists; what is written in them does not change any more."""
        return Journal(deque(self.calls, maxlen=KEPT_CALLS), list(self.grants), list(self.outbox), list(self.ledger))
