"""Which Redis is used, and that it is kept alive."""

import asyncio
from pathlib import Path

import pytest

from core.config import Settings
from core.queue import server as server_module
from core.queue.embedded import EmbeddedServer
from core.queue.server import RedisServer, connect


def test_a_named_server_wins(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, redis_url="redis://cache.example:6380/2", database_url=sqlite_in(tmp_path))
    assert RedisServer.of(settings).url == "redis://cache.example:6380/2"


def test_without_a_name_it_is_the_embedded_one_beside_the_database(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database_url=sqlite_in(tmp_path))
    assert RedisServer.of(settings).url == f"unix://{tmp_path}/valkey.sock"


def sqlite_in(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder}/dezhurny.db"


async def test_all_parts_share_one_client_and_a_worker_gets_its_own(tmp_path: Path) -> None:
    async with RedisServer("", EmbeddedServer(tmp_path)).running() as server:
        assert server.client() is server.client()
        assert await server.client().ping()
        own = connect(server.url)
        assert await own.ping()
        await own.aclose()


async def test_a_server_that_dies_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "LOOK_EACH_SECONDS", 0.05)
    embedded = EmbeddedServer(tmp_path)
    async with RedisServer("", embedded).running() as server:
        first = embedded.pid
        embedded.close()
        async with asyncio.timeout(60):
            while embedded.pid in {None, first}:
                await asyncio.sleep(0.02)
        assert await server.client().ping()


async def test_where_none_can_be_started_a_warning_is_given_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    async with RedisServer("", EmbeddedServer(tmp_path / "file")).running() as server:
        await server.ensure()
    assert [record.getMessage() for record in caplog.records] == [
        f"The embedded Redis cannot work in {tmp_path}/file: File exists. Timers are found by sweeping until then."
    ]


async def test_a_password_with_signs_is_read_from_the_address() -> None:
    client = connect("redis://user:p%40ss%2Fword@cache.example:6380/2")
    given = client.connection_pool.connection_kwargs
    assert (given["username"], given["password"], given["db"]) == ("user", "p@ss/word", 2)
    await client.aclose()
