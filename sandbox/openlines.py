"""Open lines at work: how sessions open, are accepted, handed on and closed (openlines.md parts 1 and 3.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.conversation import Conversation
from sandbox.crm import TYPE_NAMES
from sandbox.dialogs import Activity, Chat, Line, Session, Status
from sandbox.errors import RestError, no_reason
from sandbox.people import User, Workday
from sandbox.wire import Json
from sandbox.words import say

if TYPE_CHECKING:
    from sandbox.portal import Portal

_MONTH, _WEEK = timedelta(days=30), timedelta(days=7)


class OpenLines:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self.lines: dict[int, Line] = {}
        self.chats: dict[int, Chat] = {}
        self.sessions: dict[int, Session] = {}
        self.talk = Conversation(portal, self)

    # Finding ----------------------------------------------------------------------------------------------------

    def session_of(self, chat: Chat) -> Session | None:
        """Return the open session of a chat."""
        return self.sessions.get(chat.session_id)

    def last_session(self, chat: Chat) -> Session | None:
        """Return the open session, or the latest closed one."""
        return max((one for one in self.sessions.values() if one.chat_id == chat.id), key=lambda s: s.id, default=None)

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
        found.sort(
            key=lambda pair: pair[0].activity.updated_at if pair[0].activity else pair[0].created_at, reverse=True
        )
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
            self.bind(chat, kind, number)
        return chat

    def bind(self, chat: Chat, kind: int, number: int) -> None:
        """Bind a chat to a CRM entity; smart processes get only a binding of the activity (openlines.md 3.1)."""
        if kind in TYPE_NAMES:
            chat.bindings[kind] = number
            chat.primary = chat.primary or (kind, number)
        session = self.session_of(chat)
        if session and session.activity and (kind, number) not in session.activity.bindings:
            session.activity.bindings.append((kind, number))
        self._portal.touch()

    def open(self, chat: Chat, *, operator: User | None = None, incoming: bool = True) -> Session:
        """Start a session; without an operator it waits in the queue of the line (openlines.md 1.1)."""
        portal, line, now = self._portal, self.lines[chat.line_id], self._portal.now()
        previous = self.last_session(chat)
        session = Session(
            id=portal.ids.next("session", above=300),
            chat_id=chat.id,
            line_id=line.id,
            status=Status.ANSWER if operator else Status.NEW,
            created_at=now,
        )
        self.sessions[session.id] = session
        chat.session_id, chat.owner, chat.pinned = session.id, 0, False
        if line.crm:
            extra = [
                key
                for key in (previous.activity.bindings if previous and previous.activity else [])
                if key[0] not in TYPE_NAMES
            ]
            session.activity = Activity(
                id=portal.ids.next("activity", above=2_000),
                bindings=[*chat.bindings.items(), *extra],
                responsible=operator.id if operator else (line.queue[0] if line.queue else 0),
                updated_at=now,
                planned_end_at=now + _MONTH,
                incoming=incoming,
            )
        started = self.talk.system(
            chat,
            say(portal.lang, "session_started", session=session.id),
            {"CLASS": "bx-messenger-content-item-ol-start", "COMPONENT_ID": "StartDialogMessage"},
        )
        session.start_message = started.id
        if operator:
            self._take(chat, session, operator)
        else:
            session.offered_to = self._next_in_queue(line, after=0)
        self.plan_close(chat, session)
        self._tell_session("ONSESSIONSTART", chat, session)
        portal.touch()
        return session

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
        chat.members = [one for one in chat.members if not self._is_employee(one)]
        chat.members.append(user.id)
        chat.owner = session.operator = user.id
        session.offered_to = 0
        session.status = max(session.status, Status.ANSWER)
        if session.activity:
            session.activity.answered = True
            session.activity.updated_at = self._portal.now()
        line = self.lines[session.line_id]
        if line.crm and line.crm_transfer_change:
            if session.activity:
                session.activity.responsible = user.id
            for key in sorted(session.created_items):
                item = self._portal.crm.items.get(key)
                if item and item.assigned_by != user.id:
                    self._portal.crm.update(item, {"assignedById": user.id}, by=user.id)

    def transfer_to_user(self, chat: Chat, to: User, *, by: User) -> None:
        """Hand a dialog to an employee at once, without his consent; a closed dialog opens anew (openlines.md 3.5)."""
        session = self.session_of(chat) or self.open(chat, incoming=False)
        before = chat.owner
        self._take(chat, session, to)
        self.plan_close(chat, session)
        self.talk.system(chat, say(self._portal.lang, "to_user", by=by.full_name, user=to.full_name))
        self._portal.record("transfer", chat_id=chat.id, session_id=session.id, was=before, to=to.id)

    def transfer_to_queue(self, chat: Chat, line: Line, *, by: User) -> None:
        """Put a dialog into the queue of a line: nobody owns it until someone accepts (openlines.md 3.5)."""
        session = self.session_of(chat) or self.open(chat, incoming=False)
        if line.id != session.line_id:
            chat.line_after_transfer = 0 if line.id == chat.line_id else line.id
            session.line_id = line.id
        self._to_queue(chat, session, line, say(self._portal.lang, "to_queue", by=by.full_name, line=line.name))

    def _to_queue(self, chat: Chat, session: Session, line: Line, words: str) -> None:
        before = chat.owner
        chat.members = [one for one in chat.members if not self._is_employee(one)]
        chat.owner = session.operator = 0
        session.status = Status.SKIP
        session.offered_to = self._next_in_queue(line, after=before)
        if session.activity:
            session.activity.answered = False
            session.activity.updated_at = self._portal.now()
        self.talk.system(chat, words)
        self._portal.record("transfer", chat_id=chat.id, session_id=session.id, was=before, to=f"queue{line.id}")

    def skip(self, chat: Chat, *, by: User) -> None:
        """Offer the dialog to the next in the queue; alone there, nothing moves and it fails (openlines.md 3.5)."""
        session = self.session_of(chat)
        if session is None:
            raise RestError("ACCESS_DENIED_KICK", "Access denied")
        line = self.lines[session.line_id]
        following = self._next_in_queue(line, after=chat.owner or session.offered_to or by.id)
        if not following or following == (chat.owner or by.id):
            self.talk.system(chat, say(self._portal.lang, "alone"))
            raise no_reason()
        self._to_queue(chat, session, line, say(self._portal.lang, "to_queue", by=by.full_name, line=line.name))
        session.offered_to = following

    def _next_in_queue(self, line: Line, *, after: int) -> int:
        people = [
            one
            for one in line.queue
            if (user := self._portal.people.employee(one))
            and (not line.check_available or user.workday is Workday.OPENED or not user.counts_worktime)
        ]
        if not people:
            return 0
        if after in people:
            return people[(people.index(after) + 1) % len(people)]
        return people[0]

    def join(self, chat: Chat, user: User) -> None:
        """Add an employee as an observer; works on closed dialogs too (openlines.md 3.5)."""
        if user.id not in chat.members:
            chat.members.append(user.id)
            self.talk.system(chat, say(self._portal.lang, "joined", user=user.full_name), {"CODE": ["CHAT_JOIN"]})
            self._portal.record("join", chat_id=chat.id, user=user.id)

    def leave(self, chat: Chat, user: User) -> None:
        if user.id in chat.members:
            chat.members.remove(user.id)
            self.talk.system(chat, say(self._portal.lang, "left", user=user.full_name), {"CODE": ["CHAT_LEAVE"]})
            self._portal.record("leave", chat_id=chat.id, user=user.id)

    # Closing ----------------------------------------------------------------------------------------------------

    def finish(self, chat: Chat, *, by: User) -> None:
        """Finish in two phases: with a close text or a vote the first only begins to close (fact 6)."""
        session = self.session_of(chat)
        if session is None:
            raise RestError("NOT_LOAD_SESSION_OR_CHAT", "Session or chat was not loaded")
        portal, line = self._portal, self.lines[session.line_id]
        portal.record("finish", chat_id=chat.id, session_id=session.id, by=by.id, status=int(session.status))
        if session.status < Status.WAIT_CLIENT and (line.close_text or line.vote):
            if line.close_text:
                self.talk.automatic(chat, session, line.close_text)
            if line.vote and not session.vote:
                session.asked_for_vote = True
                self.talk.automatic(chat, session, line.vote_text)
            session.status = Status.WAIT_CLIENT
            # FULL_CLOSE_TIME=0 still waits for the agent, about a minute (openlines.md trap 10)
            session.close_due_at = portal.now() + timedelta(minutes=max(line.full_close_minutes, 1))
            self.talk.system(chat, say(portal.lang, "finished_by", user=by.full_name))
            self._stamp(session)
            return
        self.close(chat, session)

    def close(self, chat: Chat, session: Session, status: Status = Status.CLOSE) -> None:
        """Close for good: session 0 and owner 0 in the chat (openlines.md 1.3)."""
        portal = self._portal
        session.status, session.closed_at, session.close_due_at = status, portal.now(), None
        ended = self.talk.system(
            chat,
            say(portal.lang, "session_ended"),
            {"CLASS": "bx-messenger-content-item-ol-end", "IMOL_VOTE_SID": session.id, "IMOL_VOTE_USER": session.vote},
        )
        session.end_message = ended.id
        chat.session_id, chat.owner, chat.pinned = 0, 0, False
        if session.activity:
            session.activity.completed = True
            session.activity.updated_at = session.activity.planned_end_at = portal.now()
        portal.record("close", chat_id=chat.id, session_id=session.id, status=int(status))
        self._tell_session("ONSESSIONFINISH", chat, session)

    def plan_close(self, chat: Chat, session: Session) -> None:
        """Plan when Bitrix24 closes a dialog by itself (openlines.md 1.4)."""
        wait = _MONTH
        if chat.pinned:
            wait = _WEEK
        elif session.status == Status.OPERATOR:
            wait = timedelta(seconds=self.lines[session.line_id].auto_close_seconds)
        session.close_due_at = self._portal.now() + wait
        if session.activity:
            session.activity.planned_end_at = session.close_due_at

    def settle(self) -> None:
        """Close what has come due."""
        now = self._portal.now()
        for session in [one for one in self.sessions.values() if one.close_due_at and one.close_due_at <= now]:
            self.close(self.chats[session.chat_id], session)

    def workday_ended(self, user: User) -> None:
        """Return dialogs of an operator to the queue, where the line checks who is there (openlines.md 1.4)."""
        for chat in self.chats.values():
            session = self.session_of(chat)
            if session is None or chat.owner != user.id or session.status >= Status.OPERATOR or chat.pinned:
                continue
            line = self.lines[session.line_id]
            if line.check_available and [one for one in line.queue if one != user.id]:
                self._to_queue(chat, session, line, say(self._portal.lang, "shift_over"))

    # ------------------------------------------------------------------------------------------------------------

    def _stamp(self, session: Session) -> None:
        if session.activity:
            session.activity.updated_at = self._portal.now()

    def _is_employee(self, user_id: int) -> bool:
        user = self._portal.people.get(user_id)
        return user is not None and user.is_employee

    def _tell_session(self, event: str, chat: Chat, session: Session) -> None:
        """Send OnSessionStart or OnSessionFinish; the source has no session id in it (openlines.md 3.6)."""
        line = self.lines[session.line_id]
        data: dict[str, Json] = {
            "connector": {**chat.external, "chat_id": str(chat.id)},
            "chat": {"chat_id": str(chat.id)},
            "line": {"id": str(line.id), "name": line.name},
        }
        if self._portal.switches.session_events_carry_session:
            closed = "N" if session.is_open else "Y"
            data["session"] = {"id": str(session.id), "closed": closed, "parent_id": "0", "close_term": "0"}
        self._portal.events.emit(event, {"DATA": data})
