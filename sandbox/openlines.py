"""Open lines at work: how sessions open, are accepted and handed on (openlines.md parts 1 and 3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.closing import Closing
from sandbox.conversation import Conversation
from sandbox.dialogs import Chat, Line, Session, Status
from sandbox.errors import RestError, no_reason
from sandbox.line_events import LineEvents
from sandbox.people import User
from sandbox.tracker import Tracker
from sandbox.triggers import ANSWERED, SESSION_STARTED
from sandbox.words import say

if TYPE_CHECKING:
    from sandbox.portal import Portal


class OpenLines:
    """All lines, chats and sessions of the portal, and the ways a dialog goes from hand to hand."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self.lines: dict[int, Line] = {}
        self.chats: dict[int, Chat] = {}
        self.sessions: dict[int, Session] = {}
        self.events = LineEvents(portal, self)
        self.tracker = Tracker(portal, self)
        self.talk = Conversation(portal, self)
        self.closing = Closing(portal, self)

    # Finding ----------------------------------------------------------------------------------------------------

    def session_of(self, chat: Chat) -> Session | None:
        """Return the open session of a chat; one force-closed may still be named by it (openlines.md 1.3)."""
        session = self.sessions.get(chat.session_id)
        return session if session and session.is_open else None

    def last_session(self, chat: Chat) -> Session | None:
        """Return the open session, or the latest closed one."""
        return self.sessions[chat.session_ids[-1]] if chat.session_ids else None

    def by_user_code(self, code: str) -> Chat | None:
        code = code.removeprefix("imol|")
        return next((chat for chat in self.chats.values() if chat.user_code == code), None)

    def line_of(self, chat: Chat) -> Line:
        """Return the line the open session is on; a transfer to another line changes it."""
        session = self.session_of(chat)
        return self.lines[session.line_id if session else chat.line_id]

    def chats_of(self, entity_type: int, entity_id: int, *, active_only: bool) -> list[Chat]:
        """Return chats bound to a CRM entity, latest first; ``active_only`` hides unaccepted ones too (fact 2)."""
        found: list[tuple[Session, Chat]] = []
        for chat in self.chats.values():
            session = self.last_session(chat)
            if chat.bindings.get(entity_type) != entity_id or not chat.connector_active or session is None:
                continue
            if session.accepted or not active_only:
                found.append((session, chat))
        found.sort(key=lambda pair: (pair[0].changed_at, pair[0].id), reverse=True)
        return [chat for _, chat in found]

    # Opening ----------------------------------------------------------------------------------------------------

    def new_chat(
        self,
        line: Line,
        *,
        connector: str,
        client: User,
        title: str = "",
        bound: tuple[tuple[int, int], ...] = (),
    ) -> Chat:
        """Make a chat of a client on a line; the first of ``bound`` is its primary CRM entity."""
        ids = self._portal.ids
        chat = Chat(
            id=ids.next("chat", above=1_700),
            title=title or f"{client.full_name} - {line.name}",
            connector=connector,
            line_id=line.id,
            external_id=str(ids.next("external chat", above=900_000)),
            client_id=client.id,
            created_at=self._portal.now(),
            members=[client.id],
        )
        self.chats[chat.id] = chat
        for kind, number in bound:
            self.tracker.bind(chat, kind, number)
        return chat

    def open(self, chat: Chat, *, operator: User | None = None, incoming: bool = True) -> Session:
        """Start a session; without an operator it waits in the queue of the line (openlines.md 1.1)."""
        portal, line = self._portal, self.lines[chat.line_id]
        session = Session(
            id=portal.ids.next("session", above=300),
            chat_id=chat.id,
            line_id=line.id,
            status=Status.ANSWER if operator else Status.NEW,
            created_at=portal.now(),
        )
        if line.crm:
            session.activity = self.tracker.activity(chat, line, operator=operator, incoming=incoming)
        self.sessions[session.id] = session
        chat.session_ids.append(session.id)
        chat.session_id, chat.owner, chat.pinned = session.id, 0, False
        started = self.talk.system(
            chat,
            say(portal.lang, "session_started", session=session.id),
            {"CLASS": "bx-messenger-content-item-ol-start", "COMPONENT_ID": "StartDialogMessage"},
        )
        session.start_message = started.id
        if operator:
            self._take(chat, session, operator)
        else:
            self._offer(chat, session, line)
        self.closing.plan(chat, session)
        portal.record("open", chat_id=chat.id, session_id=session.id, operator=operator.id if operator else 0)
        self.tracker.opened(chat, session)
        self.events.session("ONSESSIONSTART", chat, session)
        self.tracker.tell(SESSION_STARTED, chat, session)
        return session

    def _offer(self, chat: Chat, session: Session, line: Line) -> None:
        """Offer a new dialog to the queue; a welcome bot holds it meanwhile, unaccepted (openlines.md trap 26)."""
        session.offered_to = self._next_in_queue(line, after=0)
        bot = self._portal.people.get(line.welcome_bot)
        if bot and bot.is_bot:
            chat.owner = session.operator = bot.id
            chat.members = [*(one for one in chat.members if one != bot.id), bot.id]
        self.closing.expect_answer(session, line)

    # Hands ------------------------------------------------------------------------------------------------------

    def accept(self, chat: Chat, user: User) -> None:
        """Take a dialog; taking one's own or a closed one fails with an empty code (openlines.md 3.5)."""
        session = self.session_of(chat)
        if session is None or chat.owner == user.id:
            raise no_reason()
        self._take(chat, session, user)
        self.talk.system(chat, say(self._portal.lang, "accepted", user=user.full_name))
        self._portal.record("accept", chat_id=chat.id, session_id=session.id, operator=user.id)

    def _take(self, chat: Chat, session: Session, user: User) -> None:
        """Make a user the operator: other employees leave the chat (fact 8), CRM may follow (fact 9)."""
        chat.members = [*self._without_employees(chat), user.id]
        chat.read_up_to[user.id] = chat.last_message_id
        chat.owner = session.operator = user.id
        session.offered_to = 0
        session.status = max(session.status, Status.ANSWER)
        self.tracker.taken(session, user)
        self.tracker.tell(ANSWERED, chat, session)

    def transfer_to_user(self, chat: Chat, to: User, *, by: User) -> None:
        """Hand a dialog to an employee at once, without his consent; a closed dialog opens anew (openlines.md 3.5)."""
        session = self.session_of(chat) or self.open(chat, incoming=False)
        before = chat.owner
        self._take(chat, session, to)
        self.closing.plan(chat, session)
        self.talk.system(chat, say(self._portal.lang, "to_user", by=by.full_name, user=to.full_name))
        self._portal.record("transfer", chat_id=chat.id, session_id=session.id, was=before, to=to.id)

    def transfer_to_queue(self, chat: Chat, line: Line, *, by: User) -> None:
        """Put a dialog into the queue of a line: nobody owns it until someone accepts (openlines.md 3.5)."""
        session = self.session_of(chat) or self.open(chat, incoming=False)
        if line.id != session.line_id:
            chat.line_after_transfer = 0 if line.id == chat.line_id else line.id
            session.line_id = line.id
        self.to_queue(chat, session, line, say(self._portal.lang, "to_queue", by=by.full_name, line=line.name))

    def to_queue(self, chat: Chat, session: Session, line: Line, words: str) -> None:
        before = chat.owner
        chat.members = self._without_employees(chat)
        chat.owner = session.operator = 0
        session.status = Status.SKIP
        session.offered_to = self._next_in_queue(line, after=before)
        if session.activity:
            session.activity.answered = False
            session.activity.updated_at = self._portal.now()
        self.closing.plan(chat, session)
        self.talk.system(chat, words)
        self._portal.record("transfer", chat_id=chat.id, session_id=session.id, was=before, to=f"queue{line.id}")

    def skip(self, chat: Chat, *, by: User) -> None:
        """Offer the dialog to the next in the queue; alone there, nothing moves and it fails (openlines.md 3.5)."""
        session = self.session_of(chat)
        if session is None:
            raise RestError("ACCESS_DENIED_KICK", "Access denied")
        line, now_at = self.lines[session.line_id], chat.owner or session.offered_to or by.id
        following = self._next_in_queue(line, after=now_at)
        if following in (0, now_at):
            self.talk.system(chat, say(self._portal.lang, "alone"))
            raise no_reason()
        self.to_queue(chat, session, line, say(self._portal.lang, "to_queue", by=by.full_name, line=line.name))
        session.offered_to = following

    def _next_in_queue(self, line: Line, *, after: int) -> int:
        """Find who is offered a dialog next; a line that checks availability passes over who is off (1.4)."""
        people = [
            one
            for one in line.queue
            if (user := self._portal.people.employee(one)) and (not line.check_available or user.on_shift)
        ]
        if after in people:
            return people[(people.index(after) + 1) % len(people)]
        return people[0] if people else 0

    def join(self, chat: Chat, user: User) -> None:
        """Add an employee as an observer; works on closed dialogs too (openlines.md 3.5)."""
        if user.id not in chat.members:
            chat.members.append(user.id)
            chat.read_up_to[user.id] = chat.last_message_id
            self.talk.system(chat, say(self._portal.lang, "joined", user=user.full_name), {"CODE": ["CHAT_JOIN"]})
            self._portal.record("join", chat_id=chat.id, user=user.id)

    def leave(self, chat: Chat, user: User) -> None:
        if user.id in chat.members:
            chat.members.remove(user.id)
            self.talk.system(chat, say(self._portal.lang, "left", user=user.full_name), {"CODE": ["CHAT_LEAVE"]})
            self._portal.record("leave", chat_id=chat.id, user=user.id)

    def _without_employees(self, chat: Chat) -> list[int]:
        people = self._portal.people
        return [one for one in chat.members if not ((user := people.get(one)) and user.is_employee)]
