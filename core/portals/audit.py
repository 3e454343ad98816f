"""Who did what in our own service; rows are only ever added."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from sqlmodel import col, select

from core.bitrix24.command import Json
from core.db import Database, Statement, Value, new_id, to_millis
from core.portals.tables import Audit

ActorKind = Literal["robot", "user", "operator", "system", "portal"]

_ADD: Final = """
INSERT INTO audit (id, portal_id, at, actor_kind, actor_id, action, object_id, detail, outcome)
VALUES (:id, :portal_id, :at, :actor_kind, :actor_id, :action, :object_id, :detail, :outcome)
"""


async def audit(
    portal_id: str,
    database: Database,
    *,
    action: str,
    at: datetime,
    actor: tuple[ActorKind, str] = ("system", ""),
    object_id: str = "",
    detail: Mapping[str, Json] | None = None,
    outcome: str = "ok",
) -> None:
    """Write one row; see `audit_statement`."""
    row = audit_statement(
        portal_id, action=action, at=at, actor=actor, object_id=object_id, detail=detail, outcome=outcome
    )
    await database.write(row)


def audit_statement(
    portal_id: str,
    *,
    action: str,
    at: datetime,
    actor: tuple[ActorKind, str] = ("system", ""),
    object_id: str = "",
    detail: Mapping[str, Json] | None = None,
    outcome: str = "ok",
) -> Statement:
    """Return the row to be written with what it tells of.

    ``detail`` holds ids, codes and hashes, never a secret or a text of people.
    """
    params: dict[str, Value] = {
        "id": new_id(),
        "portal_id": portal_id,
        "at": to_millis(at),
        "actor_kind": actor[0],
        "actor_id": actor[1],
        "action": action,
        "object_id": object_id,
        "detail": None if detail is None else json.dumps(detail, ensure_ascii=False, separators=(",", ":")),
        "outcome": outcome,
    }
    return Statement(_ADD, params)


async def audited(
    portal_id: str, database: Database, *, before: str = "", by_people: bool = False, limit: int = 50
) -> Sequence[Audit]:
    """Return rows, newest first; ``before`` is the id of the last one seen, ``by_people`` leaves out our own doings."""
    query = select(Audit).where(col(Audit.portal_id) == portal_id)
    if before:
        query = query.where(col(Audit.id) < before)
    if by_people:
        query = query.where(col(Audit.actor_kind).in_(("user", "operator")))
    async with database.session() as session:
        return (await session.exec(query.order_by(col(Audit.id).desc()).limit(limit))).all()


async def was_audited(portal_id: str, database: Database, *, action: str, since: datetime) -> bool:
    """Tell whether something was done since a moment."""
    mine = (col(Audit.portal_id) == portal_id, col(Audit.action) == action, col(Audit.at) > since)
    async with database.session() as session:
        return (await session.exec(select(Audit.id).where(*mine).limit(1))).first() is not None
