"""One message of an open-line chat, and whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from core.bitrix24.command import Json
from core.bitrix24.wire import as_bool_yn, as_datetime, as_dict, as_int, as_list, as_str
from core.dialogs.own import NOTHING_SENT, OwnMessages
from core.dialogs.people import Users

#: Marks of system messages (imopenlines/lib/im/messages/session.php, session.php, automaticaction/*.php).
_CLASS_OUTPUT: Final = "bx-messenger-content-item-ol-output"
_CLASS_START: Final = "bx-messenger-content-item-ol-start"
_CLASS_END: Final = "bx-messenger-content-item-ol-end"
_CLASS_STAFF: Final = "bx-messenger-content-item-system"
_START_COMPONENT: Final = "StartDialogMessage"
_HIDDEN_COMPONENT: Final = "HiddenMessage"

#: A bare 1 or 0 in answer to the line's rating is rewritten so (imopenlines/lib/connector.php addMessage).
_VOTES: Final = ("[like]", "[dislike]")


class Author(StrEnum):
    """Who a message is from, as far as clocks and balls are concerned."""

    CLIENT = "client"
    HUMAN = "human"
    ROBOT = "robot"
    SYSTEM = "system"
    HIDDEN = "hidden"
    UNKNOWN = "unknown"


class Boundary(StrEnum):
    """A system message with which a session begins or ends."""

    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class Message:
    """A message as robots see it; the text never shows in logs (``repr`` leaves it out).

    ``automatic``: written by nobody (author 0), yet delivered to the client: welcome, off-hours text, farewell, and
    what ``imopenlines.bot.session.message.send`` sends. ``rating``: what an ending says of the client's vote.
    """

    id: int
    at: datetime
    author: Author
    author_id: int
    text: str = field(default="", repr=False)
    automatic: bool = False
    has_files: bool = False
    deleted: bool = False
    vote: bool = False
    boundary: Boundary | None = None
    rating: int = 0

    @property
    def ours(self) -> bool:
        """The client got it from our side, written by a person or not."""
        return not self.deleted and (self.author in {Author.HUMAN, Author.ROBOT} or self.automatic)

    @property
    def from_client(self) -> bool:
        return not self.deleted and self.author is Author.CLIENT


@dataclass(frozen=True, slots=True)
class Channel:
    """What must be known of a chat to tell its client from an echo of our own staff.

    ``client_id`` is the client's user (0 in group chats, where every connector user is a client). Some connectors
    return what employees wrote on a phone or in the connector's own window as messages of the connector user; they
    begin with one of ``echo_marks``.
    """

    client_id: int = 0
    echo_marks: tuple[str, ...] = ("=== Исходящее сообщение", "=== Outgoing message")
    service_marks: tuple[str, ...] = ("=== SYSTEM WZ ===",)


@dataclass(frozen=True, slots=True)
class RawMessage:
    """The fields that both ways of reading have, with parameter names in one spelling: ``COMPONENTID``."""

    id: int
    at: datetime
    author_id: int
    text: str = field(repr=False)
    params: Mapping[str, Json]

    @property
    def css(self) -> str:
        return as_str(self.params.get("CLASS"))

    @property
    def component(self) -> str:
        return as_str(self.params.get("COMPONENTID"))


def read_messages(value: Json) -> tuple[RawMessage, ...]:
    """Read the messages of either answer, in ascending order; what has no id or time is passed over.

    ``im.dialog.messages.get``: a list, ``author_id``, params ``COMPONENT_ID``; ``imopenlines.session.history.get``: a
    map by id, ``senderid``, params ``componentId`` (imopenlines/lib/rest.php objectEncode).
    """
    raw = (_raw(as_dict(item)) for item in as_list(value))
    return tuple(sorted((message for message in raw if message is not None), key=lambda message: message.id))


def _raw(fields: Mapping[str, Json]) -> RawMessage | None:
    number, at = as_int(fields.get("id")), as_datetime(fields.get("date"))
    if number is None or at is None:
        return None
    author = fields.get("author_id") if "author_id" in fields else fields.get("senderid")
    params = {name.replace("_", "").upper(): value for name, value in as_dict(fields.get("params")).items()}
    return RawMessage(number, at, as_int(author) or 0, as_str(fields.get("text")), params)


def classify(
    raw: Iterable[RawMessage], *, users: Users, own: OwnMessages = NOTHING_SENT, channel: Channel | None = None
) -> tuple[Message, ...]:
    """Say whose each message is, and which are marks of a session's beginning and end."""
    return tuple(_message(item, users, own, channel or Channel()) for item in raw)


def _message(raw: RawMessage, users: Users, own: OwnMessages, channel: Channel) -> Message:
    author = _author(raw, users, own, channel)
    vote = author is Author.CLIENT and raw.text.lower().startswith(_VOTES)
    if not raw.params:
        return Message(raw.id, raw.at, author, raw.author_id, raw.text, vote=vote)
    return Message(
        id=raw.id,
        at=raw.at,
        author=author,
        author_id=raw.author_id,
        text=raw.text,
        automatic=raw.author_id == 0 and _CLASS_OUTPUT in raw.css,
        has_files=bool(as_list(raw.params.get("FILEID"))) or _has_attached_files(raw, author),
        deleted=as_bool_yn(raw.params.get("ISDELETED")) is True,
        vote=vote,
        boundary=_boundary(raw),
        rating=as_int(raw.params.get("IMOLVOTEUSER")) or 0,
    )


def _author(raw: RawMessage, users: Users, own: OwnMessages, channel: Channel) -> Author:
    if raw.params and (raw.component == _HIDDEN_COMPONENT or _CLASS_STAFF in raw.css):
        return Author.HIDDEN
    if own.hold(raw.id, author_id=raw.author_id, text=raw.text, at=raw.at):
        return Author.ROBOT
    if raw.author_id == 0:
        return Author.SYSTEM
    user = users.get(raw.author_id)
    if raw.author_id == channel.client_id or (user is not None and user.connector):
        return _connector_author(raw, channel)
    if user is None:
        return Author.UNKNOWN
    return Author.ROBOT if user.bot else Author.HUMAN


def _connector_author(raw: RawMessage, channel: Channel) -> Author:
    """Tell the client from an echo; what cannot be told is UNKNOWN and never counts for or against anybody."""
    text = raw.text.lstrip()
    if text.startswith(channel.service_marks):
        return Author.SYSTEM
    if text.startswith(channel.echo_marks):
        return Author.UNKNOWN
    if channel.client_id and raw.author_id != channel.client_id:
        return Author.UNKNOWN
    return Author.CLIENT


def _boundary(raw: RawMessage) -> Boundary | None:
    if raw.author_id != 0:
        return None
    if _CLASS_START in raw.css or raw.component == _START_COMPONENT:
        return Boundary.START
    return Boundary.END if _CLASS_END in raw.css else None


def _has_attached_files(raw: RawMessage, author: Author) -> bool:
    """Connectors hand files over as links in an attachment (imopenlines/lib/connector.php addMessage)."""
    return author is Author.CLIENT and bool(as_list(raw.params.get("ATTACH")))
