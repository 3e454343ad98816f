"""A database that answers before anything else happens, and a loop that waits for no clock: nobody is first by luck."""

from __future__ import annotations

import asyncio
import selectors
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import pytest
from aiosqlite import Connection

from core.db.sqlite import SQLiteWriter, connect_sqlite
from core.db.statement import Answer, Statement, Unit

NOBODY_WAITS = "PRAGMA busy_timeout=0"

P = ParamSpec("P")
T = TypeVar("T")


class WriterAtOnce(SQLiteWriter):
    """Commits on the spot, one unit after the other."""

    _connection: sqlite3.Connection

    async def open(self) -> None:
        self._connection = connect_sqlite(self._path)
        self._connection.execute(NOBODY_WAITS)

    async def close(self) -> None:
        self._connection.close()

    async def write(self, statements: Sequence[Statement]) -> Answer:
        while self._is_locked():
            await asyncio.sleep(0)
        unit = Unit(statements, asyncio.get_running_loop().create_future())
        self._commit(self._connection, [unit])
        return await unit.answer

    def _is_locked(self) -> bool:
        """Whether a session is about to commit: nobody in this thread may stand and wait for it."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        self._connection.execute("ROLLBACK")
        return False


async def _execute(_: Connection, act: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    while True:
        await asyncio.sleep(0)
        try:
            return act(*given, **named)
        except sqlite3.OperationalError as trouble:
            if trouble.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise


async def _connect(connection: Connection) -> Connection:
    if connection._connection is None:
        connection._connection = connection._connector()
        connection._connection.execute(NOBODY_WAITS)
    return connection


@contextmanager
def reads_at_once() -> Iterator[None]:
    """Sessions read on the spot, too."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Connection, "_execute", _execute)
        patched.setattr(Connection, "_connect", _connect)
        yield


class TimelessLoop(asyncio.SelectorEventLoop):
    """Nobody waits for time: where all do, it is at once so late that one of them has waited enough."""

    def __init__(self) -> None:
        selector = selectors.DefaultSelector()
        self._look, self._late = selector.select, 0.0
        selector.select = self._select  # type: ignore[method-assign]  # the loop's own way to wait
        super().__init__(selector)

    def _select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout:
            self._late += timeout
        return self._look(0 if timeout else timeout)

    def time(self) -> float:
        return self._late
