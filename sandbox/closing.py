"""How dialogs end: by a person in two phases, by the clock, and at the end of a shift (openlines.md fact 6, 1.4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.dialogs import Chat, Line, Session, Status
from sandbox.errors import RestError
from sandbox.people import User
from sandbox.words import say

if TYPE_CHECKING:
    from sandbox.openlines import OpenLines
    from sandbox.portal import Portal

_MONTH, _WEEK = timedelta(days=30), timedelta(days=7)


class Closing:
    """Ends sessions, and knows when each would end by itself."""

    def __init__(self, portal: Portal, lines: OpenLines) -> None:
        self._portal = portal
        self._lines = lines
        self._next_due_at: datetime | None = None
        self._unanswered: list[tuple[datetime, int]] = []

    def finish(self, chat: Chat, *, by: User) -> None:
        """Finish in two phases: with a close text or a vote the first only begins to close (openlines.md fact 6)."""
        session = self._lines.session_of(chat)
        if session is None:
            raise RestError("NOT_LOAD_SESSION_OR_CHAT", "Session or chat was not loaded")
        line = self._lines.lines[session.line_id]
        self._portal.record("finish", chat_id=chat.id, session_id=session.id, by=by.id, status=int(session.status))
        if session.status < Status.WAIT_CLIENT and (line.close_text or line.vote):
            self._begin(chat, session, line, by)
        else:
            self.close(chat, session)

    def _begin(self, chat: Chat, session: Session, line: Line, by: User) -> None:
        talk = self._lines.talk
        if line.close_text:
            talk.automatic(chat, session, line.close_text)
        if line.vote and not session.vote:
            session.asked_for_vote = True
            talk.automatic(chat, session, line.vote_text)
        session.status = Status.WAIT_CLIENT
        # FULL_CLOSE_TIME=0 still waits for the agent, about a minute (openlines.md trap 10)
        self._due(session, timedelta(minutes=max(line.full_close_minutes, 1)))
        if session.activity:
            session.activity.updated_at = self._portal.now()
        talk.system(chat, say(self._portal.lang, "finished_by", user=by.full_name))

    def close(self, chat: Chat, session: Session, status: Status = Status.CLOSE) -> None:
        """Close for good: session 0 and owner 0 in the chat (openlines.md 1.3)."""
        portal = self._portal
        session.status, session.closed_at, session.close_due_at = status, portal.now(), None
        ended = self._lines.talk.system(
            chat,
            say(portal.lang, "session_ended"),
            {"CLASS": "bx-messenger-content-item-ol-end", "IMOL_VOTE_SID": session.id, "IMOL_VOTE_USER": session.vote},
        )
        session.end_message = ended.id
        chat.session_id, chat.owner, chat.pinned = 0, 0, False
        self._complete(session)
        portal.record("close", chat_id=chat.id, session_id=session.id, status=int(status))
        self._lines.events.session("ONSESSIONFINISH", chat, session)

    def spam(self, chat: Chat, *, by: User) -> None:
        """Close as spam at once, whatever the line says about farewells; nothing open, nothing done (3.5)."""
        session = self._lines.session_of(chat)
        if session:
            self._lines.talk.system(chat, say(self._portal.lang, "spam_by", user=by.full_name))
            self.close(chat, session, Status.SPAM)

    def dismissed(self, user: User) -> None:
        """Force-close the dialogs of an employee who left; the chats go on naming him (openlines.md 1.3)."""
        for session in self._lines.sessions.values():
            if session.is_open and session.operator == user.id:
                session.status, session.closed_at, session.close_due_at = Status.CLOSE, self._portal.now(), None
                self._complete(session)
                self._portal.record("close", chat_id=session.chat_id, session_id=session.id, status=int(session.status))
        self._portal.touch()

    def plan(self, chat: Chat, session: Session) -> None:
        """Plan when Bitrix24 closes a dialog by itself (openlines.md 1.4)."""
        wait = _MONTH
        if chat.pinned:
            wait = _WEEK
        elif session.status == Status.OPERATOR:
            wait = timedelta(seconds=self._lines.lines[session.line_id].auto_close_seconds)
        self._due(session, wait)
        if session.activity:
            session.activity.planned_end_at = self._portal.now() + wait

    def _complete(self, session: Session) -> None:
        if session.activity:
            session.activity.completed = True
            session.activity.updated_at = session.activity.planned_end_at = self._portal.now()

    def expect_answer(self, session: Session, line: Line) -> None:
        """Plan the line's own words for a client whom nobody accepts in time (openlines.md 1.4)."""
        if line.no_answer_text and not session.told_no_answer:
            self._unanswered.append((self._portal.now() + timedelta(seconds=line.no_answer_seconds), session.id))

    def _tell_no_answer(self, now: datetime) -> None:
        due = [number for at, number in self._unanswered if at <= now]
        self._unanswered = [one for one in self._unanswered if one[0] > now]
        for session in map(self._lines.sessions.__getitem__, due):
            if session.status < Status.ANSWER and not session.told_no_answer:
                session.told_no_answer = True
                words = self._lines.lines[session.line_id].no_answer_text
                self._lines.talk.automatic(self._lines.chats[session.chat_id], session, words)

    def _due(self, session: Session, wait: timedelta) -> None:
        due = session.close_due_at = self._portal.now() + wait
        self._next_due_at = min(self._next_due_at or due, due)

    def settle(self) -> None:
        """Close what has come due, tell who waits that he is not forgotten."""
        now = self._portal.now()
        if self._unanswered:
            self._tell_no_answer(now)
        if self._next_due_at is None or self._next_due_at > now:
            return
        waiting = [one for one in self._lines.sessions.values() if one.close_due_at]
        for session in waiting:
            if session.close_due_at and session.close_due_at <= now:
                self.close(self._lines.chats[session.chat_id], session)
        self._next_due_at = min((one.close_due_at for one in waiting if one.close_due_at), default=None)

    def workday_ended(self, user: User) -> None:
        """Return dialogs of an operator to the queue, where the line checks who is there (openlines.md 1.4)."""
        for chat in self._lines.chats.values():
            session = self._lines.session_of(chat)
            if session is None or chat.owner != user.id or session.status >= Status.OPERATOR or chat.pinned:
                continue
            line = self._lines.lines[session.line_id]
            if line.check_available and [one for one in line.queue if one != user.id]:
                self._lines.to_queue(chat, session, line, say(self._portal.lang, "shift_over"))
