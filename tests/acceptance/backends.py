"""What a service stands on: SQLite with the embedded Valkey, or PostgreSQL with a real Redis."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
from abc import ABC, abstractmethod
from pathlib import Path

from tests.servers import PostgresServer, RedisProcess


class Backend(ABC):
    """A database and a Redis of one service."""

    database_url: str
    redis_url: str

    @abstractmethod
    def sql(self, statement: str) -> list[list[str]]:
        """Run a statement beside the service and return its rows as text."""

    @abstractmethod
    def columns(self) -> list[list[str]]:
        """Name every table and column."""

    def rest(self) -> None:
        """Forget bells and what the lanes have used, in Redis and in its stand-in: what is before is not measured."""
        self.empty_redis()
        self.sql("DELETE FROM lane_bucket")

    @abstractmethod
    def empty_redis(self) -> None:
        """Forget bells and limits: nothing of importance is only there, and a lane that is not tired is quicker."""

    @abstractmethod
    def kill_redis(self) -> None:
        """End Redis as kill -9 does."""

    @abstractmethod
    def revive_redis(self) -> None:
        """Have Redis again, empty."""


class Small(Backend):
    """One file and the server from the wheel, which the service starts and guards by itself."""

    redis_url = ""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "dezhurny.db"
        self._pid_file = folder / "valkey.pid"
        self.database_url = f"sqlite+aiosqlite:///{self._file}"

    def sql(self, statement: str) -> list[list[str]]:
        connection = sqlite3.connect(self._file, timeout=60, isolation_level=None)
        try:
            return [[str(value) for value in row] for row in connection.execute(statement)]
        finally:
            connection.close()

    def columns(self) -> list[list[str]]:
        return self.sql(
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
        )

    def empty_redis(self) -> None:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self._pid_file.with_name("valkey.sock")))
            client.sendall(b"FLUSHALL\r\n")
            assert client.recv(16) == b"+OK\r\n"

    def kill_redis(self) -> None:
        os.kill(int(self._pid_file.read_text(encoding="ascii")), signal.SIGKILL)

    def revive_redis(self) -> None:
        """The service does it."""


class Large(Backend):
    """A server of each kind."""

    def __init__(self, postgres: PostgresServer, redis: RedisProcess) -> None:
        self.database_url = postgres.new_database()
        # Of its own, so that no worker of another test hears these bells.
        self.redis_url = redis.url.removesuffix("/0") + "/1"
        self.postgres = postgres
        self._redis = redis
        self._name = self.database_url.rpartition("/")[2]

    def sql(self, statement: str) -> list[list[str]]:
        answer = self.postgres.sql(statement, database=self._name)
        return [line.split("|") for line in answer.splitlines()]

    def columns(self) -> list[list[str]]:
        return self.sql("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")

    def empty_redis(self) -> None:
        assert self._redis.says("FLUSHALL") == "+OK"

    def kill_redis(self) -> None:
        self._redis.stop()

    def revive_redis(self) -> None:
        self._redis.start()
