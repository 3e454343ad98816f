"""What one person chose for himself: small settings by name, and the filters that he saved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import col, select

from core.bitrix24.command import Json
from core.db import Database, Statement, Value, new_id, to_millis
from core.portals.tables import UserSetting

MOST_VIEWS: Final = 30
_VIEW: Final = "view."

_SET: Final = """
INSERT INTO user_setting (portal_id, user_id, name, value, updated_at)
VALUES (:portal_id, :user_id, :name, :value, :at)
ON CONFLICT (portal_id, user_id, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
"""
_CLEAR: Final = """
DELETE FROM user_setting WHERE portal_id = :portal_id AND user_id = :user_id AND name = :name RETURNING name
"""
_ADD_VIEW: Final = """
INSERT INTO user_setting (portal_id, user_id, name, value, updated_at)
SELECT CAST(:portal_id AS VARCHAR), CAST(:user_id AS INTEGER), CAST(:name AS VARCHAR), CAST(:value AS VARCHAR),
    CAST(:at AS BIGINT)
WHERE (SELECT COUNT(*) FROM user_setting WHERE portal_id = :portal_id AND user_id = :user_id AND name LIKE 'view.%')
    < :most
RETURNING name
"""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter with a name; ``address`` is the part of the list's address after the question mark."""

    id: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Preferences:
    """All that somebody chose; the oldest view comes first."""

    values: Mapping[str, Json]
    views: tuple[SavedView, ...] = ()


async def preferences(portal_id: str, user_id: int, database: Database) -> Preferences:
    query = (
        select(UserSetting)
        .where(col(UserSetting.portal_id) == portal_id, col(UserSetting.user_id) == user_id)
        .order_by(col(UserSetting.name))
    )
    async with database.session() as session:
        rows = (await session.exec(query)).all()
    views = [_view(row) for row in rows if row.name.startswith(_VIEW)]
    return Preferences({row.name: row.value for row in rows if not row.name.startswith(_VIEW)}, tuple(views))


async def prefer(portal_id: str, user_id: int, database: Database, *, name: str, value: Json, at: datetime) -> None:
    """Set one of them; None takes it back to the default."""
    if value is None:
        await database.write(Statement(_CLEAR, _key(portal_id, user_id, name)))
        return
    await database.write(Statement(_SET, _row(portal_id, user_id, name, value, at)))


async def save_view(
    portal_id: str, user_id: int, database: Database, *, name: str, address: str, at: datetime
) -> str | None:
    """Keep a filter and return its id; None when the person has as many as one may have."""
    view_id = new_id()
    row = _row(portal_id, user_id, _VIEW + view_id, {"name": name, "address": address}, at)
    kept = (await database.write(Statement(_ADD_VIEW, {**row, "most": MOST_VIEWS})))[0]
    return view_id if kept else None


async def forget_view(portal_id: str, user_id: int, database: Database, *, view_id: str) -> bool:
    """Delete a saved filter; False when this person has none of that id."""
    return bool((await database.write(Statement(_CLEAR, _key(portal_id, user_id, _VIEW + view_id))))[0])


def _key(portal_id: str, user_id: int, name: str) -> dict[str, Value]:
    return {"portal_id": portal_id, "user_id": user_id, "name": name}


def _row(portal_id: str, user_id: int, name: str, value: Json, at: datetime) -> dict[str, Value]:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return {**_key(portal_id, user_id, name), "value": text, "at": to_millis(at)}


def _view(row: UserSetting) -> SavedView:
    kept = row.value if isinstance(row.value, dict) else {}
    return SavedView(row.name.removeprefix(_VIEW), str(kept.get("name", "")), str(kept.get("address", "")))
