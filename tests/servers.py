"""Private servers for tests: PostgreSQL, Redis and the embedded Valkey, one of each per test process.

A server that this machine does not have skips its tests with a word; under DEZHURNY_TEST_ALL=1 it fails them.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest

from core.db.migrate import migrate_blocking
from core.queue.embedded import EmbeddedServer, find_server

START_WITHIN_SECONDS = 30.0
_numbers = count(1)


def missing(what: str) -> NoReturn:
    """End the test: this machine lacks a server."""
    if os.environ.get("DEZHURNY_TEST_ALL") == "1":
        pytest.fail(f"{what} is missing, and all tests were asked for")
    pytest.skip(f"{what} is not on this machine; `make test-all` installs it")


def postgres_bin() -> Path | None:
    """Return the folder of PostgreSQL's programs; Debian keeps them out of PATH."""
    if named := os.environ.get("TEST_POSTGRES_BIN"):
        return Path(named)
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("initdb")
    return folders[-1] if folders else Path(on_path).parent if on_path else None


def redis_program() -> str | None:
    return os.environ.get("TEST_REDIS_SERVER") or shutil.which("redis-server")


def chromium_program() -> str | None:
    return os.environ.get("TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
    return port


class PostgresServer:
    """A cluster of its own in a temporary folder; trusts whoever reaches it on the loopback."""

    def __init__(self, programs: Path, folder: Path, *, durable: bool = False) -> None:
        self._programs = programs
        self._folder = folder
        self._fsync = "on" if durable else "off"
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def initialise(self) -> None:
        command = [self._programs / "initdb", "-D", self._folder / "data", "-U", "dezhurny"]
        self._run(*map(str, command), "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")

    def start(self) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": self._fsync,
        }
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self._folder / "data"), *arguments]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_dies_with_us(signal.SIGINT), *command], cwd=self._folder, stdout=log, stderr=log
            )
        ready = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        _wait(lambda: subprocess.run(ready, check=False).returncode == 0, self._process, "PostgreSQL")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it; SIGQUIT is the immediate stop, as after a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=60)
            self._process = None

    def new_database(self, *, like: str = "template1") -> str:
        """Create a database, empty or a copy of another one, and return its address for DATABASE_URL."""
        name = f"test_{next(_numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {like}")
        return f"postgresql+asyncpg://dezhurny@127.0.0.1:{self.port}/{name}"

    def sql(self, statement: str, *, database: str = "postgres") -> str:
        """Run one statement as the owner of everything."""
        return self._run(*self.psql(statement, database))

    def psql(self, statement: str, database: str) -> list[str]:
        """Return the command that runs a statement as the owner of everything."""
        place = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "dezhurny", "-d", database]
        return [str(self._programs / "psql"), *place, "-XAtqc", statement]

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [*_dies_with_us(signal.SIGTERM), *command], cwd=self._folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


class RedisProcess:
    """A Redis of its own on a free port; ``keeps`` lets it write down what it is told, every second at least."""

    def __init__(self, program: str, folder: Path, *, keeps: bool = False) -> None:
        self._program = program
        self._folder = folder
        self._persistence = {"save": "", "appendonly": "yes" if keeps else "no"}
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self._folder, **self._persistence}
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", self._program, *arguments], stdout=log, stderr=log
            )
        _wait(lambda: self.says("PING") == "+PONG", self._process, "Redis")

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=60)
            self._process = None

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def says(self, command: str) -> str:
        """Return the first line of the answer to an inline command."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as client:
                client.sendall(f"{command}\r\n".encode())
                return client.recv(4096).decode().splitlines()[0]
        except (OSError, IndexError):
            return ""


@contextmanager
def folder_for(name: str) -> Iterator[Path]:
    """A folder with a short path that the user `postgres` can enter, too."""
    folder = Path(tempfile.mkdtemp(prefix=f"dezhurny-{name}-"))
    if os.geteuid() == 0 and name == "postgres":
        shutil.chown(folder, "postgres")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _dies_with_us(by: signal.Signals) -> list[str]:
    """Return what to put before a command of PostgreSQL: it refuses root, and must not outlive the tests."""
    user = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if getpass.getuser() == "root" else []
    return ["setpriv", *user, "--pdeathsig", by.name.removeprefix("SIG")]


def _wait(ready: Callable[[], bool], process: subprocess.Popen[bytes], what: str) -> None:
    deadline = time.monotonic() + START_WITHIN_SECONDS
    while not ready():
        assert process.poll() is None, f"{what} ended at once"
        assert time.monotonic() < deadline, f"{what} did not start"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server itself, for tests that stop and start it; leave it running."""
    programs = postgres_bin()
    if programs is None:
        missing("PostgreSQL")
    with folder_for("postgres") as folder:
        server = PostgresServer(programs, folder)
        server.initialise()
        server.start()
        yield server
        server.stop()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """DATABASE_URL of an empty database for this test alone."""
    return postgres_server.new_database()


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("schema") / "schema.db"
    migrate_blocking(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _migrated_postgres(postgres_server: PostgresServer) -> str:
    url = postgres_server.new_database()
    migrate_blocking(url)
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """DATABASE_URL of a database with our schema and no rows; the test runs once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("_migrated_file"), path)
        return f"sqlite+aiosqlite:///{path}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_database(like=request.getfixturevalue("_migrated_postgres"))


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisProcess]:
    """The server itself, for tests that stop and start it; leave it running."""
    program = redis_program()
    if program is None:
        missing("Redis")
    with folder_for("redis") as folder:
        server = RedisProcess(program, folder)
        server.start()
        yield server
        server.stop()


@pytest.fixture
def redis_url(redis_server: RedisProcess) -> str:
    """REDIS_URL of a Redis that holds nothing."""
    redis_server.says("FLUSHALL")
    return redis_server.url


@pytest.fixture(scope="session")
def _valkey() -> Iterator[EmbeddedServer]:
    if find_server() is None:
        missing("Valkey")
    with folder_for("valkey") as folder:
        server = EmbeddedServer(folder)
        asyncio.run(server.ensure())
        yield server
        server.close()


@pytest.fixture
def valkey(_valkey: EmbeddedServer) -> str:
    """Address of an embedded server that holds nothing."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(_valkey.url.removeprefix("unix://"))
        client.sendall(b"FLUSHALL\r\n")
        assert client.recv(16) == b"+OK\r\n"
    return _valkey.url


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program to give to Playwright as ``executable_path``."""
    program = chromium_program()
    if program is None:
        missing("Chromium")
    return program
