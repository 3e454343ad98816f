"""What travels over the wire: JSON values, how they are written, how moments are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import TypeAlias

import orjson

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Params: TypeAlias = "dict[str, Json]"


def encode(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


def decode(body: bytes) -> Json:
    """Read JSON; raise ValueError when it is none."""
    value: Json = orjson.loads(body)
    return value


@lru_cache(maxsize=16_384)
def moment(at: datetime | None, zone: tzinfo) -> str | None:
    """Say a moment as PHP's ``date('c')`` does: whole seconds with the portal's offset (openlines.md 4)."""
    return None if at is None else at.astimezone(zone).isoformat(timespec="seconds")
