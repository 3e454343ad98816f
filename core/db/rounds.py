"""Many units sent to PostgreSQL in rounds: the first statement of each, then the second, and so on.

The way to the server is most of a small statement's time, so what is alike within a round goes there all at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import asyncpg

from core.db.statement import Answer, Row, Statement, Unit, compiled

_ANSWERS = re.compile(r"\bRETURNING\b|^\s*(SELECT|WITH)\b", re.IGNORECASE)


def suits_rounds(unit: Unit) -> bool:
    """Whether it can be told of every row that comes back to which unit it belongs."""
    return unit.portal is None and all(
        statement.key or not (statement.needed or _answers(statement.sql)) for statement in unit.statements
    )


async def in_rounds(connection: asyncpg.Connection, units: Mapping[int, Unit]) -> dict[int, Answer]:
    """Execute the units, each under a number of the caller's; their answers under the same numbers.

    A unit whose needed statement found no row is out of the next rounds.
    """
    answers: dict[int, Answer] = {number: [] for number in units}
    going, turn = dict(units), 0
    while going := {number: unit for number, unit in going.items() if len(unit.statements) > turn}:
        for numbers in _alike(going, turn):
            statements = [going[number].statements[turn] for number in numbers]
            found = await _at_once(connection, statements)
            for number, statement, rows in zip(numbers, statements, found, strict=True):
                answers[number].append(rows)
                if statement.needed and not rows:
                    del going[number]
        turn += 1
    return answers


def _alike(units: Mapping[int, Unit], turn: int) -> list[list[int]]:
    groups: dict[tuple[str, str], list[int]] = {}
    for number, unit in units.items():
        statement = unit.statements[turn]
        groups.setdefault((statement.sql, statement.key), []).append(number)
    return list(groups.values())


async def _at_once(connection: asyncpg.Connection, statements: Sequence[Statement]) -> list[list[Row]]:
    """Send statements of one text, and sort the rows by the key that each of them bears."""
    text, names = compiled(statements[0].sql, "postgresql")
    values = [[statement.params[name] for name in names] for statement in statements]
    key = statements[0].key
    if not key:
        await connection.executemany(text, values)
        return [[] for _ in statements]
    if len({statement.params[key] for statement in statements}) < len(statements):
        # Two of them speak of the same row: nobody could say whose answer it is.
        return [[dict(record) for record in await connection.fetch(text, *one)] for one in values]
    rows: dict[object, list[Row]] = {}
    for record in await connection.fetchmany(text, values):
        rows.setdefault(record[key], []).append(dict(record))
    return [rows.get(statement.params[key], []) for statement in statements]


@lru_cache(maxsize=512)
def _answers(sql: str) -> bool:
    return _ANSWERS.search(sql) is not None
