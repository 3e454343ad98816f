"""Filtering and ordering of list methods, with Bitrix24's prefixes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from sandbox.php import is_array, is_numeric, to_text, values_of
from sandbox.wire import Json

Row = dict[str, Json]
_PREFIX = re.compile(r"(!=%|!%=|!@|!=|!%|>=|<=|=%|%=|=|!|>|<|@|%)?(.*)", re.DOTALL)


def picked(rows: list[Row], conditions: Mapping[str, Json]) -> list[Row]:
    """Keep the rows that meet every condition, such as ``{"COMPLETED": "N", ">=START_TIME": "2026-01-01"}``."""
    return [row for row in rows if all(_meets(row, key, wanted) for key, wanted in conditions.items())]


def _meets(row: Row, key: str, wanted: Json) -> bool:
    found = _PREFIX.fullmatch(key)
    prefix, name = (found[1] or "", found[2]) if found else ("", key)
    value = row.get(name)
    match prefix:
        case "" | "=" | "@":
            return _among(value, wanted)
        case "!" | "!=" | "!@":
            return not _among(value, wanted)
        case "%" | "=%" | "%=":
            return to_text(wanted).strip("%").lower() in to_text(value).lower()
        case "!%" | "!=%" | "!%=":
            return to_text(wanted).strip("%").lower() not in to_text(value).lower()
        case _:
            return _compares(value, prefix, wanted)


def _among(value: Json, wanted: Json) -> bool:
    choices = values_of(wanted) if is_array(wanted) else [wanted]
    texts = {to_text(one) for one in choices}
    if is_array(value):
        return any(to_text(one) in texts for one in values_of(value))
    return to_text(value) in texts


def _compares(value: Json, prefix: str, wanted: Json) -> bool:
    left, right = _weight(value), _weight(wanted)
    if left is None or right is None:
        return False
    return {">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}[prefix]


def _weight(value: Json) -> float | None:
    """Weigh numbers as they are and moments by their instant, whatever offset they are written with."""
    if is_numeric(value):
        return float(to_text(value))
    try:
        return datetime.fromisoformat(to_text(value)).timestamp()
    except ValueError:
        return None


def ordered(rows: list[Row], order: Mapping[str, Json]) -> list[Row]:
    """Sort by several keys, the first being the strongest."""
    for name, direction in reversed(list(order.items())):
        rows = sorted(rows, key=lambda row: _sort_key(row.get(name)), reverse=to_text(direction).lower() == "desc")
    return rows


def _sort_key(value: Json) -> tuple[int, float, str]:
    if is_numeric(value):
        return 1, float(to_text(value)), ""
    return (0, 0.0, "") if value is None else (2, 0.0, to_text(value))


def selected(row: Row, wanted: list[Json]) -> Row:
    """Keep the asked fields; none or ``*`` means all."""
    names = {to_text(name) for name in wanted}
    if not names or "*" in names:
        return row
    return {name: value for name, value in row.items() if name in names}
