"""The writer of SQLite: one thread that owns one connection and commits for all who wait."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from core.db.statement import GROUP, Answer, DatabaseAway, Row, Statement, Unit, compiled

BUSY_SECONDS = 30.0
PAUSE_SECONDS = 0.05

#: The file cannot be used now: that is nobody's statement.
_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}


class SQLiteWriter:
    """Requests reach the thread through a queue; see ``core.db.statement.Writer``."""

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
        thread, self._thread = self._thread, None
        if thread is not None:
            self._units.put(None)
            await asyncio.to_thread(thread.join)

    async def write(self, statements: Sequence[Statement]) -> Answer:
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
        last = False
        while not last:
            units, last = self._waiting()
            self._commit(connection, units)
        connection.close()

    def _waiting(self) -> tuple[list[Unit], bool]:
        """Wait for the first unit and take all that wait behind it; True when nobody comes any more."""
        first = self._units.get()
        if first is None:
            return [], True
        units = [first]
        while len(units) < GROUP:
            try:
                unit = self._units.get_nowait()
            except queue.Empty:
                break
            if unit is None:
                return units, True
            units.append(unit)
        return units, False

    def _commit(self, connection: sqlite3.Connection, units: list[Unit]) -> None:
        if not units:
            return
        try:
            answers = self._transaction(connection, units)
        except Exception as error:  # noqa: BLE001  # whatever one unit breaks, the thread must go on for the others
            if _is_away(error):
                for unit in units:
                    _settle(unit.answer, error=DatabaseAway(f"The database does not accept writes: {error}."))
            elif len(units) == 1:
                _settle(units[0].answer, error=error)
            else:
                for unit in units:
                    self._commit(connection, [unit])
            return
        _settle_all(list(zip(units, answers, strict=True)))

    def _transaction(self, connection: sqlite3.Connection, units: list[Unit]) -> list[Answer]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            answers = [self._unit(connection, unit.statements) for unit in units]
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return answers

    def _unit(self, connection: sqlite3.Connection, statements: Sequence[Statement]) -> Answer:
        answers: Answer = []
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
    _keep_a_log(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Turn to write-ahead logging; SQLite itself does not wait for who is closing the file or mending it just now."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > deadline:
                connection.close()
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return


def _is_busy(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF == sqlite3.SQLITE_BUSY


def _is_away(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in _AWAY


def _settle_all(answered: list[tuple[Unit, Answer]]) -> None:
    """Answer a whole commit with one call into each loop: a call for each unit would cost more than its rows."""
    loops = {unit.answer.get_loop() for unit, _ in answered}
    for loop in loops:
        mine = [(unit.answer, answer) for unit, answer in answered if unit.answer.get_loop() is loop]
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell_all, mine)


def _tell_all(answered: list[tuple[asyncio.Future[Answer], Answer]]) -> None:
    for future, answer in answered:
        if not future.done():
            future.set_result(answer)


def _settle(
    future: asyncio.Future[None] | asyncio.Future[Answer], answer: object = None, *, error: Exception | None = None
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
