"""Which runs a person wants to see, as conditions of a query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Text, and_, cast, exists, or_
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from core.bitrix24.documents import Item
from core.runs.properties import PropertyText
from core.runs.tables import RestCallRow, Run

_ESCAPE: Final = "\\"
#: An integer of PostgreSQL.
_LARGEST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Filter:
    """All of it must hold; an empty tuple or None asks for nothing."""

    items: tuple[Item, ...] = ()
    robots: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    #: Parts of error codes that Bitrix24 answered with.
    errors: tuple[str, ...] = ()
    #: Words that must all be found in the title, the reason, the result, the robot or the document.
    words: tuple[str, ...] = ()
    #: Names and values of what an administrator had set; of a property with several values one must be this.
    properties: tuple[tuple[str, str], ...] = ()
    #: These runs and no others; None is all.
    ids: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self != Filter()


def conditions(portal_id: str, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a run of this portal must fulfil; every value is bound, wildcards in words are plain letters."""
    where: list[ColumnElement[bool]] = [col(Run.portal_id) == portal_id]
    if wanted.items:
        where.append(or_(*(_is_item(item) for item in wanted.items)))
    if wanted.robots:
        where.append(col(Run.robot).in_(wanted.robots))
    if wanted.statuses:
        where.append(col(Run.status).in_(wanted.statuses))
    if wanted.results:
        where.append(col(Run.result).in_(wanted.results))
    if wanted.ids is not None:
        where.append(col(Run.id).in_(wanted.ids))
    if wanted.since is not None:
        where.append(col(Run.created_at) >= wanted.since)
    if wanted.until is not None:
        where.append(col(Run.created_at) < wanted.until)
    where += [_failed_with(portal_id, error) for error in wanted.errors]
    where += [_mentions(word) for word in wanted.words]
    where += [_is_set_to(name, value) for name, value in wanted.properties]
    return where


def _is_item(item: Item) -> ColumnElement[bool]:
    return and_(col(Run.entity_type_id) == item.entity_type_id, col(Run.item_id) == item.id)


def _failed_with(portal_id: str, error: str) -> ColumnElement[bool]:
    called = exists().where(
        col(RestCallRow.portal_id) == portal_id,
        col(RestCallRow.run_id) == col(Run.id),
        or_(
            _contains(col(RestCallRow.error), error),
            _contains(cast(col(RestCallRow.commands), Text), error, behind='"error":"'),
        ),
    )
    return or_(called, _contains(cast(col(Run.reason), Text), error))


def _mentions(word: str) -> ColumnElement[bool]:
    columns = (col(Run.title), cast(col(Run.reason), Text), col(Run.result), col(Run.robot), col(Run.document))
    found = [_contains(column, word) for column in columns]
    if word.isascii() and word.isdigit() and int(word) <= _LARGEST:
        found.append(col(Run.item_id) == int(word))
    if len(word) == len("01" * 13):
        found.append(col(Run.id) == word.lower())
    return or_(*found)


def _is_set_to(name: str, value: str) -> ColumnElement[bool]:
    held = PropertyText(col(Run.properties), name)
    one_of_several = f'%"{_literal(value)}"%'
    return or_(held.ilike(_literal(value), escape=_ESCAPE), held.ilike(one_of_several, escape=_ESCAPE))


def _contains(column: SQLCoreOperations[str], word: str, *, behind: str = "") -> ColumnElement[bool]:
    """SQLite folds the case of Latin letters only, so other alphabets are asked for in each usual writing."""
    writings = {word, word.lower(), word.upper(), word.capitalize(), word.title()}
    before = f"%{_literal(behind)}%" if behind else "%"
    return or_(*(column.ilike(f"{before}{_literal(writing)}%", escape=_ESCAPE) for writing in sorted(writings)))


def _literal(word: str) -> str:
    return word.replace(_ESCAPE, _ESCAPE * 2).replace("%", f"{_ESCAPE}%").replace("_", f"{_ESCAPE}_")
