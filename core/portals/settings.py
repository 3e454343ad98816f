"""What a portal's administrators changed from the defaults; what a setting means is known to who reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlmodel import select

from core.bitrix24.command import Json
from core.db import Database, Statement, Value, to_millis
from core.portals.tables import Setting

_SET: Final = """
INSERT INTO setting (portal_id, name, value, updated_at, updated_by)
VALUES (:portal_id, :name, :value, :at, :user_id)
ON CONFLICT (portal_id, name) DO UPDATE
SET value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by
"""
_CLEAR: Final = "DELETE FROM setting WHERE portal_id = :portal_id AND name = :name"


async def portal_settings(portal_id: str, database: Database) -> dict[str, Json]:
    """Return all that was set, by name."""
    async with database.session() as session:
        rows = await session.exec(select(Setting).where(Setting.portal_id == portal_id))
        return {row.name: row.value for row in rows}


async def change_settings(
    portal_id: str, database: Database, *, values: Mapping[str, Json], user_id: int, at: datetime
) -> None:
    """Set all of these or none; None takes a setting back to its default."""
    if values:
        await database.write_all([_statement(portal_id, name, value, user_id, at) for name, value in values.items()])


def _statement(portal_id: str, name: str, value: Json, user_id: int, at: datetime) -> Statement:
    if value is None:
        return Statement(_CLEAR, {"portal_id": portal_id, "name": name})
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    params: dict[str, Value] = {
        "portal_id": portal_id,
        "name": name,
        "value": text,
        "at": to_millis(at),
        "user_id": user_id,
    }
    return Statement(_SET, params)
