"""What an event of a portal hints at: something to be looked at. Events are never believed, only followed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.bitrix24.documents import DEAL, Item
from core.bitrix24.wire import as_int
from server.intake.form import Form, Value
from server.intake.request import part

#: A code is made of ids that connectors choose; one that is longer is nobody's.
_LONGEST_CODE: Final = 500


@dataclass(frozen=True, slots=True)
class Client:
    """A chat by its connector's own ids, connector|line|chat|user: all that a client's message tells of it."""

    user_code: str


#: A chat by its id, a chat by its client, or an item.
Hint = int | Client | Item

_MESSAGES: Final = frozenset({"ONOPENLINEMESSAGEADD", "ONOPENLINEMESSAGEUPDATE"})
_SESSIONS: Final = frozenset({"ONSESSIONSTART", "ONSESSIONFINISH"})
_DEALS: Final = frozenset({"ONCRMDEALUPDATE"})
HINTING: Final = _MESSAGES | _SESSIONS | _DEALS


def hints(event: str, data: Mapping[str, Value]) -> Sequence[Hint]:
    """Return what to look at. Our own messages name a chat of the portal, those of clients only the connector's."""
    if event in _DEALS:
        deal = as_int(_text(_child(data, "FIELDS").get("ID")))
        return [Item(DEAL, deal)] if deal is not None and deal > 0 else []
    if event in _SESSIONS or "CONNECTOR" in data:
        chats = {_chat(event, told) for told in _told(data.get("DATA"))}
        return sorted(chat for chat in chats if chat is not None and chat > 0)
    codes = {_user_code(_child(told, "connector")) for told in _told(data.get("DATA"))}
    return [Client(code) for code in sorted(codes) if code]


def mark(event: str, form: Form) -> str:
    """Return what makes this event the same as another: name, handler, objects and the portal's second."""
    same = [event, form.get("event_handler_id"), form.get("data"), form.get("ts")]
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()


def _told(value: Value | None) -> Iterator[Mapping[str, Value]]:
    """Documentation shows a list of one, the source sends the one itself (openlines.md 3.6)."""
    match value:
        case dict():
            yield value
        case list():
            yield from (item for item in value if isinstance(item, dict))


def _chat(event: str, told: Mapping[str, Value]) -> int | None:
    if event in _SESSIONS:
        chat = _child(told, "chat")
        return as_int(_text(chat.get("chat_id"))) or as_int(_text(chat.get("id")))
    return as_int(_text(_child(told, "message").get("chat_id")))


def _user_code(connector: Mapping[str, Value]) -> str:
    """Return the code that ``imopenlines.dialog.get`` calls ``entity_id``, or nothing when a part of it is missing."""
    parts = [_text(connector.get(name)) or "" for name in ("connector_id", "line_id", "chat_id", "user_id")]
    code = "|".join(parts)
    return code if all(parts) and len(code) <= _LONGEST_CODE and "\x00" not in code else ""


def _child(data: Mapping[str, Value], name: str) -> Mapping[str, Value]:
    return part(data, name)


def _text(value: Value | None) -> str | None:
    return value if isinstance(value, str) else None
