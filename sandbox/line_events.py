"""Events of open lines in the shapes that the source and the documentation give them (openlines.md 3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.dialogs import Chat, Message, Session
from sandbox.wire import Json, moment

if TYPE_CHECKING:
    from sandbox.openlines import OpenLines
    from sandbox.portal import Portal


class LineEvents:
    """Tells applications of messages and sessions, in the shape that the switches choose."""

    def __init__(self, portal: Portal, lines: OpenLines) -> None:
        self._portal = portal
        self._lines = lines

    def incoming(self, chat: Chat, message: Message) -> None:
        """Tell of a client's message: the chat id of the portal is not in it."""
        data: Json = {
            "connector": chat.external,
            "chat": {"id": chat.external_id},
            "message": {
                "id": str(message.id),
                "date": str(int(message.at.timestamp())),
                "text": message.text,
                "user_id": str(chat.client_id),
            },
            "ref": {"source": ""},
            "extra": {"disable_tracker": "N"},
        }
        self._message(chat, {"DATA": self._shaped(data)})

    def outgoing(self, chat: Chat, session: Session, message: Message) -> None:
        """Tell of a message to the client; those of a live chat are never told."""
        if chat.connector == "livechat":
            return
        data: Json = {
            "connector": chat.external,
            "message": {
                "id": str(message.id),
                "chat_id": str(chat.id),
                "user_id": str(message.author),
                "text": message.text,
                "date": moment(message.at, self._portal.zone),
                "system": "N" if message.author else "Y",
            },
            "no_session": "N",
        }
        about = {"CONNECTOR": chat.connector, "LINE": str(session.line_id)}
        self._message(chat, {**about, "DATA": self._shaped(data)})

    def changed(self, event: str, chat: Chat, message: Message) -> None:
        """Tell that a message of ours was edited or deleted; those of clients are not told of."""
        session = self._lines.sessions.get(message.session_id)
        author = self._portal.people.get(message.author)
        if session is None or chat.connector == "livechat" or author is None or author.is_client or message.hidden:
            return
        data: dict[str, Json] = {
            "im": {"chat_id": str(chat.id), "message_id": str(message.id)},
            "message": {"id": str(message.id), "text": message.text},
            "chat": {"id": chat.external_id},
        }
        about = {"CONNECTOR": chat.connector, "LINE": str(session.line_id)}
        self._message(chat, {**about, "DATA": self._shaped(data)}, event)

    def _message(self, chat: Chat, data: dict[str, Json], event: str = "ONOPENLINEMESSAGEADD") -> None:
        if self._portal.switches.openline_events_for_all_connectors or chat.connector.startswith("custom"):
            self._portal.events.emit(event, data)

    def _shaped(self, data: Json) -> Json:
        return [data] if self._portal.switches.openline_data_is_list else data

    def session(self, event: str, chat: Chat, session: Session) -> None:
        """Tell that a session began or ended; the source puts no session id in it, the documentation does."""
        line = self._lines.lines[session.line_id]
        data: dict[str, Json] = {
            "connector": {**chat.external, "chat_id": str(chat.id)},
            "chat": {"chat_id": str(chat.id)},
            "line": {"id": str(line.id), "name": line.name},
        }
        if self._portal.switches.session_events_carry_session:
            closed = "N" if session.is_open else "Y"
            data["session"] = {"id": str(session.id), "closed": closed, "parent_id": "0", "close_term": "0"}
        self._portal.events.emit(event, {"DATA": data})
