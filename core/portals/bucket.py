"""The leaky bucket of a lane as a row of the database: what all processes share while Redis is away."""

from __future__ import annotations

from typing import Final

from core.bitrix24.limits import WITHOUT_REDIS, Limiter, LocalLimiter, RateOf
from core.db import Database, DatabaseAway, Row, Statement, Value

#: Added unless it would overflow; the same formula as in Redis. Milliseconds.
_TAKE: Final = """
INSERT INTO lane_bucket (portal_id, empty_at) VALUES (:lane, {now} + :cost)
ON CONFLICT (portal_id) DO UPDATE
SET empty_at = CASE WHEN lane_bucket.empty_at > {now} THEN lane_bucket.empty_at ELSE {now} END + :cost
WHERE lane_bucket.empty_at + :cost - :room <= {now}
RETURNING empty_at
"""
_PUNISH: Final = """
INSERT INTO lane_bucket (portal_id, empty_at) VALUES (:lane, {now} + :until_empty)
ON CONFLICT (portal_id) DO UPDATE SET empty_at = excluded.empty_at WHERE lane_bucket.empty_at < excluded.empty_at
RETURNING empty_at
"""
_LEFT: Final = "SELECT empty_at - {now} AS left_for FROM lane_bucket WHERE portal_id = :lane"


class DatabaseLimiter:
    """See `core.bitrix24.limits.Limiter`; without the database one request a second goes in each process."""

    def __init__(self, database: Database, rate_of: RateOf) -> None:
        self._database = database
        self._rate_of = rate_of
        self._own: Limiter = LocalLimiter(lambda _lane: WITHOUT_REDIS)

    async def wait_for(self, lane: str, *, cost: int = 1) -> float:
        rate = self._rate_of(lane)
        interval = round(rate.interval * 1000)
        params: dict[str, Value] = {"lane": lane, "cost": cost * interval, "room": rate.burst * interval}
        try:
            taken, left = await self._database.write(Statement(_TAKE, params), Statement(_LEFT, {"lane": lane}))
        except DatabaseAway:
            return await self._own.wait_for(lane, cost=cost)
        if taken:
            return 0.0
        return max(0.001, (_left(left) + cost * interval - rate.burst * interval) / 1000)

    async def punish(self, lane: str, seconds: float) -> None:
        await self._own.punish(lane, seconds)
        rate = self._rate_of(lane)
        until_empty = round((seconds + (rate.burst - 1) * rate.interval) * 1000)
        try:
            await self._database.write(Statement(_PUNISH, {"lane": lane, "until_empty": until_empty}))
        except DatabaseAway:
            return

    async def fill(self, lane: str) -> float:
        rate = self._rate_of(lane)
        try:
            [left] = await self._database.read(Statement(_LEFT, {"lane": lane}))
        except DatabaseAway:
            return await self._own.fill(lane)
        return min(max(_left(left) / 1000, 0.0) / (rate.burst * rate.interval), 1.0)


def _left(rows: list[Row]) -> int:
    return int(rows[0]["left_for"] or 0) if rows else 0
