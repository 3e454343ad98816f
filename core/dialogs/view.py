"""A dialog as robots see it at one moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from core.bitrix24.command import Json
from core.bitrix24.documents import COMPANY, CONTACT, DEAL, LEAD, Item
from core.dialogs.activities import SessionRow
from core.dialogs.ball import Answers, Ball, Episode, Verdict, answers
from core.dialogs.chat import Chat
from core.dialogs.known import KnownDialog
from core.dialogs.line import Line
from core.dialogs.message import Author, Message
from core.dialogs.people import Users
from core.dialogs.resolve import PathStep
from core.dialogs.window import Window
from core.texts.text import Text

#: What ``imopenlines.crm.*`` methods take, in the order of preference when a smart process led to the dialog.
_WRITABLE: Final = (DEAL, LEAD, CONTACT, COMPANY)
_SPAM: Final = re.compile(r"\b(?:спам|spam)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogView:
    """Everything that decisions about a dialog need, read at one moment.

    ``messages`` are those of the current (or last) session, ascending; ``read`` are all that were read, also of the
    session before. ``whole``: the session's beginning is among them. ``others``: sessions of other chats that fitted.
    """

    chat: Chat
    line: Line | None
    session_id: int
    is_open: bool
    messages: tuple[Message, ...]
    read: tuple[Message, ...]
    whole: bool
    verdict: Verdict
    window: Window
    confirmed_by: Message | None
    users: Users
    found_by: Item | None
    path: tuple[PathStep, ...] = ()
    dialog_count: int = 1
    others: tuple[SessionRow, ...] = ()
    by_history: bool = False

    # --- whose turn ---------------------------------------------------------------------------------------------

    @property
    def ball(self) -> Ball:
        return self.verdict.ball

    @property
    def why_ball(self) -> Text:
        return self.verdict.why

    @property
    def episode(self) -> Episode | None:
        return self.verdict.episode

    @property
    def waiting_since(self) -> datetime | None:
        return self.verdict.waiting_since

    @property
    def promise_open(self) -> bool:
        return self.verdict.promise is not None

    @property
    def confirmed(self) -> bool:
        return self.confirmed_by is not None

    def first_human_reply_after(self, episode: Episode) -> Message | None:
        return self.first_reply_after(episode)

    def first_reply_after(self, episode: Episode, who: Answers = "human") -> Message | None:
        """Return the first answer of ours that came after the message of an episode, also of the session before."""
        return next(
            (message for message in self.read if message.id > episode.message_id and answers(message, who)), None
        )

    def client_wrote_after(self, message_id: int) -> Message | None:
        """Return the first message of the client, meaningful or not, that is newer than the given one."""
        return next((message for message in self.read if message.id > message_id and message.from_client), None)

    # --- messages -----------------------------------------------------------------------------------------------

    def _spoken(self) -> Iterator[Message]:
        """Yield what was said, the latest first; notes of the system and hidden messages are not."""
        for message in reversed(self.messages):
            if message.from_client or message.ours or (message.author is Author.UNKNOWN and not message.deleted):
                yield message

    @property
    def last_message(self) -> Message | None:
        return next(self._spoken(), None)

    @property
    def last_author(self) -> Author | None:
        """The author of the last message that the client wrote or got; SYSTEM is an automatic text."""
        last = self.last_message
        return last.author if last else None

    @property
    def last_message_at(self) -> datetime | None:
        last = self.last_message
        return last.at if last else None

    @property
    def last_client_message(self) -> Message | None:
        return next((message for message in self._spoken() if message.author is Author.CLIENT), None)

    @property
    def last_human_message(self) -> Message | None:
        return next((message for message in self._spoken() if message.author is Author.HUMAN), None)

    @property
    def messages_client(self) -> int:
        return sum(message.from_client for message in self.messages)

    @property
    def messages_ours(self) -> int:
        return sum(message.ours for message in self.messages)

    @property
    def closed_as(self) -> Literal["cancelled_closed", "cancelled_spam"]:
        """The result code of a run whose dialog was closed.

        No method tells that it was for spam; an employee's mark leaves a system message with that word, in the
        portal's language (imopenlines/lib/chat.php markSpam).
        """
        marks = (message for message in self.messages if message.author is Author.SYSTEM and not message.automatic)
        is_spam = any(_SPAM.search(message.text) for message in marks)
        return "cancelled_spam" if is_spam else "cancelled_closed"

    # --- the chat -----------------------------------------------------------------------------------------------

    @property
    def accepted(self) -> bool:
        return self.is_open and self.chat.accepted

    @property
    def closing(self) -> bool:
        return self.is_open and self.chat.closing

    @property
    def owner_id(self) -> int:
        return self.chat.owner_id

    @property
    def owner_is_bot(self) -> bool:
        owner = self.users.get(self.chat.owner_id)
        return owner is not None and owner.bot

    @property
    def title(self) -> str:
        return self.chat.title

    @property
    def connector(self) -> str:
        return self.chat.connector

    @property
    def channel(self) -> str:
        """The connector's id, which is what robots call a channel."""
        return self.chat.connector

    @property
    def line_id(self) -> int:
        return self.line.id if self.line else self.chat.line_id

    @property
    def window_open(self) -> bool:
        return self.window.open

    @property
    def window_until(self) -> datetime | None:
        return self.window.until

    @property
    def bound_to(self) -> Item | None:
        """The lead, deal, contact or company through which ``imopenlines.crm.*`` may write into the chat."""
        if self.found_by is not None and self.found_by.entity_type_id in _WRITABLE:
            return self.found_by
        if self.chat.primary is not None:
            return self.chat.primary
        by_type = {item.entity_type_id: item for item in self.chat.bindings}
        return next((by_type[kind] for kind in _WRITABLE if kind in by_type), None)

    @property
    def crm_binding(self) -> tuple[str, int] | None:
        """The same as ``CRM_ENTITY_TYPE`` and ``CRM_ENTITY``."""
        item = self.bound_to
        return (item.kind, item.id) if item else None

    @property
    def known(self) -> KnownDialog:
        """What to remember for the next look."""
        return KnownDialog(
            chat_id=self.chat.id,
            session_id=self.session_id,
            line_id=self.line_id,
            bound_to=self.bound_to,
            dialog_count=self.dialog_count,
            by_history=self.by_history,
            user_code=self.chat.user_code,
        )

    def to_json(self) -> dict[str, Json]:
        """Return what the log keeps of the view: no text of any message."""
        return {
            "chat_id": self.chat.id,
            "session_id": self.session_id,
            "title": self.title,
            "line_id": self.line_id,
            "channel": self.channel,
            "owner_id": self.owner_id,
            "is_open": self.is_open,
            "accepted": self.accepted,
            "closing": self.closing,
            "ball": self.ball.value,
            "why": {"ru": self.why_ball.ru, "en": self.why_ball.en},
            "episode": self.episode.as_json() if self.episode else None,
            "waiting_since": _iso(self.waiting_since),
            "last_author": self.last_author.value if self.last_author else None,
            "last_message_at": _iso(self.last_message_at),
            "last_message_id": self.last_message.id if self.last_message else None,
            "promise_open": self.promise_open,
            "confirmed": self.confirmed,
            "unclear_author": self.verdict.doubt is not None,
            "window_open": self.window_open,
            "window_until": _iso(self.window_until),
            "messages_client": self.messages_client,
            "messages_ours": self.messages_ours,
            "whole": self.whole,
            "dialog_count": self.dialog_count,
            "path": [step.as_json() for step in self.path],
        }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
