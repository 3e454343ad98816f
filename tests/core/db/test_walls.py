"""The walls: what is audited stays, and one portal's people never get the rows of another, whatever is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel

import core.runs.tables  # noqa: F401  # it fills the metadata
from core.db import Database, Statement, confine, own_scope
from core.db.migrate import migrate
from core.db.scope import confined_to
from core.db.walls import PORTAL_TABLE, ROLE
from core.portals.audit import audit
from core.portals.purge import purge
from tests.core.runs.rows import NOON, portal, run, store
from tests.servers import PostgresServer

#: The only table that holds nothing of portals.
WITHOUT_PORTAL = {"worker", "pulse"}

Attempt = Callable[[Database], Awaitable[object]]


@asynccontextmanager
async def two_portals(url: str) -> AsyncIterator[Database]:
    """Alpha and beta with one run and one audited deed each."""
    await migrate(url)
    async with Database(url) as database:
        await store(database, portal("alpha"), portal("beta"))
        await store(database, run("alpha"), run("beta"))
        for name in ("alpha", "beta"):
            await audit(name, database, action="deed", at=NOON)
        yield database


async def portals_of(database: Database, table: str = "run") -> set[object]:
    """Whose rows are read, by both ways to read and by the writer, without any filter."""
    statement = Statement(f"SELECT portal_id FROM {table}")
    [read], [written] = await database.read(statement), await database.write(statement)
    async with database.session() as session:
        looked = (await (await session.connection()).execute(text(statement.sql))).scalars().all()
    assert {row["portal_id"] for row in read} == {row["portal_id"] for row in written} == set(looked)
    return set(looked)


def test_every_table_says_whose_its_rows_are() -> None:
    for name, table in SQLModel.metadata.tables.items():
        assert ("portal_id" in table.columns) is (name not in {PORTAL_TABLE, *WITHOUT_PORTAL}), name


def test_a_request_that_begins_within_another_sees_nothing_of_its_bounds() -> None:
    with own_scope():
        confine("alpha")
        with own_scope():
            assert confined_to() is None
            confine("beta")
        assert confined_to() == "alpha"
    assert confined_to() is None


@pytest.mark.postgres
async def test_every_table_has_its_wall(postgres_url: str, postgres_server: PostgresServer) -> None:
    await migrate(postgres_url)
    name = postgres_url.rpartition("/")[2]
    query = "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid WHERE relrowsecurity"
    walled = set(postgres_server.sql(query, database=name).split())
    assert walled == set(SQLModel.metadata.tables) - WITHOUT_PORTAL
    role = f"SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = '{ROLE}'"
    assert postgres_server.sql(role).strip() == "f|f|f"


@pytest.mark.postgres
async def test_a_later_start_finds_all_in_place_and_changes_nothing(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    name = postgres_url.rpartition("/")[2]
    rows = "SELECT string_agg(xmin::text || relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = 2200"
    await migrate(postgres_url)
    before = postgres_server.sql(rows, database=name)
    await migrate(postgres_url)
    assert postgres_server.sql(rows, database=name) == before


@pytest.mark.postgres
async def test_a_role_that_may_nothing_here_is_not_taken_on(postgres_url: str, postgres_server: PostgresServer) -> None:
    async with two_portals(postgres_url):
        pass
    postgres_server.sql(f"REVOKE ALL ON audit FROM {ROLE}", database=postgres_url.rpartition("/")[2])
    async with Database(postgres_url) as database:
        with own_scope():
            confine("alpha")
            assert await portals_of(database) == {"alpha", "beta"}


@pytest.mark.postgres
async def test_rls_blocks_an_unfiltered_select(postgres_url: str) -> None:
    async with two_portals(postgres_url) as database:
        with own_scope():
            confine("alpha")
            assert await portals_of(database) == {"alpha"}
            assert await portals_of(database, "audit") == {"alpha"}
            [rows] = await database.read(Statement("SELECT id FROM portal"))
            assert [row["id"] for row in rows] == ["alpha"]
        assert await portals_of(database) == {"alpha", "beta"}


@pytest.mark.postgres
async def test_nothing_of_another_portal_is_changed_deleted_or_added(postgres_url: str) -> None:
    async with two_portals(postgres_url) as database:
        with own_scope():
            confine("alpha")
            [changed] = await database.write(Statement("UPDATE run SET robot = 'x' RETURNING portal_id"))
            assert [row["portal_id"] for row in changed] == ["alpha"]
            await database.write(Statement("DELETE FROM run_event"), Statement("DELETE FROM run"))
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await audit("beta", database, action="forged", at=NOON)
        assert await portals_of(database) == {"beta"}


@pytest.mark.postgres
async def test_writers_of_all_portals_share_a_commit_and_stay_apart(postgres_url: str) -> None:
    async def count(portal_id: str | None) -> set[object]:
        with own_scope():
            if portal_id:
                confine(portal_id)
            [rows] = await database.write(Statement("SELECT portal_id FROM run"))
        return {row["portal_id"] for row in rows}

    async with two_portals(postgres_url) as database:
        asked = ["alpha", None, "beta", "nobody", None] * 20
        found = await asyncio.gather(*map(count, asked))
    expected = {"alpha": {"alpha"}, "beta": {"beta"}, "nobody": set(), None: {"alpha", "beta"}}
    assert found == [expected[portal_id] for portal_id in asked]


@pytest.mark.postgres
async def test_a_user_who_may_make_no_roles_goes_on_without_walls(
    postgres_url: str, postgres_server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    name = postgres_url.rpartition("/")[2]
    postgres_server.sql(f"CREATE ROLE modest_{name} LOGIN; ALTER DATABASE {name} OWNER TO modest_{name}")
    modest = postgres_url.replace("dezhurny@", f"modest_{name}@")
    async with two_portals(modest) as database:
        with own_scope():
            confine("alpha")
            assert await portals_of(database) == {"alpha", "beta"}
    assert f"The role {ROLE} cannot be made" in caplog.text


async def test_the_app_role_cannot_modify_audit(database_url: str) -> None:
    async with two_portals(database_url) as database:
        for sql in ("UPDATE audit SET action = 'other'", "DELETE FROM audit WHERE portal_id = 'alpha'"):
            with pytest.raises((IntegrityError, DBAPIError)):
                async with database.session() as session:
                    await (await session.connection()).execute(text(sql))
        assert await portals_of(database, "audit") == {"alpha", "beta"}


@pytest.mark.postgres
@pytest.mark.parametrize("sql", ["UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
async def test_people_may_add_to_the_audit_and_no_more(postgres_url: str, sql: str) -> None:
    async with two_portals(postgres_url) as database:
        with pytest.raises(asyncpg.RaiseError):
            await database.write(Statement(sql))
        with own_scope():
            confine("alpha")
            await audit("alpha", database, action="deed", at=NOON)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await database.write(Statement(sql))


async def test_a_portal_that_left_takes_its_audit_along(database_url: str) -> None:
    async with two_portals(database_url) as database:
        await database.write(Statement("UPDATE portal SET status = 'uninstalled' WHERE id = 'alpha'"))
        assert await purge("alpha", database)
        assert await portals_of(database, "audit") == {"beta"}
