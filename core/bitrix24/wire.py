"""Narrowing of what a portal sends: nothing in an answer has the promised type for certain.

PHP writes numbers as text, an empty map as a list, a list with gaps as a map, and "no" as false.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

from core.bitrix24.command import Json

_INT: Final = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
#: A number is the same as its text: what has more digits fits into no column.
_MOST: Final = 10**18
_YES: Final = frozenset({"Y", "1", "TRUE", "YES"})
_NO: Final = frozenset({"N", "0", "FALSE", "NO", ""})


def as_int(value: Json) -> int | None:
    """Read a whole number of at most 18 digits; true and false are none."""
    match value:
        case bool():
            return None
        case int() if abs(value) < _MOST:
            return value
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
        case str() if _INT.fullmatch(value.strip()):
            return int(value.strip())
        case _:
            return None


def as_float(value: Json) -> float | None:
    """Read a number, written as one or as text."""
    match value:
        case bool():
            return None
        case int() | float():
            return float(value)
        case str():
            try:
                number = float(value) if value.isascii() and "_" not in value else float("nan")
            except ValueError:
                return None
            return number if abs(number) < float("inf") else None
        case _:
            return None


def as_str(value: Json) -> str:
    """Read text; a number is written out, everything else is empty."""
    match value:
        case str():
            return value
        case bool():
            return ""
        case int() | float():
            return str(value)
        case _:
            return ""


def without_nul(value: Json) -> Json:
    """Return the same with U+FFFD for each NUL, which PostgreSQL keeps in no text."""
    match value:
        case str():
            return value.replace("\x00", "\ufffd")
        case list():
            return [without_nul(item) for item in value]
        case dict():
            return {name.replace("\x00", "\ufffd"): without_nul(item) for name, item in value.items()}
        case _:
            return value


def as_dict(value: Json) -> dict[str, Json]:
    """Read a map; PHP writes an empty one as a list, and a list where a map is due gets its numbers as keys."""
    match value:
        case dict():
            return value
        case list():
            return {str(number): item for number, item in enumerate(value)}
        case _:
            return {}


def as_list(value: Json) -> list[Json]:
    """Read a list; a map gives its values, because PHP writes a list with gaps as one."""
    match value:
        case list():
            return value
        case dict():
            return list(value.values())
        case _:
            return []


def as_bool_yn(value: Json) -> bool | None:
    """Read ``Y``/``N``, true/false, 1/0, as text or not; None when it is neither."""
    match value:
        case bool():
            return value
        case int():
            return {0: False, 1: True}.get(value)
        case str():
            word = value.strip().upper()
            return True if word in _YES else False if word in _NO else None
        case _:
            return None


def as_datetime(value: Json, zone: tzinfo | None = None) -> datetime | None:
    """Read ISO 8601 and give it in UTC.

    A time without an offset is read in ``zone``, and is None without one: guessing would move a deadline.
    """
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        if zone is None:
            return None
        moment = moment.replace(tzinfo=zone)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def as_moment(value: Json) -> datetime | None:
    """Read seconds since 1970, as ``operating_reset_at`` and ``expires`` are written."""
    seconds = as_float(value)
    if seconds is None or not 0 < seconds < 32_503_680_000:
        return None
    return datetime.fromtimestamp(seconds, UTC)
