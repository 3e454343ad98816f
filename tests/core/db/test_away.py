"""PostgreSQL goes away and comes back: said in bounded time, nothing acknowledged lost, nothing to restart."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from core.db import Database, DatabaseAway, Statement
from tests.servers import PostgresServer

pytestmark = pytest.mark.postgres

CREATE = Statement("CREATE TABLE note (id TEXT PRIMARY KEY)")
#: Connecting and a command may take two seconds each; a machine under load gets some more.
BOUND = 15.0


def put(id: str) -> Statement:
    return Statement("INSERT INTO note (id) VALUES (:id)", {"id": id})


@pytest.fixture
def server(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """The private server, which runs again when the test is over."""
    yield postgres_server
    postgres_server.stop(signal.SIGQUIT)
    postgres_server.start()


@pytest.fixture
async def database(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    for module in ("postgres", "database"):
        monkeypatch.setattr(f"core.db.{module}.COMMAND_SECONDS", 2.0)
    async with Database(server.new_database()) as database:
        await database.write(CREATE)
        await database.ping()
        yield database


async def ask(session: AsyncSession, sql: str) -> list[Any]:
    return [row[0] for row in await (await session.connection()).execute(text(sql))]


async def count(database: Database) -> int:
    (rows,) = await database.write(Statement("SELECT id FROM note"))
    return len(rows)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
async def test_stopped_and_started_again(database: Database, server: PostgresServer, how: signal.Signals) -> None:
    await asyncio.gather(*(database.write(put(f"before{n}")) for n in range(20)))
    await asyncio.to_thread(server.stop, how)
    started = monotonic()
    answers = await asyncio.gather(*(database.write(put(f"while{n}")) for n in range(20)), return_exceptions=True)
    assert all(isinstance(answer, DatabaseAway) for answer in answers)
    with pytest.raises(DatabaseAway):
        await database.ping()
    with pytest.raises(DatabaseAway):
        await database.write(put("still"))
    assert monotonic() - started < BOUND
    await asyncio.to_thread(server.start)
    await database.write(put("after"))
    await database.ping()
    assert await count(database) == 21


async def test_connections_that_the_server_closes(database: Database, server: PostgresServer) -> None:
    """A pool that keeps dead connections would fail once for each of them."""
    async with database.session() as session:
        assert await ask(session, "SELECT 1") == [1]
    server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname <> ''")
    answer = (await asyncio.gather(database.write(put("a")), return_exceptions=True))[0]
    assert isinstance(answer, DatabaseAway | list)
    await database.write(put("b"))
    await database.ping()


async def test_a_server_that_hangs(database: Database, server: PostgresServer) -> None:
    """It keeps its connections and says nothing: as behind a broken network."""
    async with database.session() as session:
        pids = await ask(session, "SELECT pid FROM pg_stat_activity")
    stopped = [*pids, int(server.sql("SELECT pg_read_file('postmaster.pid')").splitlines()[0])]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        started = monotonic()
        answers = await asyncio.wait_for(
            asyncio.gather(database.write(put("a")), database.ping(), return_exceptions=True), timeout=BOUND
        )
        assert all(isinstance(answer, DatabaseAway) for answer in answers)
        assert monotonic() - started < BOUND
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    await database.write(put("b"))
    await database.ping()


async def test_f_12_a_table_that_somebody_holds(database: Database, server: PostgresServer) -> None:
    """A long lock is a database that is away, not a minute of waiting for each unit of the group."""
    async with database.session() as session:
        await (await session.connection()).execute(text("LOCK TABLE note IN ACCESS EXCLUSIVE MODE"))
        started = monotonic()
        answers = await asyncio.gather(*(database.write(put(f"{n}")) for n in range(30)), return_exceptions=True)
        assert all(isinstance(answer, DatabaseAway) for answer in answers)
        assert monotonic() - started < BOUND
    await database.write(put("after"))
    assert await count(database) == 1


async def test_f_12_more_who_look_than_connections(database: Database) -> None:
    """Whoever finds none free is told to come again, and so is the run that he was looking for."""
    async with AsyncExitStack() as stack:
        for _ in range(15):
            await ask(await stack.enter_async_context(database.session()), "SELECT 1")
        started = monotonic()
        with pytest.raises(DatabaseAway):
            await database.ping()
        assert monotonic() - started < BOUND
    await database.ping()


async def test_nobody_there_at_all() -> None:
    with pytest.raises(DatabaseAway):
        await Database("postgresql+asyncpg://dezhurny@127.0.0.1:9/none").__aenter__()


async def test_an_error_of_the_statement_is_not_taken_for_a_database_that_is_away(database: Database) -> None:
    with pytest.raises(Exception, match="nowhere") as raised:
        async with database.session() as session:
            await ask(session, "SELECT * FROM nowhere")
    assert not isinstance(raised.value, DatabaseAway)


@pytest.mark.parametrize("code", ["57P01", "57P02", "57P03"])
async def test_a_server_that_is_stopping_or_starting_is_away(code: str) -> None:
    """It answers, and says that it cannot serve now."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Whoever asks for TLS first is told that there is none, and begins anew.
        length = int.from_bytes(await reader.readexactly(4))
        if (await reader.readexactly(length - 4))[:4] == (80877103).to_bytes(4):
            writer.write(b"N")
            await reader.readexactly(int.from_bytes(await reader.readexactly(4)) - 4)
        words = b"SFATAL\0VFATAL\0C" + code.encode() + b"\0Mthe database system is starting up\0\0"
        writer.write(b"E" + (len(words) + 4).to_bytes(4) + words)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        database = Database(f"postgresql+asyncpg://dezhurny@127.0.0.1:{port}/nothing")
        with pytest.raises(DatabaseAway):
            await database.ping()
        await database._engine.dispose()
