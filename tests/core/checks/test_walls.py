"""Whether the database itself keeps portals apart, as `doctor` tells it."""

from __future__ import annotations

import base64

import pytest
from pydantic import SecretStr

from core.checks.doctor import examine
from core.config import Settings
from core.db.migrate import migrate
from core.db.walls import ROLE
from tests.servers import PostgresServer


async def told(url: str) -> dict[str, str]:
    await migrate(url)
    keys = SecretStr(base64.urlsafe_b64encode(b"k" * 32).decode())
    settings = Settings(_env_file=None, public_url="https://x.example.org", secret_keys=keys, database_url=url)
    return {check.name: check.state for check in await examine(settings)}


@pytest.mark.postgres
async def test_walls_that_stand_and_walls_that_do_not(postgres_url: str, postgres_server: PostgresServer) -> None:
    assert (await told(postgres_url))["walls"] == "ok"
    name = postgres_server.new_database().rpartition("/")[2]
    postgres_server.sql(f"CREATE ROLE modest_{name} LOGIN; ALTER DATABASE {name} OWNER TO modest_{name}")
    modest = f"postgresql+asyncpg://modest_{name}@127.0.0.1:{postgres_server.port}/{name}"
    assert (await told(modest))["walls"] == "warn"
    postgres_server.sql(f"GRANT {ROLE} TO modest_{name}")
    assert (await told(modest))["walls"] == "ok"


async def test_a_file_has_no_roles_and_none_are_missed(tmp_path: object) -> None:
    assert "walls" not in await told(f"sqlite+aiosqlite:///{tmp_path}/test.db")
