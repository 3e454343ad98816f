"""Open lines as data: lines, chats, the sessions inside them, messages (openlines.md part 1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from zoneinfo import ZoneInfo

from sandbox.crm import COMPANY, CONTACT, DEAL, LEAD, TYPE_NAMES
from sandbox.wire import Json

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Status(IntEnum):
    """Session states; no documented method returns them (openlines.md 1.1)."""

    NEW = 0
    SKIP = 5
    ANSWER = 10
    CLIENT = 20
    CLIENT_AFTER_OPERATOR = 25
    OPERATOR = 40
    WAIT_CLIENT = 50
    CLOSE = 60
    SPAM = 65


@dataclass(slots=True)
class Line:
    """An open line and the settings that the robots read. Hours are texts such as ``9`` or ``18.30``."""

    id: int
    name: str
    queue: list[int] = field(default_factory=list)
    active: bool = True
    crm: bool = True
    crm_transfer_change: bool = True
    #: What a new client becomes in CRM: ``none``, ``lead`` or ``deal``.
    crm_create: str = "none"
    welcome_bot: int = 0
    no_answer_text: str = ""
    no_answer_seconds: int = 60
    queue_type: str = "evenly"
    queue_time: int = 60
    check_available: bool = False
    worktime_enabled: bool = False
    worktime_from: str = "9"
    worktime_to: str = "18"
    time_zone: str = "Europe/Moscow"
    holidays: list[str] = field(default_factory=list)
    days_off: list[str] = field(default_factory=list)
    off_hours_text: str = ""
    close_text: str = ""
    full_close_minutes: int = 10
    auto_close_seconds: int = 14 * 86_400
    vote: bool = False
    vote_text: str = ""
    #: The list in which the line keeps its quick answers; 0 when nobody has opened them yet.
    quick_answers: int = 0

    def is_working(self, at: datetime) -> bool:
        """Decide as Bitrix24 does: days off, holidays, then hours compared as numbers (openlines.md 3.2)."""
        if not self.worktime_enabled:
            return True
        local = at.astimezone(ZoneInfo(self.time_zone))
        if WEEKDAYS[local.weekday()] in self.days_off or f"{local:%d.%m}" in self.holidays:
            return False
        return hour_of(self.worktime_from) <= local.hour + local.minute / 100 <= hour_of(self.worktime_to)


def hour_of(text: str) -> float:
    """Read ``9``, ``18.30`` or ``18.3``; the last two are the same (openlines.md trap 19)."""
    hours, _, minutes = text.partition(".")
    return int(hours or 0) + int((minutes or "0").ljust(2, "0")[:2]) / 100


@dataclass(slots=True)
class Message:
    """A message of a chat; ``author`` 0 is the system. ``params`` are those of im, in upper case."""

    id: int
    chat_id: int
    session_id: int
    author: int
    text: str
    at: datetime
    params: dict[str, Json] = field(default_factory=dict)
    uuid: str | None = None
    delivered: bool = False

    @property
    def hidden(self) -> bool:
        return self.params.get("COMPONENT_ID") == "HiddenMessage"


@dataclass(slots=True)
class Activity:
    """The CRM activity of a session; only lines with ``CRM=Y`` make one (openlines.md 3.1)."""

    id: int
    line_id: int
    bindings: list[tuple[int, int]]
    responsible: int
    updated_at: datetime
    planned_end_at: datetime
    answered: bool = False
    completed: bool = False
    incoming: bool = True


@dataclass(slots=True)
class Session:
    id: int
    chat_id: int
    line_id: int
    status: Status
    created_at: datetime
    operator: int = 0
    offered_to: int = 0
    closed_at: datetime | None = None
    close_due_at: datetime | None = None
    start_message: int = 0
    end_message: int = 0
    created_items: set[tuple[int, int]] = field(default_factory=set)
    activity: Activity | None = None
    told_off_hours: bool = False
    told_no_answer: bool = False
    head_rating: int = 0
    head_comment: str = ""
    asked_for_vote: bool = False
    vote: int = 0

    @property
    def is_open(self) -> bool:
        return self.status < Status.CLOSE

    @property
    def changed_at(self) -> datetime:
        return self.activity.updated_at if self.activity else self.created_at

    @property
    def accepted(self) -> bool:
        """The state in which ``imopenlines.crm.*`` writes work (openlines.md fact 1)."""
        return Status.ANSWER <= self.status < Status.WAIT_CLIENT


@dataclass(slots=True)
class Chat:
    """One client of one connector on one line; lives for ever, its sessions come and go."""

    id: int
    title: str
    connector: str
    line_id: int
    external_id: str
    client_id: int
    created_at: datetime
    members: list[int] = field(default_factory=list)
    owner: int = 0
    session_id: int = 0
    session_ids: list[int] = field(default_factory=list)
    bindings: dict[int, int] = field(default_factory=dict)
    primary: tuple[int, int] | None = None
    pinned: bool = False
    silent: bool = False
    line_after_transfer: int = 0
    blocked_from: datetime | None = None
    block_reason: str = ""
    connector_active: bool = True
    messages: list[Message] = field(default_factory=list)
    read_by_client: int = 0
    #: For each employee in the chat: up to which message he has read.
    read_up_to: dict[int, int] = field(default_factory=dict)

    @property
    def user_code(self) -> str:
        return f"{self.connector}|{self.line_id}|{self.external_id}|{self.client_id}"

    @property
    def last_message_id(self) -> int:
        return self.messages[-1].id if self.messages else 0

    def unread_by(self, user_id: int) -> list[Message]:
        """Return what a member has not read; who is no member has no counter (openlines.md 3.2)."""
        if user_id not in self.members:
            return []
        last = self.read_up_to.get(user_id, 0)
        return [one for one in self.messages if one.id > last and one.author != user_id]

    @property
    def external(self) -> dict[str, Json]:
        """Say where the chat is in the outside world, as events do (openlines.md 3.6)."""
        return {
            "connector_id": self.connector,
            "line_id": str(self.line_id),
            "chat_id": self.external_id,
            "user_id": str(self.client_id),
        }

    def entity_data_1(self, session: Session | None) -> str:
        """Write the ten fields of openlines.md 1.2; session 0 means that none is open."""
        kind, number = self.primary or (0, 0)
        return "|".join(
            [
                "Y" if self.primary else "N",
                TYPE_NAMES.get(kind, "NONE"),
                str(number),
                "Y" if self.pinned else "N",
                "Y" if session and session.status == Status.WAIT_CLIENT else "N",
                str(self.session_id),
                str(int(session.created_at.timestamp())) if session else "0",
                str(self.line_after_transfer),
                str(int(self.blocked_from.timestamp())) if self.blocked_from else "0",
                self.block_reason if self.blocked_from else "0",
            ]
        )

    def entity_data_2(self) -> str:
        return "|".join(f"{TYPE_NAMES[kind]}|{self.bindings.get(kind, 0)}" for kind in (LEAD, COMPANY, CONTACT, DEAL))
