"""The servers of one round: a Redis that keeps what it is told, a durable PostgreSQL, or what we bring along."""

from __future__ import annotations

import base64
import os
import shutil
import signal
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from bench.peers.contender import Contender
from bench.peers.faults import Fault
from tests.acceptance.backends import Small
from tests.servers import PostgresServer, RedisProcess, folder_for, free_port, postgres_bin, redis_program

_SETTING: Final = "DEZHURNY_"


class Missing(Exception):
    """This machine lacks a server."""


class Stage:
    """Has whatever the contender lives in; ``folder`` is for what it leaves behind."""

    def __init__(
        self, folder: Path, *, redis: RedisProcess | None, postgres: PostgresServer | None, small: Small | None
    ) -> None:
        self.folder = folder
        self.ledger = folder / "ledger"
        self.portal_port = free_port()
        self._redis, self._postgres, self._small = redis, postgres, small
        self._database = postgres.new_database() if postgres else ""

    def environment(self, *, since: float) -> dict[str, str]:
        """What the contender's processes find, whoever it is."""
        portal, top = f"http://127.0.0.1:{self.portal_port}", Path(__file__).parents[2]
        store = self._redis.url if self._redis else ""
        ours = {
            "PUBLIC_URL": "https://robots.example.ru",
            "CLIENT_ID": "local.peers",
            "CLIENT_SECRET": "a secret of this bench alone",
            "SECRET_KEYS": base64.urlsafe_b64encode(b"p" * 32).decode(),
            "DATABASE_URL": self._small.database_url if self._small else self._database,
            "REDIS_URL": store,
            "OAUTH_HOSTS": portal,
            "ALLOWED_PORTALS": portal,
            "ALLOW_PRIVATE_NETWORKS": "true",
        }
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(top),
            "LEDGER": str(self.ledger),
            "SINCE": str(since),
            "STORE": store or self._database.replace("postgresql+asyncpg", "postgresql"),
            **{_SETTING + name: value for name, value in ours.items() if value},
        }

    def hurt(self, fault: Fault) -> None:
        match fault:
            case Fault.FORGET if self._redis:
                self._redis.says("FLUSHALL")
            case Fault.REDIS if self._redis:
                self._redis.stop()
            case Fault.DATABASE if self._postgres:
                self._postgres.stop(signal.SIGQUIT)
            case Fault.FORGET | Fault.REDIS if self._small:
                # It may be away already; the service brings it back.
                with suppress(OSError, ValueError):
                    (self._small.empty_redis if fault is Fault.FORGET else self._small.kill_redis)()

    def mend(self, fault: Fault) -> None:
        """Have the server again that was hurt."""
        if fault is Fault.REDIS and self._redis:
            self._redis.start()
        if fault is Fault.DATABASE and self._postgres:
            self._postgres.start()

    def is_whole(self) -> bool:
        """Whether no run of ours is left undone but for those about which a person is asked."""
        return not self._sql("SELECT 1 FROM run WHERE finished_at IS NULL AND wake_at IS NOT NULL LIMIT 1")

    def asked(self) -> Collection[int]:
        """The timers about which a person is asked: in doubt, or taken out of circulation after three deaths."""
        is_left = "(finished_at IS NULL AND wake_at IS NULL) OR status = 'quarantined'"
        rows = self._sql(f"SELECT properties FROM run WHERE {is_left}")
        return {int("".join(letter for letter in row[0] if letter.isdigit())) for row in rows}

    def _sql(self, statement: str) -> list[list[str]]:
        if self._small:
            return self._small.sql(statement)
        assert self._postgres is not None
        answer = self._postgres.sql(statement, database=self._database.rpartition("/")[2])
        return [[line] for line in answer.splitlines()]


@contextmanager
def staged(contender: Contender) -> Iterator[Stage]:
    """Start the servers that a contender needs; raises Missing."""
    program, programs = redis_program(), postgres_bin()
    is_small = contender.is_ours and not contender.has_postgres
    wants_redis = Fault.REDIS in contender.faults and not is_small
    if (wants_redis and program is None) or (contender.has_postgres and programs is None):
        raise Missing("its server is not on this machine")
    with folder_for("peers") as folder, folder_for("postgres") as data:
        redis = RedisProcess(program, folder, keeps=True) if wants_redis and program else None
        postgres = PostgresServer(programs, data, durable=True) if contender.has_postgres and programs else None
        try:
            if postgres:
                postgres.initialise()
                postgres.start()
            if redis:
                redis.start()
            yield Stage(folder, redis=redis, postgres=postgres, small=Small(folder) if is_small else None)
        finally:
            for server in (redis, postgres):
                if server:
                    server.stop()
            shutil.rmtree(folder, ignore_errors=True)
