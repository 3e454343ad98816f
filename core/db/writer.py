"""Group commit: whoever wants to write waits in one queue, and one durable commit serves all that wait.

A *unit* is a list of statements that must stand or fall together. Units of one commit do not depend on each other:
when the common transaction fails, each is tried again in one of its own, so that only the bad one fails.
"""

from __future__ import annotations

import asyncio
import queue
import re
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, Protocol, TypeAlias

import asyncpg

Value: TypeAlias = "str | int | float | bytes | None"
Row: TypeAlias = "Mapping[str, Value]"
Dialect: TypeAlias = Literal["sqlite", "postgresql"]

#: As many units as one commit may carry; more only lengthens the wait of the first.
GROUP = 512
BUSY_SECONDS = 30.0

_NAMED = re.compile(r"(?<![:\w]):([a-z_]+)")
#: ``{now}`` in a statement is the database's clock in milliseconds: workers' clocks may differ.
_NOW: Mapping[Dialect, str] = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
}
_SKIP_LOCKED: Mapping[Dialect, str] = {"sqlite": "", "postgresql": "FOR UPDATE SKIP LOCKED"}


class DatabaseAway(Exception):
    """The database does not answer; try again in a few seconds."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with ``:name`` parameters, ``{now}`` and ``{skip_locked}``, the same text for both databases.

    With ``needed`` the rest of its unit is skipped when it returns no row: that is how a guard (a lease that was
    lost, a duplicate) stops what depends on it. A needed statement must therefore have RETURNING.
    """

    sql: str
    params: Mapping[str, Value] = field(default_factory=dict)
    needed: bool = False


@dataclass(slots=True)
class Unit:
    statements: Sequence[Statement]
    answer: asyncio.Future[list[list[Row]]]


class Writer(Protocol):
    async def write(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Execute one unit durably; the rows of each statement, shorter when a needed one returned none.

        Raises DatabaseAway when the database cannot be reached; the unit then did not happen.
        """
        ...

    async def open(self) -> None: ...

    async def close(self) -> None: ...


@lru_cache(maxsize=512)
def compiled(sql: str, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """Return the statement in the driver's own writing and the order of its parameters."""
    text = sql.replace("{now}", _NOW[dialect]).replace("{skip_locked}", _SKIP_LOCKED[dialect])
    if dialect == "sqlite":
        return text, ()
    names: list[str] = []

    def numbered(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _NAMED.sub(numbered, text), tuple(names)


class SQLiteWriter:
    """One thread that owns one connection; requests reach it through a queue."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._units: queue.SimpleQueue[Unit | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def open(self) -> None:
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._thread = threading.Thread(target=self._serve, args=(ready,), name="sqlite-writer", daemon=True)
        self._thread.start()
        await ready

    async def close(self) -> None:
        if self._thread is not None:
            self._units.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    async def write(self, statements: Sequence[Statement]) -> list[list[Row]]:
        if self._thread is None:
            raise DatabaseAway("The database is closed.")
        unit = Unit(statements, asyncio.get_running_loop().create_future())
        self._units.put(unit)
        return await unit.answer

    def _serve(self, ready: asyncio.Future[None]) -> None:
        try:
            connection = connect_sqlite(self._path)
        except sqlite3.Error as error:
            _settle(ready, error=DatabaseAway(f"The database file cannot be opened: {error}."))
            return
        _settle(ready, None)
        while True:
            unit = self._units.get()
            if unit is None:
                break
            units, last = self._waiting(unit)
            self._commit(connection, units)
            if last:
                break
        connection.close()

    def _waiting(self, first: Unit) -> tuple[list[Unit], bool]:
        units = [first]
        while len(units) < GROUP:
            try:
                unit = self._units.get_nowait()
            except queue.Empty:
                return units, False
            if unit is None:
                return units, True
            units.append(unit)
        return units, False

    def _commit(self, connection: sqlite3.Connection, units: list[Unit]) -> None:
        try:
            answers = self._transaction(connection, units)
        except sqlite3.Error as error:
            if len(units) == 1:
                _settle(units[0].answer, error=_away_or_same(error))
                return
            for unit in units:
                self._commit(connection, [unit])
            return
        for unit, answer in zip(units, answers, strict=True):
            _settle(unit.answer, answer)

    def _transaction(self, connection: sqlite3.Connection, units: list[Unit]) -> list[list[list[Row]]]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            answers = [self._unit(connection, unit.statements) for unit in units]
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return answers

    def _unit(self, connection: sqlite3.Connection, statements: Sequence[Statement]) -> list[list[Row]]:
        answers: list[list[Row]] = []
        for statement in statements:
            text, _ = compiled(statement.sql, "sqlite")
            rows: list[Row] = [dict(row) for row in connection.execute(text, dict(statement.params))]
            answers.append(rows)
            if statement.needed and not rows:
                break
        return answers


def connect_sqlite(path: str) -> sqlite3.Connection:
    """Open with the durability we promise: a commit is on the disk when it returns."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _away_or_same(error: sqlite3.Error) -> Exception:
    if isinstance(error, sqlite3.OperationalError):
        return DatabaseAway(f"The database does not accept writes: {error}.")
    return error


def _settle(
    future: asyncio.Future[object] | asyncio.Future[None] | asyncio.Future[list[list[Row]]],
    answer: object = None,
    *,
    error: Exception | None = None,
) -> None:
    """Answer from the writer's thread; whoever gave up meanwhile, or whose loop is gone, is not told."""

    def tell() -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(answer)  # type: ignore[arg-type]  # the caller made the pair

    try:
        future.get_loop().call_soon_threadsafe(tell)
    except RuntimeError:
        return


class PostgresWriter:
    """One connection and one task that commits for all who wait; it reconnects by itself."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._units: asyncio.Queue[Unit] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._connection: asyncpg.Connection | None = None

    async def open(self) -> None:
        await self._connected()
        self._task = asyncio.create_task(self._serve(), name="postgres-writer")

    async def close(self) -> None:
        if self._task is not None:
            await self._units.join()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def write(self, statements: Sequence[Statement]) -> list[list[Row]]:
        if self._task is None:
            raise DatabaseAway("The database is closed.")
        unit = Unit(statements, asyncio.get_running_loop().create_future())
        self._units.put_nowait(unit)
        return await unit.answer

    async def _serve(self) -> None:
        while True:
            units = [await self._units.get()]
            while len(units) < GROUP and not self._units.empty():
                units.append(self._units.get_nowait())
            try:
                await self._commit(units)
            finally:
                for _ in units:
                    self._units.task_done()

    async def _commit(self, units: list[Unit]) -> None:
        try:
            answers = await self._transaction(units)
        except (
            OSError,
            TimeoutError,
            asyncpg.InterfaceError,
            asyncpg.PostgresConnectionError,
            asyncpg.OperatorInterventionError,
            asyncpg.CannotConnectNowError,
            asyncpg.InsufficientResourcesError,
        ) as error:
            await self._forget_connection()
            away = DatabaseAway(f"The database does not answer: {type(error).__name__}.")
            for unit in units:
                _tell(unit, error=away)
        except asyncpg.PostgresError as error:
            if len(units) == 1:
                _tell(units[0], error=error)
                return
            for unit in units:
                await self._commit([unit])
        else:
            for unit, answer in zip(units, answers, strict=True):
                _tell(unit, answer)

    async def _transaction(self, units: list[Unit]) -> list[list[list[Row]]]:
        connection = await self._connected()
        async with connection.transaction():
            return [await self._unit(connection, unit.statements) for unit in units]

    async def _unit(self, connection: asyncpg.Connection, statements: Sequence[Statement]) -> list[list[Row]]:
        answers: list[list[Row]] = []
        for statement in statements:
            text, names = compiled(statement.sql, "postgresql")
            records = await connection.fetch(text, *(statement.params[name] for name in names))
            rows: list[Row] = [dict(record) for record in records]
            answers.append(rows)
            if statement.needed and not rows:
                break
        return answers

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            try:
                self._connection = await asyncpg.connect(
                    self._dsn,
                    timeout=2,
                    command_timeout=10,
                    server_settings={"lock_timeout": "2s", "statement_timeout": "10s", "application_name": "dezhurny"},
                )
            except (OSError, TimeoutError, asyncpg.PostgresError) as error:
                raise DatabaseAway(f"The database does not answer: {type(error).__name__}.") from error
        return self._connection

    async def _forget_connection(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


def _tell(unit: Unit, answer: list[list[Row]] | None = None, *, error: Exception | None = None) -> None:
    if unit.answer.done():
        return
    if error is not None:
        unit.answer.set_exception(error)
    else:
        unit.answer.set_result(answer or [])
