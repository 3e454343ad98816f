"""What an event of a portal hints at: a chat or an item to be looked at. Events are never believed, only followed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Final

from core.bitrix24.documents import DEAL, Item
from core.bitrix24.wire import as_int
from server.intake.form import Form, Value
from server.intake.request import part

Hint = int | Item

_MESSAGES: Final = frozenset({"ONOPENLINEMESSAGEADD", "ONOPENLINEMESSAGEUPDATE"})
_SESSIONS: Final = frozenset({"ONSESSIONSTART", "ONSESSIONFINISH"})
_DEALS: Final = frozenset({"ONCRMDEALUPDATE"})
HINTING: Final = _MESSAGES | _SESSIONS | _DEALS


def hints(event: str, data: Mapping[str, Value]) -> list[Hint]:
    """Return chat ids and items. A client's message names its chat only by the connector's own id, so it gives none."""
    if event in _DEALS:
        deal = as_int(_text(_child(data, "FIELDS").get("ID")))
        return [Item(DEAL, deal)] if deal is not None and deal > 0 else []
    chats = {_chat(event, told, is_ours="CONNECTOR" in data) for told in _told(data.get("DATA"))}
    return sorted(chat for chat in chats if chat is not None and chat > 0)


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


def _chat(event: str, told: Mapping[str, Value], *, is_ours: bool) -> int | None:
    if event in _SESSIONS:
        chat = _child(told, "chat")
        return as_int(_text(chat.get("chat_id"))) or as_int(_text(chat.get("id")))
    return as_int(_text(_child(told, "message").get("chat_id"))) if is_ours else None


def _child(data: Mapping[str, Value], name: str) -> Mapping[str, Value]:
    return part(data, name)


def _text(value: Value | None) -> str | None:
    return value if isinstance(value, str) else None
