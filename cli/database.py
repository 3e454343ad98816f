"""The database before anything else of a process starts."""

from __future__ import annotations

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from cli.trouble import Trouble
from core.config import Settings
from core.db.migrate import migrate


async def bring_up_to_date(settings: Settings) -> None:
    """Upgrade the schema; raises Trouble when the database cannot be reached or does not let us."""
    try:
        await migrate(settings.database_url)
    except (OSError, SQLAlchemyError, asyncpg.PostgresError) as error:
        raise Trouble(f"The database named by DEZHURNY_DATABASE_URL cannot be used: {_reason(error)}.") from None


def _reason(error: BaseException) -> str:
    """Say why in a few words; texts of drivers may hold addresses and passwords, so only known ones are repeated."""
    cause = error
    while not isinstance(cause, OSError | asyncpg.PostgresError) and cause.__cause__ is not None:
        cause = cause.__cause__
    match cause:
        case asyncpg.InvalidPasswordError() | asyncpg.InvalidAuthorizationSpecificationError():
            return "it refuses the user or the password"
        case asyncpg.InvalidCatalogNameError():
            return "it has no database of this name"
        case asyncpg.InsufficientPrivilegeError():
            return "the user may not create tables in it"
        case ConnectionRefusedError():
            return "nothing listens there"
        case OSError() if cause.strerror:
            return cause.strerror
        case _:
            return type(cause).__name__
