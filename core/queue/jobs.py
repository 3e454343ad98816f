"""What travels through Redis: the name of the one job, and the wire format of arq's records."""

from __future__ import annotations

from typing import Any, Final

import orjson

#: The arq function that takes due runs until none is left.
DRAIN: Final = "drain"


def packed(record: dict[str, Any]) -> bytes:
    return orjson.dumps(record)


def unpacked(record: bytes) -> dict[str, Any]:
    """Read one of arq's records; raises ValueError for what is not a JSON object, a pickle for one."""
    try:
        value = orjson.loads(record)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise ValueError("not a record of a job")
    return value
