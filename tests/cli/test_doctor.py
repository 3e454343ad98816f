"""Doctor: each thing that may be ill is found, with a reason and a remedy in both languages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from core.db import Database, new_id
from core.db.migrate import migrate
from core.portals.keyring import Keyring
from core.portals.scopes import SCOPES
from core.portals.tables import PortalUserToken
from core.runs.tables import WorkerRow
from tests.cli.conftest import Command
from tests.core.runs.rows import portal, store, waiting
from tests.servers import RedisProcess, free_port

Checks = dict[str, dict[str, str]]
Look = Callable[[], tuple[int, bool, Checks]]
NAMES = ["public_url", "database", "redis", "keys", "portals", "worker", "overdue"]


@pytest.fixture
def look(dezhurny: Command, settings_file: Path) -> Look:
    """Run `doctor --json` and return exit code, ok and the checks by name."""

    def run() -> tuple[int, bool, Checks]:
        said = dezhurny("doctor", "--json", "--lang", "en")
        body = json.loads(said.out)
        return said.code, body["ok"], {check["name"]: check for check in body["checks"]}

    return run


@pytest.fixture
def rows(settings_file: Path) -> Callable[..., None]:
    """Make the database, with these rows in it."""
    url = f"sqlite+aiosqlite:///{settings_file.parent}/test.db"

    async def fill(found: tuple[SQLModel, ...]) -> None:
        await migrate(url)
        async with Database(url) as database:
            await store(database, *found)

    return lambda *found: asyncio.run(fill(found))


OF_A_PORTAL = ["portal", "token", "scopes", "robots", "calls", "limit", "operating", "undecided", "watching", "lost"]


def good_portal(**fields: str) -> SQLModel:
    told = {"robots_fingerprint": "told", "scope": ",".join(scope.code for scope in SCOPES)}
    return portal("alpha", data_key=Keyring([b"k" * 32]).new_data_key("alpha"), **(told | fields))


def good_token() -> SQLModel:
    now = datetime.now(UTC)
    return PortalUserToken(
        portal_id="alpha", user_id=1, access_token=b"a", refresh_token=b"r", expires_at=now, updated_at=now
    )


def living_worker() -> SQLModel:
    now = datetime.now(UTC)
    return WorkerRow(name="host:1", seen_at=now, started_at=now, host="host")


def states(checks: Checks) -> dict[str, str]:
    return {name: check["state"] for name, check in checks.items()}


def test_a_healthy_installation_is_all_ok(look: Look, rows: Callable[..., None]) -> None:
    rows(good_portal(), good_token(), living_worker())
    code, ok, checks = look()
    assert (code, ok) == (0, True)
    assert states(checks) == dict.fromkeys([*NAMES, *(f"{name}:alpha.bitrix24.ru" for name in OF_A_PORTAL)], "ok")
    assert all(check["why"] == check["fix"] == "" for check in checks.values())


def test_without_settings_nothing_else_is_looked_at(dezhurny: Command) -> None:
    said = dezhurny("doctor", "--json")
    body = json.loads(said.out)
    assert (said.code, body["ok"]) == (1, False)
    [check] = body["checks"]
    assert (check["name"], check["state"]) == ("settings", "fail")
    assert check["what"].startswith("DEZHURNY_PUBLIC_URL is not set")


def test_before_the_first_start_the_schema_is_missing(look: Look, settings_file: Path) -> None:
    code, ok, checks = look()
    assert (code, ok) == (1, False)
    assert checks["database"]["fix"] == "run dezhurny migrate"
    assert states(checks)["worker"] == "skip"
    assert not (settings_file.parent / "test.db").exists()


def test_a_database_that_is_away_is_told_without_its_password(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql+asyncpg://user:CANARY@127.0.0.1:{free_port()}/x"
    monkeypatch.setenv("DEZHURNY_DATABASE_URL", url)
    code, _, checks = look()
    assert code == 1
    assert checks["database"]["what"].startswith("the database does not answer")
    assert "CANARY" not in json.dumps(checks)


def test_an_address_without_https_is_a_warning(
    look: Look, rows: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows(living_worker())
    monkeypatch.setenv("DEZHURNY_PUBLIC_URL", "http://dezhurny.example.ru")
    code, ok, checks = look()
    assert (code, ok, checks["public_url"]["state"]) == (0, True, "warn")


def test_a_lost_key_is_a_failure(look: Look, rows: Callable[..., None]) -> None:
    rows(portal(data_key=Keyring([b"x" * 32]).new_data_key("alpha")), living_worker())
    code, _, checks = look()
    assert code == 1
    assert checks["keys"]["what"] == "1 portal cannot be opened"


def test_a_silent_worker_is_a_failure(look: Look, rows: Callable[..., None]) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    rows(good_portal(), WorkerRow(name="host:1", seen_at=long_ago, started_at=long_ago, host="host"))
    code, _, checks = look()
    assert (code, checks["worker"]["state"]) == (1, "fail")


def test_a_stopped_portal_is_named(look: Look, rows: Callable[..., None]) -> None:
    rows(good_portal(status="needs_reinstall"), living_worker())
    assert look()[2]["portals"]["what"] == "stopped: https://alpha.bitrix24.ru"


def test_a_portal_without_access_is_a_failure(look: Look, rows: Callable[..., None]) -> None:
    rows(good_portal(), living_worker())
    code, ok, checks = look()
    assert (code, ok) == (1, False)
    assert checks["token:alpha.bitrix24.ru"]["what"] == "there is no access to the portal"


def test_what_is_late_is_counted_and_stopped_portals_are_not(look: Look, rows: Callable[..., None]) -> None:
    late = datetime.now(UTC) - timedelta(minutes=2)
    beta = portal("beta", status="suspended", data_key=Keyring([b"k" * 32]).new_data_key("beta"))
    rows(
        good_portal(),
        beta,
        living_worker(),
        waiting(wake_at=late),
        waiting(wake_at=late, lease_until=datetime.now(UTC) + timedelta(minutes=1)),
        waiting(wake_at=datetime.now(UTC) + timedelta(hours=1)),
        waiting("beta", wake_at=late, id=new_id()),
    )
    check = look()[2]["overdue"]
    assert check["state"] == "warn"
    assert check["what"].startswith("runs late: 1, the latest by 12")


def test_a_redis_that_is_away_is_a_warning(
    look: Look, rows: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows(good_portal(), good_token(), living_worker())
    monkeypatch.setenv("DEZHURNY_REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    code, ok, checks = look()
    assert (code, ok, checks["redis"]["state"]) == (0, True, "warn")


def test_a_redis_that_forgets_is_a_warning(
    look: Look, rows: Callable[..., None], redis_server: RedisProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows(good_portal(), living_worker())
    monkeypatch.setenv("DEZHURNY_REDIS_URL", redis_server.url)
    redis_server.says("CONFIG SET maxmemory-policy allkeys-lru")
    assert "allkeys-lru" in look()[2]["redis"]["what"]
    redis_server.says("CONFIG SET maxmemory-policy noeviction")
    assert look()[2]["redis"] == {"name": "redis", "state": "ok", "what": "Redis answers", "why": "", "fix": ""}


@pytest.mark.parametrize(
    ("lang", "words"), [("ru", "ни одного исполнителя не видно"), ("en", "no worker is to be seen")]
)
def test_a_person_reads_it_in_his_language(dezhurny: Command, rows: Callable[..., None], lang: str, words: str) -> None:
    rows()
    said = dezhurny("doctor", "--lang", lang)
    assert said.code == 1
    assert f"✗ worker      {words}\n" in said.out
    assert "✓ database" in said.out
