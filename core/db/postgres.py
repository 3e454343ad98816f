"""The writer of PostgreSQL: one connection and one task that commits for all who wait; it reconnects by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg

from core.db.rounds import in_rounds, suits_rounds
from core.db.scope import CONFINE, FREE, confined_to
from core.db.statement import GROUP, Answer, DatabaseAway, Row, Statement, Unit, compiled

CONNECT_SECONDS = 2.0
COMMAND_SECONDS = 10.0
_SETTINGS = {"lock_timeout": "2s", "statement_timeout": "10s", "application_name": "dezhurny"}

#: The connection, or the server behind it, is gone.
_GONE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    DatabaseAway,
)
#: Somebody holds what is wanted. All are told to come again: waiting once more for each would take minutes.
_BUSY = (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)


_CONFINE = CONFINE.format(portal="$1")


class PostgresWriter:
    """See ``core.db.statement.Writer``."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._units: asyncio.Queue[Unit] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._connection: asyncpg.Connection | None = None
        #: Whether the role that sees one portal only can be taken on here.
        self.has_walls = False

    async def open(self) -> None:
        self.has_walls = await _has_walls(await self._connected())
        self._task = asyncio.create_task(self._serve(), name="postgres-writer")

    async def close(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            await self._units.join()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                await connection.close(timeout=CONNECT_SECONDS)
            except (*_GONE, asyncpg.InterfaceError):
                connection.terminate()

    async def write(self, statements: Sequence[Statement]) -> Answer:
        if self._task is None:
            raise DatabaseAway("The database is closed.")
        portal = confined_to() if self.has_walls else None
        unit = Unit(statements, asyncio.get_running_loop().create_future(), portal)
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
        except Exception as error:  # noqa: BLE001  # whatever one unit breaks, the task must go on for the others
            if self._is_gone(error):
                self._forget_connection()
            if self._connection is None or isinstance(error, _BUSY):
                away = DatabaseAway(f"The database does not answer: {type(error).__name__}.")
                for unit in units:
                    _tell(unit, error=away)
            elif len(units) == 1:
                _tell(units[0], error=error)
            else:
                for unit in units:
                    await self._commit([unit])
        else:
            for unit, answer in zip(units, answers, strict=True):
                _tell(unit, answer)

    def _is_gone(self, error: Exception) -> bool:
        return self._connection is None or self._connection.is_closed() or isinstance(error, _GONE)

    async def _transaction(self, units: list[Unit]) -> list[Answer]:
        connection = await self._connected()
        together = {number: unit for number, unit in enumerate(units) if suits_rounds(unit)} if len(units) > 1 else {}
        async with connection.transaction():
            answers = await in_rounds(connection, together)
            for number, unit in enumerate(units):
                if number not in answers:
                    answers[number] = await self._one(connection, unit)
        return [answers[number] for number in range(len(units))]

    async def _one(self, connection: asyncpg.Connection, unit: Unit) -> Answer:
        if unit.portal is None:
            return await self._unit(connection, unit.statements)
        return await self._confined(connection, unit.statements, unit.portal)

    async def _confined(self, connection: asyncpg.Connection, statements: Sequence[Statement], portal: str) -> Answer:
        """Behind the walls of one portal; an error ends the transaction, and with it the confinement."""
        await connection.execute(_CONFINE, portal)
        answer = await self._unit(connection, statements)
        await connection.execute(FREE)
        return answer

    async def _unit(self, connection: asyncpg.Connection, statements: Sequence[Statement]) -> Answer:
        answers: Answer = []
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
                    self._dsn, timeout=CONNECT_SECONDS, command_timeout=COMMAND_SECONDS, server_settings=_SETTINGS
                )
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                raise DatabaseAway(f"The database does not answer: {type(error).__name__}.") from error
        return self._connection

    def _forget_connection(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


async def _has_walls(connection: asyncpg.Connection) -> bool:
    """Try to take on the role and to look; where it does not exist, or may not, there are no walls."""
    try:
        async with connection.transaction():
            await connection.execute(_CONFINE, "")
            await connection.execute("SELECT 1 FROM audit, run LIMIT 0")
            await connection.execute(FREE)
    except (asyncpg.InvalidParameterValueError, asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedTableError):
        return False
    return True


def _tell(unit: Unit, answer: Answer | None = None, *, error: Exception | None = None) -> None:
    if unit.answer.done():
        return
    if error is not None:
        unit.answer.set_exception(error)
    else:
        unit.answer.set_result(answer or [])
