"""Sessions of open lines, as the CRM activities that Bitrix24 keeps for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.bitrix24.command import Command, Json
from core.bitrix24.documents import Item
from core.bitrix24.wire import as_bool_yn, as_datetime, as_dict, as_int, as_list, as_str

_SELECT: Final = (
    "ID",
    "ASSOCIATED_ENTITY_ID",
    "PROVIDER_TYPE_ID",
    "PROVIDER_PARAMS",
    "RESULT_SOURCE_ID",
    "COMPLETED",
    "RESULT_STATUS",
    "RESPONSIBLE_ID",
    "START_TIME",
    "LAST_UPDATED",
)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session of open lines, as its CRM activity describes it (imopenlines/lib/crm/activity.php).

    ``found_by`` is the CRM item that the activity is bound to; ``line_id`` is the line at the session's beginning.
    """

    activity_id: int
    session_id: int
    line_id: int
    connector: str
    user_code: str
    open: bool
    operator_id: int
    started_at: datetime | None
    updated_at: datetime | None
    found_by: Item

    @property
    def chat_key(self) -> str:
        """Sessions with the same key are of one chat."""
        return self.user_code or f"session {self.session_id}"


def sessions_command(item: Item, *, open_first: bool) -> Command:
    """Ask for the sessions bound to an item of any type, the latest first, or the open ones before all others.

    That activities can be sorted by ``COMPLETED`` is not documented, so the reader never relies on it.
    """
    order: dict[str, Json] = {"COMPLETED": "ASC"} if open_first else {}
    conditions: dict[str, Json] = {
        "PROVIDER_ID": "IMOPENLINES_SESSION",
        "BINDINGS": [{"OWNER_TYPE_ID": item.entity_type_id, "OWNER_ID": item.id}],
    }
    return Command(
        "crm.activity.list",
        {"filter": conditions, "order": {**order, "LAST_UPDATED": "DESC"}, "select": list(_SELECT)},
    )


def open_sessions_command(after: int) -> Command:
    """Ask for open sessions of the whole portal, a page in the order of their activities after the one named."""
    conditions: dict[str, Json] = {"PROVIDER_ID": "IMOPENLINES_SESSION", "COMPLETED": "N", ">ID": after}
    select: list[Json] = [*_SELECT, "OWNER_TYPE_ID", "OWNER_ID"]
    return Command("crm.activity.list", {"filter": conditions, "order": {"ID": "ASC"}, "select": select})


def open_sessions_of(result: Json) -> tuple[SessionRow, ...]:
    """Read the answer to `open_sessions_command`; each row is found by the item that owns its activity."""
    rows = [as_dict(item) for item in as_list(result)]
    owners = [Item(as_int(row.get("OWNER_TYPE_ID")) or 0, as_int(row.get("OWNER_ID")) or 0) for row in rows]
    found = (_row(fields, owner) for fields, owner in zip(rows, owners, strict=True))
    return tuple(row for row in found if row is not None)


def sessions_of(result: Json, found_by: Item) -> tuple[SessionRow, ...]:
    """Read the answer of ``crm.activity.list``; rows without a session are passed over."""
    rows = (_row(as_dict(item), found_by) for item in as_list(result))
    return tuple(row for row in rows if row is not None)


def _row(fields: dict[str, Json], found_by: Item) -> SessionRow | None:
    session_id = as_int(fields.get("ASSOCIATED_ENTITY_ID"))
    if session_id is None or session_id < 1:
        return None
    return SessionRow(
        activity_id=as_int(fields.get("ID")) or 0,
        session_id=session_id,
        line_id=as_int(fields.get("PROVIDER_TYPE_ID")) or 0,
        connector=as_str(fields.get("RESULT_SOURCE_ID")),
        user_code=as_str(as_dict(fields.get("PROVIDER_PARAMS")).get("USER_CODE")).removeprefix("imol|"),
        open=as_bool_yn(fields.get("COMPLETED")) is not True,
        operator_id=as_int(fields.get("RESPONSIBLE_ID")) or 0,
        started_at=as_datetime(fields.get("START_TIME")),
        updated_at=as_datetime(fields.get("LAST_UPDATED")),
        found_by=found_by,
    )
