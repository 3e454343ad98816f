"""The chat behind a dialog, as ``imopenlines.dialog.get`` describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from core.bitrix24.command import Json
from core.bitrix24.documents import COMPANY, CONTACT, DEAL, LEAD, Item
from core.bitrix24.wire import as_bool_yn, as_dict, as_int, as_list, as_moment, as_str

_TYPES: Final = {"LEAD": LEAD, "COMPANY": COMPANY, "CONTACT": CONTACT, "DEAL": DEAL}

#: Places in ``entity_data_1``, ten fields between bars (imopenlines/lib/chat.php getFieldData).
_CRM, _CRM_TYPE, _CRM_ID, _PINNED, _CLOSING, _SESSION, _CREATED, _LINE, _BLOCKED, _REASON = range(10)


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat of a client, a channel and a line; it outlives its sessions.

    ``session_id`` 0: no session is open. ``owner_id`` 0: nobody accepted it. ``window_until``: after it nothing is
    delivered to the client (None: Bitrix24 tracks no window). ``line_id``: where the session is now; after a transfer
    to another line the mark may be left over from an older session. ``client_id`` 0: a group of clients.
    """

    id: int
    title: str = ""
    owner_id: int = 0
    session_id: int = 0
    closing: bool = False
    pinned: bool = False
    silent: bool = False
    window_until: datetime | None = None
    block_reason: str = ""
    line_id: int = 0
    connector: str = ""
    client_id: int = 0
    user_code: str = ""
    last_message_id: int = 0
    session_began_at: datetime | None = None
    primary: Item | None = None
    bindings: tuple[Item, ...] = ()
    member_ids: frozenset[int] = frozenset()
    role: str = ""
    can_rename: bool = True

    @property
    def open(self) -> bool:
        return self.session_id > 0

    @property
    def accepted(self) -> bool:
        return self.open and self.owner_id > 0

    @property
    def in_queue(self) -> bool:
        return self.open and self.owner_id == 0

    @property
    def dialog_id(self) -> str:
        return f"chat{self.id}"

    def blocked(self, now: datetime) -> bool:
        """Tell whether Bitrix24 itself knows that nothing will be delivered any more."""
        return self.window_until is not None and self.window_until < now


def chat_of(result: Json) -> Chat | None:
    """Read the answer of ``imopenlines.dialog.get`` (or ``im.dialog.get``); None when it describes no chat."""
    fields = as_dict(result)
    number = as_int(fields.get("id"))
    if number is None or number < 1:
        return None
    data = _parts(fields.get("entity_data_1"), 10)
    connector, line, _, client = _parts(fields.get("entity_id"), 4)
    session_id = as_int(data[_SESSION]) or 0
    return Chat(
        id=number,
        title=as_str(fields.get("name")),
        owner_id=as_int(fields.get("owner")) or 0,
        session_id=session_id,
        closing=session_id > 0 and data[_CLOSING] == "Y",
        pinned=data[_PINNED] == "Y",
        silent=as_str(fields.get("entity_data_3")) == "Y",
        window_until=as_moment(data[_BLOCKED]),
        block_reason=data[_REASON] if data[_REASON] not in {"0", ""} else "",
        line_id=as_int(data[_LINE]) or as_int(line) or 0,
        connector=connector,
        client_id=as_int(client) or 0,
        user_code=as_str(fields.get("entity_id")),
        last_message_id=as_int(fields.get("last_message_id")) or as_int(fields.get("last_id")) or 0,
        session_began_at=as_moment(data[_CREATED]),
        primary=_primary(data),
        bindings=_bindings(as_str(fields.get("entity_data_2"))),
        member_ids=_members(fields),
        role=as_str(fields.get("role")),
        can_rename=as_bool_yn(as_dict(fields.get("restrictions")).get("rename")) is not False,
    )


def _parts(value: Json, count: int) -> list[str]:
    return [*as_str(value).split("|"), *[""] * count][:count]


def _primary(data: list[str]) -> Item | None:
    kind, number = _TYPES.get(data[_CRM_TYPE]), as_int(data[_CRM_ID])
    return Item(kind, number) if data[_CRM] == "Y" and kind and number else None


def _bindings(data: str) -> tuple[Item, ...]:
    """Read ``LEAD|1209|COMPANY|0|CONTACT|0|DEAL|0`` by its names; the order is not promised."""
    found = {
        Item(_TYPES[name], number): None
        for name, text in pairwise(data.split("|"))
        if name in _TYPES and (number := as_int(text)) is not None and number > 0
    }
    return tuple(found)


def _members(fields: Mapping[str, Json]) -> frozenset[int]:
    """Return who is surely in the chat; operators to whom it is only offered are not listed by Bitrix24."""
    readers = (as_int(as_dict(item).get("user_id")) for item in as_list(fields.get("readed_list")))
    managers = (as_int(item) for item in as_list(fields.get("manager_list")))
    owner = (as_int(fields.get("owner")),)
    return frozenset(number for number in (*readers, *managers, *owner) if number)
