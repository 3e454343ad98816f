"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_millis(at: datetime) -> int:
    """Return milliseconds since 1970, rounded up so that a timer is never read as due before its time."""
    if at.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be stored.")
    return -((_EPOCH - at) // _MILLISECOND)


def from_millis(value: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=value)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment as milliseconds since 1970: one comparison and one index on every database.

    SQLite has no moments and returns naive ones for ``DateTime(timezone=True)``; a number cannot lose its zone.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else to_millis(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else from_millis(value)


class JsonText(TypeDecorator[Any]):
    """JSON kept as text, so that the hot path may write it with any driver."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)
