"""Messages of open lines: who writes what, what it does to the session, and whether the client gets it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.dialogs import Chat, Message, Session, Status
from sandbox.journal import Sent
from sandbox.people import User
from sandbox.triggers import CLIENT_WROTE
from sandbox.wire import Json
from sandbox.words import say

if TYPE_CHECKING:
    from sandbox.openlines import OpenLines
    from sandbox.portal import Portal

#: Connectors whose reply window Bitrix24 keeps itself (openlines.md robot P).
WINDOW_CONNECTORS = frozenset({"whatsappbyedna", "whatsappbytwilio"})
WINDOW = timedelta(hours=24)
#: Connectors that get no automatic messages (openlines.md 3.3).
NO_AUTOMATIC = frozenset({"facebookcomments", "fbinstagram"})
_AUTOMATIC = "bx-messenger-content-item-ol-output"
_HIDDEN: dict[str, Json] = {"COMPONENT_ID": "HiddenMessage", "CLASS": "bx-messenger-content-item-system"}


class Conversation:
    """Writes messages into chats, for clients, employees, bots and the portal itself."""

    def __init__(self, portal: Portal, lines: OpenLines) -> None:
        self._portal = portal
        self._lines = lines

    def post(
        self,
        chat: Chat,
        author: int,
        text: str,
        *,
        params: dict[str, Json] | None = None,
        uuid: str | None = None,
    ) -> Message:
        """Put a message into the chat and do nothing else."""
        message = Message(
            id=self._portal.ids.next("message", above=85_000),
            chat_id=chat.id,
            session_id=chat.session_id,
            author=author,
            text=text,
            at=self._portal.now(),
            params=params or {},
            uuid=uuid,
        )
        chat.messages.append(message)
        self._portal.touch()
        return message

    def system(self, chat: Chat, text: str, params: dict[str, Json] | None = None) -> Message:
        """Write a line that only staff see; its author is 0 (openlines.md part 4)."""
        return self.post(chat, 0, text, params=params)

    def delete(self, message: Message) -> None:
        """Take a message back; it stays in the chat, marked (openlines.md part 4)."""
        message.text, message.params["IS_DELETED"] = say(self._portal.lang, "deleted"), "Y"
        self._lines.events.changed("ONOPENLINEMESSAGEDELETE", self._lines.chats[message.chat_id], message)
        self._portal.touch()

    def edit(self, message: Message, text: str) -> None:
        message.text, message.params["IS_EDITED"] = text, "Y"
        self._lines.events.changed("ONOPENLINEMESSAGEUPDATE", self._lines.chats[message.chat_id], message)
        self._portal.touch()

    # Clients ----------------------------------------------------------------------------------------------------

    def client_writes(self, chat: Chat, text: str, *, files: int = 0) -> Message:
        """Take a client's message: it opens a session, moves its state, opens the reply window (openlines.md 1.1).

        A message of files alone has an empty text (openlines.md part 4).
        """
        lines = self._lines
        session = lines.session_of(chat)
        if session and session.asked_for_vote and text.strip() in ("1", "0"):
            return self._vote(chat, session, text.strip())
        session = session or lines.open(chat)
        self._return_to_queue(chat, session)
        attached: list[Json] = [self._portal.ids.next("file", above=5_400) for _ in range(files)]
        message = self.post(chat, chat.client_id, text, params={"FILE_ID": attached} if attached else None)
        message.delivered = True
        chat.read_by_client = message.id
        session.status = _after_client(session.status)
        self._open_window(chat)
        lines.closing.plan(chat, session)
        lines.events.incoming(chat, message)
        self._tell_off_hours(chat, session)
        lines.tracker.tell(CLIENT_WROTE, chat, session, text=text)
        return message

    def _return_to_queue(self, chat: Chat, session: Session) -> None:
        """Take an answered dialog from an operator who is off, where the line checks that (openlines.md 1.4)."""
        line, operator = self._lines.lines[session.line_id], self._portal.people.get(chat.owner)
        if session.status != Status.OPERATOR or not line.check_available or operator is None or operator.on_shift:
            return
        if operator.is_employee and [one for one in line.queue if one != operator.id]:
            self._lines.to_queue(chat, session, line, say(self._portal.lang, "shift_over"))

    def _open_window(self, chat: Chat) -> None:
        """Let us answer for a day where the channel says so; a client who writes lifts his own block (robot P)."""
        if chat.connector in WINDOW_CONNECTORS:
            chat.blocked_from, chat.block_reason = self._portal.now() + WINDOW, "DEFAULT"
        elif chat.block_reason == "USER":
            chat.blocked_from, chat.block_reason = None, ""

    def _tell_off_hours(self, chat: Chat, session: Session) -> None:
        """Send the line's own text once a session, while nobody has accepted it (openlines.md 1.4)."""
        line = self._lines.lines[session.line_id]
        if not line.off_hours_text or session.told_off_hours or session.status >= Status.ANSWER:
            return
        if not line.is_working(self._portal.now()):
            session.told_off_hours = True
            self.automatic(chat, session, line.off_hours_text)

    def _vote(self, chat: Chat, session: Session, digit: str) -> Message:
        """Take a bare 1 or 0 for a rating, while one is awaited (openlines.md part 4)."""
        session.vote, session.asked_for_vote = (5 if digit == "1" else 1), False
        words = say(self._portal.lang, "like" if digit == "1" else "dislike")
        return self.post(chat, chat.client_id, words)

    # Staff ------------------------------------------------------------------------------------------------------

    def staff_writes(self, chat: Chat, user: User, text: str, *, hidden: bool = False) -> Message:
        """Write as a person sitting at the messenger: joins or accepts first, as the messenger makes him do."""
        session = self._lines.session_of(chat)
        if not hidden and session and not chat.owner:
            self._lines.accept(chat, user)
        self._lines.join(chat, user)
        message = self.post_as(chat, user, text, hidden=hidden)
        self.complete(chat, message, user)
        return message

    def post_as(self, chat: Chat, user: User, text: str, *, hidden: bool = False, uuid: str | None = None) -> Message:
        """Put a message of an employee, who has read all before, into the chat; ``complete`` does the rest."""
        message = self.post(chat, user.id, text, params=dict(_HIDDEN) if hidden else None, uuid=uuid)
        chat.read_up_to[user.id] = message.id
        return message

    def complete(self, chat: Chat, message: Message, author: User) -> None:
        """Update the session and deliver; a dialog closed meanwhile opens anew (openlines.md part 2, ORDER TRAP)."""
        if message.hidden:
            return
        lines = self._lines
        session = lines.session_of(chat)
        if session is None:
            session = lines.open(chat, operator=author, incoming=False)
            message.session_id = session.id
        elif not chat.owner:
            lines.accept(chat, author)  # an employee who speaks takes the dialog (UNPROVEN)
        session.status = Status.OPERATOR
        session.asked_for_vote = False
        lines.closing.plan(chat, session)
        self._deliver(chat, session, message, automatic=False)

    def bot_writes(self, chat: Chat, bot: User, text: str) -> Message:
        """Write as a bot: no human answer, and an unaccepted dialog stays so (openlines.md 3.3, part 4)."""
        session = self._lines.session_of(chat) or self._lines.open(chat, incoming=False)
        if bot.id not in chat.members:
            chat.members.append(bot.id)
        message = self.post(chat, bot.id, text)
        if session.accepted:
            session.status = Status.OPERATOR
        self._deliver(chat, session, message, automatic=False)
        return message

    # Delivery ---------------------------------------------------------------------------------------------------

    def automatic(self, chat: Chat, session: Session, text: str) -> Message:
        """Send as nobody: no answer of an operator, not stopped by silent mode (openlines.md fact 5)."""
        message = self.post(chat, 0, text, params={"CLASS": _AUTOMATIC})
        self._deliver(chat, session, message, automatic=True)
        return message

    def _deliver(self, chat: Chat, session: Session, message: Message, *, automatic: bool) -> None:
        """Hand a message to the channel; nobody confirms it, a failure is a line for staff (openlines.md 3.3)."""
        portal, now = self._portal, self._portal.now()
        if (chat.silent and not automatic) or (automatic and chat.connector in NO_AUTOMATIC):
            return
        if not chat.connector_active or (chat.blocked_from and chat.blocked_from < now):
            self.system(chat, say(portal.lang, "not_sent"), {"CODE": ["IMOL_CHAT_ERROR_CONNECTOR_SEND"]})
            return
        message.delivered = True
        sent = Sent(
            chat_id=chat.id,
            session_id=session.id,
            message_id=message.id,
            author=message.author,
            text=message.text,
            at=now,
            automatic=automatic,
        )
        portal.journal.outbox.append(sent)
        details = sent.as_json(portal.zone)
        del details["at"]
        portal.record("message", **details)
        self._lines.events.outgoing(chat, session, message)


def _after_client(status: Status) -> Status:
    """Say where a client's message moves a session; writing while it closes brings it back (the latter UNPROVEN)."""
    match status:
        case Status.OPERATOR | Status.WAIT_CLIENT:
            return Status.CLIENT_AFTER_OPERATOR
        case Status.ANSWER:
            return Status.CLIENT
        case _:
            return status
