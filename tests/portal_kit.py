"""A service with one database and a Bitrix24 in memory, put together for tests of portals and of the intake."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from core.bitrix24.limits import LocalLimiter
from core.bitrix24.oauth import OAuth
from core.bitrix24.secret import Secret
from core.clock import FakeClock
from core.config import Settings
from core.db import Database, Row, Statement, Value
from core.db.migrate import migrate, migrate_blocking
from core.portals.departure import Departure
from core.portals.errands import Errands
from core.portals.gate import Gate
from core.portals.identity import Identities
from core.portals.info import PortalInfo
from core.portals.install import Installer, InstallRequest
from core.portals.keyring import Keyring
from core.portals.lane import Lanes
from core.portals.store import PortalStore
from core.portals.tables import Portal
from core.robots import AnyRobot
from tests.fake_bitrix import CLIENT_ID, OAUTH, FakeBitrix, FakePortal

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = b"k" * 32
PUBLIC_URL = "https://robots.example.ru"
SECRET = "CANARY-application-token"


class Monotonic:
    """Time for what forgets after seconds; moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def settings(**more: object) -> Settings:
    return Settings(_env_file=None, public_url=PUBLIC_URL, client_id=CLIENT_ID, **more)  # type: ignore[arg-type]  # any setting may be given


@dataclass
class World:
    """Everything that the portals' package needs, real but for the wire and the clocks."""

    database: Database
    bitrix: FakeBitrix = field(default_factory=FakeBitrix)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    monotonic: Monotonic = field(default_factory=Monotonic)
    keyring: Keyring = field(default_factory=lambda: Keyring([KEY]))
    settings: Settings = field(default_factory=settings)
    robots: Mapping[str, AnyRobot] = field(default_factory=dict)
    rung: int = 0

    def __post_init__(self) -> None:
        limiter = LocalLimiter(clock=self.monotonic)
        self.store = PortalStore(self.database, monotonic=self.monotonic)
        self.oauth = OAuth(
            [OAUTH],
            CLIENT_ID,
            Secret("CANARY-client-secret"),
            transport=self.bitrix,
            now=self.clock.real,
            monotonic=self.monotonic,
        )
        self.lanes = self.another_lanes()
        self.identities = Identities(
            self.oauth, self.bitrix, limiter, CLIENT_ID, self.settings.portal_rules, self.clock.real, self.lanes.calls
        )
        self.installer = Installer(self.database, self.store, self.keyring, self.identities, self.clock)
        self.gate = Gate(self.store, self.keyring, self.clock)
        self.departure = Departure(self.installer, self.lanes, CLIENT_ID)

    def another_lanes(self) -> Lanes:
        """Lanes as another process has them."""
        return Lanes(
            self.database,
            self.settings,
            self.clock,
            keyring=self.keyring,
            store=self.store,
            oauth=self.oauth,
            transport=self.bitrix,
            limiter=LocalLimiter(clock=self.monotonic),
            monotonic=self.monotonic,
        )

    @property
    def errands(self) -> Errands:
        return Errands(self.installer, self.lanes, self.settings, self.robots, self._ring)

    async def _ring(self) -> None:
        self.rung += 1

    async def ring(self, wake_at: datetime | None = None) -> None:
        self.rung += 1

    async def installed(self, name: str = "a", *, secret: str = SECRET, endpoint: str = "") -> FakePortal:
        """Install a portal whose administrator is user 1, with a pair of tokens named after it."""
        portal = self.bitrix.portal(name, origin=endpoint)
        access = self.bitrix.token(f"t-{name}", portal, refresh=f"r-{name}")
        request = InstallRequest(portal.member_id, Secret(access), Secret(f"r-{name}"), Secret(secret))
        assert await self.installer.install(request) == "installed"
        return portal

    async def row(self, portal: FakePortal) -> Portal:
        row = await self.store.find(portal.member_id)
        assert row is not None
        return row

    async def info(self, portal: FakePortal) -> PortalInfo:
        return self.gate.info(await self.row(portal))

    async def sql(self, sql: str, **params: Value) -> list[Row]:
        return (await self.database.write(Statement(sql, params)))[0]

    async def audited(self, portal: FakePortal) -> list[str]:
        row = await self.row(portal)
        rows = await self.sql("SELECT action FROM audit WHERE portal_id = :id ORDER BY at, id", id=row.id)
        return [str(found["action"]) for found in rows]

    async def tasks(self, portal: FakePortal) -> set[str]:
        row = await self.row(portal)
        rows = await self.sql("SELECT kind FROM portal_task WHERE portal_id = :id", id=row.id)
        return {str(found["kind"]) for found in rows}

    def forget(self) -> None:
        """Let more than five seconds pass for what is remembered."""
        self.monotonic.now += 6


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the present schema, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "a.db"
    # In a thread of its own, for a test's loop may be running already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(migrate_blocking, f"sqlite+aiosqlite:///{file}").result()
    return file


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{shutil.copy(migrated_file, tmp_path / 'a.db')}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def any_database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """An empty database of either kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    if request.param == "postgres":
        await migrate(url)
    async with Database(url) as database:
        yield database


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    async with Database(sqlite_url) as database:
        yield database


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    world = World(database)
    yield world
    await world.lanes.calls.flush()


@pytest.fixture
async def any_world(any_database: Database) -> AsyncIterator[World]:
    """The same on either database."""
    world = World(any_database)
    yield world
    await world.lanes.calls.flush()


@pytest.fixture
def statements(world: World) -> Iterator[list[str]]:
    """The statements that sessions of the world's database send, as they come."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    engine = world.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
