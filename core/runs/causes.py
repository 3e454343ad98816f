"""Runs in trouble, gathered by their cause: the same robot, the same code, the same words but for names and numbers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Text as Words
from sqlalchemy import cast, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.bitrix24.command import Json
from core.bitrix24.documents import Item
from core.db import Database
from core.runs.cursor import Sort
from core.runs.filters import Filter, conditions
from core.runs.listing import TROUBLED, of_a_line
from core.runs.tables import RestCallRow, Run
from core.texts.text import Text

#: Further back than this many runs nobody looks for a cause.
MOST_RUNS: Final = 2000
_MOST_ITEMS: Final = 5

_QUOTED: Final = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"")
_IDENTIFIER: Final = re.compile(r"\b(?=\w*\d)[0-9A-Za-z_-]{8,}\b")
_NUMBER: Final = re.compile(r"\d+(?:[.:]\d+)*")
_BLANK: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One run that ended badly; ``code`` is the portal's where it told one, else our result."""

    run_id: str
    robot: str
    code: str
    reason: Text
    item: Item | None
    title: str
    at: datetime

    @property
    def cause(self) -> str:
        """The fingerprint of what went wrong."""
        said = f"{self.robot}|{self.code}|{normalised(self.reason.en)}"
        return hashlib.sha256(said.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Cause:
    """Runs with the same fingerprint, the newest first; ``reason`` is that of the newest."""

    id: str
    robot: str
    code: str
    reason: Text
    run_ids: tuple[str, ...]
    moments: tuple[datetime, ...]
    items: tuple[tuple[Item, str], ...]

    @property
    def count(self) -> int:
        return len(self.run_ids)

    @property
    def last_at(self) -> datetime:
        return self.moments[0]

    @property
    def first_at(self) -> datetime:
        return self.moments[-1]


def normalised(reason: str) -> str:
    """Return a sentence without what differs from run to run: quotes, ids, numbers."""
    for pattern, instead in ((_QUOTED, "“…”"), (_IDENTIFIER, "#"), (_NUMBER, "#"), (_BLANK, " ")):
        reason = pattern.sub(instead, reason)
    return reason.strip().lower()


def gathered(troubles: Iterable[Trouble]) -> list[Cause]:
    """Gather troubles that come newest first; the cause with the most runs leads."""
    groups: dict[str, list[Trouble]] = {}
    for trouble in troubles:
        groups.setdefault(trouble.cause, []).append(trouble)
    causes = [_cause(fingerprint, group) for fingerprint, group in groups.items()]
    return sorted(causes, key=lambda cause: (-cause.count, -cause.last_at.timestamp()))


def _cause(fingerprint: str, group: Sequence[Trouble]) -> Cause:
    items = dict.fromkeys((trouble.item, trouble.title) for trouble in group if trouble.item is not None)
    return Cause(
        id=fingerprint,
        robot=group[0].robot,
        code=group[0].code,
        reason=group[0].reason,
        run_ids=tuple(trouble.run_id for trouble in group),
        moments=tuple(trouble.at for trouble in group),
        items=tuple((item, title) for item, title in items if item is not None)[:_MOST_ITEMS],
    )


async def causes(database: Database, portal_id: str, wanted: Filter) -> list[Cause]:
    """Gather the runs in trouble among those wanted, at most the newest 2000."""
    return gathered(await troubles(database, portal_id, wanted))


async def troubles(database: Database, portal_id: str, wanted: Filter) -> list[Trouble]:
    """Return the newest runs in trouble among those wanted, the newest first."""
    query = (
        select(Run)
        .options(of_a_line())
        .where(*conditions(portal_id, wanted), col(Run.status).in_(TROUBLED))
        .order_by(*Sort.NEWEST.order())
        .limit(MOST_RUNS)
    )
    async with database.session() as session:
        runs = (await session.exec(query)).all()
        codes = await _codes(session, portal_id, [run.id for run in runs])
    return [
        Trouble(
            run_id=run.id,
            robot=run.robot,
            code=codes.get(run.id) or run.result,
            reason=Text.from_json(run.reason) if run.reason else Text("", ""),
            item=Item(run.entity_type_id, run.item_id) if run.item_id else None,
            title=run.title,
            at=run.created_at,
        )
        for run in runs
    ]


async def _codes(session: AsyncSession, portal_id: str, run_ids: Sequence[str]) -> dict[str, str]:
    """Return the last error that the portal answered to each run, if it ever did."""
    query = (
        select(RestCallRow.run_id, RestCallRow.error, RestCallRow.commands)
        .where(
            col(RestCallRow.portal_id) == portal_id,
            col(RestCallRow.run_id).in_(run_ids),
            or_(col(RestCallRow.error) != "", cast(col(RestCallRow.commands), Words).like('%"error":"%')),
        )
        .order_by(col(RestCallRow.at))
    )
    found: dict[str, str] = {}
    for run_id, error, commands in (await session.exec(query)).all():
        if run_id is not None and (code := error or _last_error(commands)):
            found[run_id] = code
    return found


def _last_error(commands: Json) -> str:
    told = (
        [command.get("error") for command in commands if isinstance(command, dict)]
        if isinstance(commands, list)
        else []
    )
    return next((error for error in reversed(told) if isinstance(error, str) and error), "")
