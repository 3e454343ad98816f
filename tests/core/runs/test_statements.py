"""What is asked many times a second finds its rows by an index, however much waits that is not due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from core.db import Database, Statement
from core.db.statement import Dialect, Value, spelled
from core.runs.statements import CLAIM, CLAIM_REPLIES, HOLD, LEASE, NEXT_WAKES
from tests.core.runs import rows

_VALUES: dict[str, Value] = {"shift": 0, "lease": 1, "most": 200, "full": "[]", "latest": 1, "each": 3, "after": ""}
_VALUES |= {"owner": "me", "slot": 100, "horizon": 60_000, "since": 2_000}
#: What bounds each by the time, as the plans of the two databases say it.
BOUNDS = [
    (CLAIM, "ix_run_lane (portal_id=? AND wake_at>? AND wake_at<?)", "(wake_at <= "),
    (CLAIM_REPLIES, "ix_reply_due (due_at>? AND due_at<?)", "(due_at <= "),
    (NEXT_WAKES, "ix_run_wake (wake_at>? AND wake_at<?)", "(wake_at <= "),
]


async def plan_of(sql: str, database: Database) -> str:
    """Return the database's plan; rows are few here, so PostgreSQL is told that reading all of them is dear."""
    dialect: Dialect = "sqlite" if database.is_sqlite else "postgresql"
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    query = text(f"{explain} {spelled(sql, dialect)}")
    async with database.session() as session:
        connection = await session.connection()
        if not database.is_sqlite:
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        names = query.compile().params
        rows = (await connection.execute(query, {name: _VALUES[name] for name in names})).all()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize(("sql", "on_sqlite", "on_postgres"), BOUNDS, ids=["claim", "answers", "bells"])
async def test_what_is_not_due_is_not_looked_at(
    any_database: Database, sql: str, on_sqlite: str, on_postgres: str
) -> None:
    plan = await plan_of(sql, any_database)
    if any_database.is_sqlite:
        assert on_sqlite in plan
    else:
        assert any("Index Cond" in line and on_postgres in line for line in plan.splitlines()), plan


@pytest.mark.parametrize(("left", "grows"), [(89, False), (88, False), (75, True), (1, True)])
async def test_a_lease_covers_a_whole_call_and_a_new_one_is_not_written_anew(
    any_database: Database, left: int, *, grows: bool
) -> None:
    now = datetime.now(UTC)
    await rows.store(any_database, rows.portal())
    run = rows.waiting(robot="probe", wake_at=now, lease_until=now + timedelta(seconds=left), lease_no=3, owner="me")
    await rows.store(any_database, run)
    hold = Statement(HOLD, {"id": run.id, "lease_no": 3, "lease": LEASE})
    until = Statement("SELECT lease_until FROM run")
    [[before]] = await any_database.write(until)
    [held, [after]] = await any_database.write(hold, until)
    assert held
    gained = int(after["lease_until"] or 0) - int(before["lease_until"] or 0)
    assert (gained > 0) is grows
    assert int(after["lease_until"] or 0) / 1000 - now.timestamp() >= 70
