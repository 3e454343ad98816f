"""Filtering and ordering of list methods, with Bitrix24's prefixes."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias, TypeVar

from sandbox.php import is_array, is_numeric, to_text, values_of
from sandbox.wire import Json

Row = dict[str, Json]
T = TypeVar("T")
#: Gives, for the name of a field, what reads it.
Reader: TypeAlias = "Callable[[str], Callable[[T], Json]]"
_PREFIX = re.compile(r"(!=%|!%=|!@|!=|!%|>=|<=|=%|%=|=|!|>|<|@|%)?(.*)", re.DOTALL)


def picked(rows: list[Row], conditions: Mapping[str, Json]) -> list[Row]:
    """Keep the rows that meet every condition, such as ``{"COMPLETED": "N", ">=START_TIME": "2026-01-01"}``."""
    return picked_by(rows, conditions, _of_row)


def picked_by(things: list[T], conditions: Mapping[str, Json], reader: Reader[T]) -> list[T]:
    """Keep things whose values meet every condition; ``reader`` reads one field without writing out the rest."""
    for key, wanted in conditions.items():
        name, meets = _condition(key, wanted)
        value = reader(name)
        things = [one for one in things if meets(value(one))]
    return things


def _of_row(name: str) -> Callable[[Row], Json]:
    return lambda row: row.get(name)


def _condition(key: str, wanted: Json) -> tuple[str, Callable[[Json], bool]]:
    """Read a prefix and a name; give the name and what its value must meet."""
    found = _PREFIX.fullmatch(key)
    prefix, name = (found[1] or "", found[2]) if found else ("", key)
    choices = {_sort_key(one) for one in values_of(wanted)} if is_array(wanted) else {_sort_key(wanted)}
    part, weight = to_text(wanted).strip("%").lower(), _weight(wanted)
    tests: dict[str, Callable[[Json], bool]] = {
        **dict.fromkeys(("", "=", "@"), lambda value: _among(value, choices)),
        **dict.fromkeys(("!", "!=", "!@"), lambda value: not _among(value, choices)),
        **dict.fromkeys(("%", "=%", "%="), lambda value: part in to_text(value).lower()),
        **dict.fromkeys(("!%", "!=%", "!%="), lambda value: part not in to_text(value).lower()),
        ">": lambda value: _both(weight, value, operator.gt),
        ">=": lambda value: _both(weight, value, operator.ge),
        "<": lambda value: _both(weight, value, operator.lt),
        "<=": lambda value: _both(weight, value, operator.le),
    }
    return name, tests[prefix]


def _among(value: Json, choices: set[tuple[int, float, str]]) -> bool:
    """Compare numbers as numbers: the guarded reference ``03`` finds 3 (openlines.md part 2)."""
    if is_array(value):
        return any(_sort_key(one) in choices for one in values_of(value))
    return _sort_key(value) in choices


def _both(weight: float | None, value: Json, compare: Callable[[float, float], bool]) -> bool:
    own = _weight(value)
    return own is not None and weight is not None and compare(own, weight)


def _weight(value: Json) -> float | None:
    return _weight_of(to_text(value))


@lru_cache(maxsize=16_384)  # the same moments are weighed in every list
def _weight_of(text: str) -> float | None:
    """Weigh numbers as they are and moments by their instant, whatever offset they are written with."""
    if is_numeric(text):
        return float(text)
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def ordered(rows: list[Row], order: Mapping[str, Json]) -> list[Row]:
    """Sort by several keys, the first being the strongest."""
    return ordered_by(rows, order, _of_row)


def ordered_by(things: list[T], order: Mapping[str, Json], reader: Reader[T]) -> list[T]:
    for name, direction in reversed(list(order.items())):
        falls, value = to_text(direction).lower() == "desc", reader(name)
        things = sorted(things, key=lambda one, value=value: _sort_key(value(one)), reverse=falls)  # type: ignore[misc]
    return things


def _sort_key(value: Json) -> tuple[int, float, str]:
    return _sort_key_of(to_text(value))


@lru_cache(maxsize=16_384)
def _sort_key_of(text: str) -> tuple[int, float, str]:
    """Weigh a value against any other: nothing comes first, then numbers, then texts."""
    if is_numeric(text):
        return 1, float(text), ""
    return (2, 0.0, text) if text else (0, 0.0, "")


def selected(row: Row, wanted: list[Json]) -> Row:
    """Keep the asked fields; none or ``*`` means all."""
    names = {to_text(name) for name in wanted}
    if not names or "*" in names:
        return row
    return {name: value for name, value in row.items() if name in names}
