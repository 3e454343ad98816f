"""The open database of one process: sessions for what people look at, a writer for what must be quick."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from core.db.postgres import COMMAND_SECONDS, CONNECT_SECONDS, PostgresWriter
from core.db.scope import CONFINE, confined_to
from core.db.sqlite import SQLiteWriter
from core.db.statement import DatabaseAway, Dialect, Row, Statement, Writer, spelled

__all__ = ["Database", "DatabaseAway"]

#: The server is being stopped, has crashed, or is starting (appendix A of PostgreSQL's manual, class 57).
_NOT_NOW = frozenset({"57P01", "57P02", "57P03"})
_CONFINE = text(CONFINE.format(portal=":portal"))


class Database:
    """Open it once per process: ``async with Database(url) as database``."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._engine = self._make_engine()
        self._writer = self._make_writer()

    def _make_engine(self) -> AsyncEngine:
        if not self.is_sqlite:
            limits = {"timeout": CONNECT_SECONDS, "command_timeout": COMMAND_SECONDS}
            return create_async_engine(self._url, pool_pre_ping=True, pool_timeout=2, connect_args=limits)
        engine = create_async_engine(self._url, connect_args={"timeout": 30})
        event.listen(engine.sync_engine, "connect", _set_pragmas)
        return engine

    def _make_writer(self) -> Writer:
        if self.is_sqlite:
            path = self._url.database or ":memory:"
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            return SQLiteWriter(path)
        return PostgresWriter(self._url.set(drivername="postgresql").render_as_string(hide_password=False))

    async def __aenter__(self) -> Database:
        await self._writer.open()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._writer.close()
        await self._engine.dispose()

    async def write(self, *statements: Statement) -> list[list[Row]]:
        """Execute one unit durably and return the rows of each statement.

        Raises DatabaseAway when the database cannot be reached; the unit then did not happen.
        """
        return await self._writer.write(statements)

    async def read(self, *statements: Statement) -> list[list[Row]]:
        """Execute statements that only read, beside the writer: no lock is waited for.

        Raises DatabaseAway when the database cannot be reached.
        """
        async with self.session() as session:
            connection = await session.connection()
            dialect: Dialect = "sqlite" if self.is_sqlite else "postgresql"
            found = [
                await connection.execute(text(spelled(statement.sql, dialect)), dict(statement.params))
                for statement in statements
            ]
        return [[dict(row) for row in result.mappings()] for result in found]

    async def write_all(self, statements: Sequence[Statement]) -> list[list[Row]]:
        return await self._writer.write(statements)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session that commits on a clean exit and rolls back on an error.

        Raises DatabaseAway when the database cannot be reached.
        """
        try:
            async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
                await self._confine(session)
                yield session
        except (OperationalError, InterfaceError, NoConnectionFree, OSError, TimeoutError) as error:
            raise DatabaseAway(f"The database does not answer: {type(error).__name__}.") from error
        except DBAPIError as error:
            if error.connection_invalidated or str(getattr(error.orig, "sqlstate", "")) in _NOT_NOW:
                raise DatabaseAway("The database closed the connection.") from error
            raise

    @property
    def has_walls(self) -> bool:
        """Whether the database itself keeps portals apart; SQLite cannot."""
        return isinstance(self._writer, PostgresWriter) and self._writer.has_walls

    async def _confine(self, session: AsyncSession) -> None:
        portal = confined_to()
        if portal is not None and self.has_walls:
            await (await session.connection()).execute(_CONFINE, {"portal": portal})

    async def ping(self) -> None:
        """Raise DatabaseAway unless the database answers."""
        async with self.session() as session:
            await (await session.connection()).execute(text("SELECT 1"))


def _set_pragmas(connection: object, record: object) -> None:  # noqa: ARG001
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection has no type
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
