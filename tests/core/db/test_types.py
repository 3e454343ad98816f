"""Column types: moments that never lose their zone and are never early, JSON as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Dialect, MetaData, Table, Text, select
from sqlalchemy.dialects import postgresql, sqlite

from core.db import Database, JsonText, Statement, UTCDateTime, from_millis, to_millis

MOMENTS = st.timedeltas(timedelta(0), timedelta(days=80_000)).map(
    lambda since: datetime(1970, 1, 1, tzinfo=UTC) + since
)

DIALECTS: list[Dialect] = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]  # theirs

ROUNDED = [
    (datetime(1970, 1, 1, tzinfo=UTC), 0),
    (datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC), 1),
    (datetime(1970, 1, 1, 0, 0, 0, 999, tzinfo=UTC), 1),
    (datetime(1970, 1, 1, 0, 0, 0, 1000, tzinfo=UTC), 1),
    (datetime(1970, 1, 1, 0, 0, 0, 1001, tzinfo=UTC), 2),
    (datetime(1970, 1, 1, 3, 0, tzinfo=timezone(timedelta(hours=3))), 0),
    (datetime(2026, 11, 24, 12, 0, tzinfo=UTC), 1_795_521_600_000),
]


@pytest.mark.parametrize(("at", "millis"), ROUNDED)
def test_a_moment_is_rounded_up(at: datetime, millis: int) -> None:
    assert to_millis(at) == millis


@given(MOMENTS)
def test_what_is_read_is_never_before_what_was_meant(at: datetime) -> None:
    back = from_millis(to_millis(at))
    assert timedelta() <= back - at < timedelta(milliseconds=1)
    assert to_millis(back) == to_millis(at)


@given(MOMENTS, MOMENTS)
def test_the_order_stays(a: datetime, b: datetime) -> None:
    assert a > b or to_millis(a) <= to_millis(b)


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001  # that is what is refused
    with pytest.raises(ValueError, match="without a time zone"):
        to_millis(naive)
    with pytest.raises(ValueError, match="without a time zone"):
        UTCDateTime().process_bind_param(naive, DIALECTS[0])


@pytest.mark.parametrize("dialect", DIALECTS, ids=["sqlite", "postgresql"])
@pytest.mark.parametrize(
    "value", [None, [], {}, "ё", {"ru": "да", "list": [1, None, True, 0.5], "deep": {"a": {"b": "\u2028"}}}]
)
def test_json_comes_back_as_it_went(dialect: Dialect, value: Any) -> None:
    stored = JsonText().process_bind_param(value, dialect)
    assert JsonText().process_result_value(stored, dialect) == value
    assert stored is None or ": " not in stored


async def test_both_ways_through_a_database(database_url: str) -> None:
    at = datetime(2026, 11, 24, 12, 0, 0, 1500, tzinfo=UTC)
    table = Table(
        "thing", MetaData(), Column("id", Text), Column("at", UTCDateTime), Column("none", UTCDateTime, nullable=True)
    )
    async with Database(database_url) as database:
        await database.write(Statement("CREATE TABLE thing (id TEXT, at BIGINT, none BIGINT)"))
        async with database.session() as session:
            await (await session.connection()).execute(table.insert().values(id="a", at=at, none=None))
        async with database.session() as session:
            row = (await (await session.connection()).execute(select(table))).one()
        assert row.at == at + timedelta(microseconds=500)
        assert row.at.tzinfo is UTC
        assert row.none is None
        (rows,) = await database.write(Statement("SELECT at FROM thing"))
        assert rows == [{"at": to_millis(at)}]


async def test_a_session_commits_on_a_clean_exit_only(database_url: str) -> None:
    insert = Table("thing", MetaData(), Column("id", Text)).insert()
    async with Database(database_url) as database:
        await database.write(Statement("CREATE TABLE thing (id TEXT)"))

        async def interrupted() -> None:
            async with database.session() as session:
                await (await session.connection()).execute(insert.values(id="lost"))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await interrupted()
        async with database.session() as session:
            await (await session.connection()).execute(insert.values(id="kept"))
        (rows,) = await database.write(Statement("SELECT id FROM thing"))
    assert rows == [{"id": "kept"}]
