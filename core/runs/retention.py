"""What is old is forgotten: first the words of a run, then the run, after a year and more its ledger.

What waits is never touched: only runs that are over and owe nobody an answer are old.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, exists, null, or_, update
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.bitrix24.command import Json
from core.config import SHORTEST_LOG_DAYS
from core.db import Database
from core.portals.settings import change_settings, portal_settings
from core.portals.tables import Download, Session
from core.runs.tables import (
    EffectRow,
    LateWaitRow,
    OutageRow,
    Reply,
    RestCallRow,
    Run,
    RunEvent,
    RunGuard,
    SpentToken,
)
from core.texts.text import Text

#: Settings of a portal, in days.
LOG_DAYS: Final = "log_days"
PAYLOAD_DAYS: Final = "payload_days"
LONGEST_DAYS: Final = 3650
USUAL_PAYLOAD_DAYS: Final = 14
#: How long the ledger and the hashes of tokens stay behind their runs (decisions.md 8).
LEDGER_FOR: Final = timedelta(days=400)

#: Up to where payloads are gone already; no setting that people see.
_SWEPT: Final = "payload_swept"
#: Rows that are deleted in one transaction: whoever writes beside it waits no longer than that takes.
_AT_ONCE: Final = 200
_NO_WORDS: Final = Text("", "").as_json()


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a portal's log is kept, and how long what was said to and by robots in it."""

    log: timedelta
    payload: timedelta


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What one sweep took away."""

    payloads: int = 0
    runs: int = 0
    calls: int = 0
    effects: int = 0


def keeping(settings: dict[str, Json], *, log_days: int) -> Keeping:
    """Read a portal's settings; ``log_days`` is the operator's default. Three days are kept in any case."""
    log = _days(settings.get(LOG_DAYS), log_days)
    payload = min(_days(settings.get(PAYLOAD_DAYS), USUAL_PAYLOAD_DAYS), log)
    return Keeping(timedelta(days=log), timedelta(days=payload))


def _days(value: Json, usual: int) -> int:
    days = value if isinstance(value, int) and not isinstance(value, bool) else usual
    return min(max(days, SHORTEST_LOG_DAYS), LONGEST_DAYS)


async def forget(database: Database, portal_id: str, *, log_days: int, now: datetime) -> Forgotten:
    """Take away what is older than a portal keeps; may be repeated and interrupted at any time.

    Raises DatabaseAway.
    """
    kept = keeping(await portal_settings(portal_id, database), log_days=log_days)
    await _forget_outages(database, portal_id, before=now - kept.log)
    return Forgotten(
        payloads=await _forget_payloads(database, portal_id, before=now - kept.payload, now=now),
        runs=await _forget_runs(database, portal_id, before=now - kept.log, now=now),
        calls=await _forget_calls(database, portal_id, before=now - kept.log),
        effects=await _forget_ledger(database, portal_id, before=now - LEDGER_FOR, now=now),
    )


async def forget_visits(database: Database, *, now: datetime) -> None:
    """Take away sessions and files whose time is over; ``now`` is real time."""
    async with database.session() as session:
        await session.exec(delete(Session).where(col(Session.expires_at) < now))
        await session.exec(delete(Download).where(col(Download.expires_at) < now))


async def _forget_outages(database: Database, portal_id: str, *, before: datetime) -> None:
    """Whatever people were told of is as old as the runs that it made late; one that a run still waits on stays."""
    asked = exists().where(col(Run.id) == col(LateWaitRow.run_id), col(Run.finished_at).is_(None))
    waits = exists().where(col(LateWaitRow.outage_id) == col(OutageRow.id), asked)
    old = (col(OutageRow.portal_id) == portal_id, col(OutageRow.told_at) < before, ~waits)
    async with database.session() as session:
        gone = (await session.exec(select(OutageRow.id).where(*old))).all()
        await session.exec(delete(LateWaitRow).where(col(LateWaitRow.outage_id).in_(gone)))
        await session.exec(delete(OutageRow).where(col(OutageRow.id).in_(gone)))


def _is_over(portal_id: str, before: datetime) -> list[ColumnElement[bool]]:
    """A run that is over since before a moment and owes nobody an answer."""
    owed = exists().where(col(Reply.run_id) == col(Run.id), col(Reply.due_at).is_not(None))
    return [
        col(Run.portal_id) == portal_id,
        col(Run.created_at) < before,
        col(Run.finished_at) < before,
        col(Run.lease_until).is_(None),
        ~owed,
    ]


async def _forget_payloads(database: Database, portal_id: str, *, before: datetime, now: datetime) -> int:
    """Empty what old runs were given, remembered and returned; how they ended and why stays in the log."""
    swept = (await portal_settings(portal_id, database)).get(_SWEPT)
    where = [*_is_over(portal_id, before), col(Run.properties).is_not(None)]
    if isinstance(swept, str):
        where.append(col(Run.created_at) >= datetime.fromisoformat(swept))
    total = 0
    while True:
        async with database.session() as session:
            ids = await _some(session, where)
            empty = dict.fromkeys(("properties", "state", "output", "known"), null())
            await session.exec(update(Run).where(col(Run.id).in_(ids)).values(**empty))
            await session.exec(update(RunEvent).where(col(RunEvent.run_id).in_(ids)).values(data=null()))
            await session.exec(
                update(EffectRow).where(col(EffectRow.run_id).in_(ids)).values(texts=None, evidence=null())
            )
        total += len(ids)
        if len(ids) < _AT_ONCE:
            break
    mark: dict[str, Json] = {_SWEPT: before.isoformat()}
    await change_settings(portal_id, database, values=mark, user_id=0, at=now)
    return total


async def _forget_runs(database: Database, portal_id: str, *, before: datetime, now: datetime) -> int:
    """Delete runs with their logs; the ledger stays without words, and the hash of the token behind it."""
    total = 0
    while True:
        async with database.session() as session:
            ids = await _some(session, _is_over(portal_id, before))
            if ids:
                await _delete_runs(session, ids, sqlite=database.is_sqlite, until=now + LEDGER_FOR)
        total += len(ids)
        if len(ids) < _AT_ONCE:
            return total


async def _delete_runs(session: AsyncSession, ids: list[str], *, sqlite: bool, until: datetime) -> None:
    spent = await session.exec(select(Run.portal_id, Run.event_token_hash).where(col(Run.id).in_(ids)))
    rows = [{"portal_id": portal_id, "event_token_hash": token, "until": until} for portal_id, token in spent.all()]
    insert = (insert_sqlite if sqlite else insert_postgres)(SpentToken).values(rows)
    await session.exec(insert.on_conflict_do_nothing())
    await session.exec(
        update(EffectRow).where(col(EffectRow.run_id).in_(ids)).values(texts=None, evidence=null(), summary=_NO_WORDS)
    )
    for table in (RunEvent, RestCallRow, Reply, RunGuard):
        await session.exec(delete(table).where(col(table.run_id).in_(ids)))
    await session.exec(delete(Run).where(col(Run.id).in_(ids)))


async def _some(session: AsyncSession, where: list[ColumnElement[bool]]) -> list[str]:
    """Take hold of some runs, oldest first; those that somebody changes right now wait for the next time."""
    query = select(Run.id).where(*where).order_by(col(Run.created_at)).limit(_AT_ONCE)
    return list(await session.exec(query.with_for_update(skip_locked=True)))


async def _forget_calls(database: Database, portal_id: str, *, before: datetime) -> int:
    """Delete old REST calls that belong to no run, or to one that is gone; those of a run go with it."""
    gone = ~exists().where(col(Run.id) == col(RestCallRow.run_id))
    old = (col(RestCallRow.portal_id) == portal_id, col(RestCallRow.at) < before)
    return await _delete_some(database, RestCallRow, *old, or_(col(RestCallRow.run_id).is_(None), gone))


async def _forget_ledger(database: Database, portal_id: str, *, before: datetime, now: datetime) -> int:
    async with database.session() as session:
        await session.exec(
            delete(SpentToken).where(col(SpentToken.portal_id) == portal_id, col(SpentToken.until) < now)
        )
    gone = ~exists().where(col(Run.id) == col(EffectRow.run_id))
    old = (col(EffectRow.portal_id) == portal_id, col(EffectRow.prepared_at) < before)
    return await _delete_some(database, EffectRow, *old, gone)


async def _delete_some(
    database: Database, table: type[RestCallRow] | type[EffectRow], *where: ColumnElement[bool]
) -> int:
    total = 0
    while True:
        async with database.session() as session:
            some = select(table.id).where(*where).limit(_AT_ONCE)
            done = (await session.exec(delete(table).where(col(table.id).in_(some)))).rowcount
        total += done
        if done < _AT_ONCE:
            return total
