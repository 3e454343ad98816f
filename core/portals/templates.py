"""Ready texts that a portal's administrators keep."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import select

from core.bitrix24.command import Json
from core.bitrix24.wire import as_dict
from core.db import Database, Statement, Value, to_millis
from core.portals.tables import TemplateRow
from core.texts.template import CODE, BadTemplate, Template, read_template

log = logging.getLogger(__name__)

_PUT: Final = """
INSERT INTO template (portal_id, code, body, updated_at, updated_by)
VALUES (:portal_id, :code, :body, :at, :user_id)
ON CONFLICT (portal_id, code) DO UPDATE
SET body = excluded.body, updated_at = excluded.updated_at, updated_by = excluded.updated_by
"""
_DROP: Final = "DELETE FROM template WHERE portal_id = :portal_id AND code = :code RETURNING code"
_ONE: Final = "SELECT body FROM template WHERE portal_id = :portal_id AND code = :code"


@dataclass(frozen=True, slots=True)
class Kept:
    """A template, when it was kept and by whom."""

    template: Template
    at: datetime
    by: int


async def portal_templates(portal_id: str, database: Database) -> dict[str, Kept]:
    """Return all of a portal by their codes, without those that cannot be read any more."""
    async with database.session() as session:
        rows = list(await session.exec(select(TemplateRow).where(TemplateRow.portal_id == portal_id)))
    found = {}
    for row in rows:
        template = _read(row.code, row.body, portal_id)
        if template is not None:
            found[row.code] = Kept(template, row.updated_at, row.updated_by)
    return found


async def template_of(portal_id: str, database: Database, code: str) -> Template | None:
    """Return one by its code, in letters of either case; None when there is none."""
    code = code.strip().lower()
    if not CODE.fullmatch(code):
        return None
    [rows] = await database.read(Statement(_ONE, {"portal_id": portal_id, "code": code}))
    return _read(code, json.loads(str(rows[0]["body"])), portal_id) if rows else None


async def put_template(portal_id: str, database: Database, template: Template, *, user_id: int, at: datetime) -> None:
    params: dict[str, Value] = {
        "portal_id": portal_id,
        "code": template.code,
        "body": json.dumps(template.as_json(), ensure_ascii=False, separators=(",", ":")),
        "at": to_millis(at),
        "user_id": user_id,
    }
    await database.write(Statement(_PUT, params))


async def drop_template(portal_id: str, database: Database, code: str) -> bool:
    """Delete one; False when there is none."""
    return bool((await database.write(Statement(_DROP, {"portal_id": portal_id, "code": code})))[0])


def _read(code: str, body: Json, portal_id: str) -> Template | None:
    try:
        return read_template(code, as_dict(body))
    except BadTemplate as bad:
        log.warning("A template cannot be read: %s", bad, extra={"portal": portal_id, "template": code})
        return None
