"""What the writers take: statements that are the same text for both databases, in units that stand or fall together."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, Protocol, TypeAlias

Value: TypeAlias = "str | int | float | bytes | None"
Row: TypeAlias = "Mapping[str, Value]"
Answer: TypeAlias = "list[list[Row]]"
Dialect: TypeAlias = Literal["sqlite", "postgresql"]

#: As many units as one commit may carry; more only lengthens the wait of the first.
GROUP = 512

_NAMED = re.compile(r"(?<![:\w]):([a-z_]+)")
#: ``{now}`` in a statement is the database's clock in milliseconds: workers' clocks may differ.
#: PostgreSQL asks a bare volatile function anew for every row, and finds nothing by an index that way.
_NOW: Mapping[Dialect, str] = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "(SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))",
}
_SKIP_LOCKED: Mapping[Dialect, str] = {"sqlite": "", "postgresql": "FOR UPDATE SKIP LOCKED"}
_EACH = re.compile(r"\{each ([a-z_]+)\}")
#: The texts of a parameter that is a JSON list, as rows.
_ROWS: Mapping[Dialect, str] = {
    "sqlite": r"SELECT value FROM json_each(:\1)",
    "postgresql": r"SELECT jsonb_array_elements_text(CAST(CAST(:\1 AS TEXT) AS JSONB))",
}

#: ``{of_each} SELECT … {end_of_each}`` joins ``picked``: what a query finds for each row before it.
_OF_EACH: Mapping[Dialect, tuple[str, str]] = {
    "sqlite": ("CROSS JOIN run picked ON picked.id IN (", ")"),
    "postgresql": ("CROSS JOIN LATERAL (", ") picked"),
}


def whole(value: Value) -> int:
    """Read a whole number of a row; 0 where there is none."""
    return value if isinstance(value, int) else 0


class DatabaseAway(Exception):
    """The database does not answer; try again in a few seconds."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with ``:name`` parameters, ``{now}`` and ``{skip_locked}``, the same text for both databases.

    ``{each name}`` reads the texts of a JSON list as rows.

    With ``needed`` the rest of its unit is skipped when it returns no row: that is how a guard (a lease that was
    lost, a duplicate) stops what depends on it. A needed statement must therefore have RETURNING.

    ``key`` is a parameter that every row it returns bears as a column: by it the rows of many statements that went to
    the database all at once are told apart. Whatever returns rows and has no key goes there by itself.
    """

    sql: str
    params: Mapping[str, Value] = field(default_factory=dict)
    needed: bool = False
    key: str = ""


@dataclass(slots=True)
class Unit:
    """Statements that stand or fall together, and who waits for them."""

    statements: Sequence[Statement]
    answer: asyncio.Future[Answer]
    #: The portal that it is confined to, on PostgreSQL.
    portal: str | None = None


class Writer(Protocol):
    """Whoever wants to write waits in one queue, and one durable commit serves all that wait.

    Units of one commit do not depend on each other: when the common transaction fails because of one of them, each
    is tried again in one of its own, so that only the bad one fails.
    """

    async def write(self, statements: Sequence[Statement]) -> Answer:
        """Execute one unit durably; the rows of each statement, shorter when a needed one returned none.

        Raises DatabaseAway when the database cannot be reached. The unit then did not happen, unless the connection
        broke at the very commit: so every unit must be harmless to repeat.
        """
        ...

    async def open(self) -> None: ...

    async def close(self) -> None: ...


def spelled(sql: str, dialect: Dialect) -> str:
    """Return the statement with what the databases spell differently; parameters stay ``:name``."""
    listed = _EACH.sub(_ROWS[dialect], sql)
    opens, closes = _OF_EACH[dialect]
    listed = listed.replace("{of_each}", opens).replace("{end_of_each}", closes)
    return listed.replace("{now}", _NOW[dialect]).replace("{skip_locked}", _SKIP_LOCKED[dialect])


@lru_cache(maxsize=512)
def compiled(sql: str, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """Return the statement in the driver's own writing and the order of its parameters."""
    text = spelled(sql, dialect)
    if dialect == "sqlite":
        return text, ()
    names: list[str] = []

    def numbered(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _NAMED.sub(numbered, text), tuple(names)
