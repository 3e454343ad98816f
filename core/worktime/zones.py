"""Wall-clock time to moments, also where clocks are put forward or back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=16_384)
def moment_at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return the moment (UTC) when clocks in ``zone`` show so many minutes after midnight of ``day``.

    A time that clocks jump over gives the first moment after the jump; one that they show twice gives the first.
    """
    local = datetime.combine(day, time()) + timedelta(minutes=minutes)
    aware = local.replace(tzinfo=zone)
    at = aware.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == local:
        return at
    return _end_of_gap(aware, zone)


def _end_of_gap(aware: datetime, zone: ZoneInfo) -> datetime:
    """Find the jump that swallowed ``aware``: the first moment with the offset that rules after it."""
    after = aware.replace(fold=1).utcoffset()
    low = aware.replace(fold=1).astimezone(UTC)
    high = aware.astimezone(UTC)
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high
