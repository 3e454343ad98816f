"""The private servers work, and their absence is told."""

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from core.db import Database, Statement
from core.queue.server import connect
from tests.servers import PostgresServer, RedisProcess, missing


async def test_each_test_gets_an_empty_postgresql(postgres_url: str) -> None:
    address = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(address)
    try:
        assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
        assert await connection.fetchval("SHOW server_encoding") == "UTF8"
    finally:
        await connection.close()


def test_postgresql_starts_again_after_an_immediate_stop(postgres_server: PostgresServer) -> None:
    import signal

    postgres_server.stop(signal.SIGQUIT)
    postgres_server.start()
    assert postgres_server.sql("SELECT 1") == "1\n"


async def test_each_test_gets_our_schema_without_rows(database_url: str) -> None:
    async with Database(database_url) as database:
        assert (await database.write(Statement("SELECT count(*) AS rows FROM run")))[0][0]["rows"] == 0


async def test_redis_is_empty_and_keeps_nothing(redis_url: str, redis_server: RedisProcess) -> None:
    client = connect(redis_url)
    assert await client.dbsize() == 0
    await client.set("key", "value")
    await client.aclose()
    redis_server.stop()
    redis_server.start()
    assert redis_server.says("GET key") == "$-1"


async def test_valkey_is_empty(valkey: str) -> None:
    client = connect(valkey)
    assert await client.dbsize() == 0
    await client.aclose()


def test_what_is_missing_skips_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEZHURNY_TEST_ALL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="`make test-all` installs it"):
        missing("A server")
    monkeypatch.setenv("DEZHURNY_TEST_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="all tests were asked for"):
        missing("A server")
