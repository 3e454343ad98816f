"""The leaky bucket of a lane, shared by all processes: how long to wait before the next request.

Bitrix24 lets 50 requests through at once and 2 a second after that (Enterprise 250 and 5), counted per portal and
per calling address. We take less, because other applications share both.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from redis.exceptions import RedisError

if TYPE_CHECKING:
    from redis.asyncio import Redis

log = logging.getLogger(__name__)


class Limiter(Protocol):
    """One bucket per lane; a lane is named by whoever owns the portals."""

    async def wait_for(self, lane: str, *, cost: int = 1) -> float:
        """Return 0 when the request may go now (it is counted), else the seconds to wait (it is not)."""
        ...

    async def punish(self, lane: str, seconds: float) -> None:
        """Let nothing through for so long, and then without a burst: the portal said that we were too fast."""
        ...

    async def fill(self, lane: str) -> float:
        """Return how full the bucket is, from 0 to 1; whoever can wait leaves the last places to others."""
        ...


@dataclass(frozen=True, slots=True)
class LaneRate:
    """How many requests may go at once, and how many a second after that."""

    burst: int
    per_second: float

    @property
    def interval(self) -> float:
        """Seconds that one request takes to drain."""
        return 1 / self.per_second


STANDARD: Final = LaneRate(burst=40, per_second=2)
ENTERPRISE: Final = LaneRate(burst=200, per_second=5)
WITHOUT_REDIS: Final = LaneRate(burst=1, per_second=1)

#: Seconds.
AVOID_REDIS_FOR: Final = 5.0

RateOf = Callable[[str], LaneRate]


def standard_rate(_lane: str) -> LaneRate:
    return STANDARD


class LocalLimiter:
    """A bucket within this process (GCRA).

    ``tat`` is the moment when the bucket will be empty; a request fits while that is not further away than the burst.
    """

    def __init__(self, rate_of: RateOf = standard_rate, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate_of = rate_of
        self._clock = clock
        self._tat: dict[str, float] = {}

    async def wait_for(self, lane: str, *, cost: int = 1) -> float:
        rate, now = self._rate_of(lane), self._clock()
        tat = max(self._tat.get(lane, now), now) + cost * rate.interval
        wait = tat - rate.burst * rate.interval - now
        # Half a microsecond is the error of adding fractions, not a wait.
        if wait > 5e-7:
            return wait
        self._tat[lane] = tat
        return 0.0

    async def punish(self, lane: str, seconds: float) -> None:
        rate, now = self._rate_of(lane), self._clock()
        self._tat[lane] = max(self._tat.get(lane, now), now + seconds + (rate.burst - 1) * rate.interval)

    async def fill(self, lane: str) -> float:
        rate, now = self._rate_of(lane), self._clock()
        return min(max(self._tat.get(lane, now) - now, 0.0) / (rate.burst * rate.interval), 1.0)


#: KEYS[1] lane; ARGV: interval in microseconds, burst, cost. Answers microseconds to wait.
_TAKE: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local interval = tonumber(ARGV[1])
local tat = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + interval * tonumber(ARGV[3])
local wait = tat - interval * tonumber(ARGV[2]) - now
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000) + 1000)
return 0
"""

#: KEYS[1] lane; ARGV: interval in microseconds, burst, microseconds of punishment.
_PUNISH: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local until_empty = now + tonumber(ARGV[3]) + tonumber(ARGV[1]) * (tonumber(ARGV[2]) - 1)
local tat = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), until_empty)
redis.call('SET', KEYS[1], string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000) + 1000)
return 0
"""

#: KEYS[1] lane. Answers the microseconds until the bucket is empty.
_FILL: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
return math.ceil(math.max(tonumber(redis.call('GET', KEYS[1]) or '0') - now, 0))
"""


class RedisLimiter:
    """The same bucket in Redis, by the clock of Redis; its errors are not caught here."""

    def __init__(self, redis: Redis, rate_of: RateOf = standard_rate, *, prefix: str = "lane:") -> None:
        self._rate_of = rate_of
        self._prefix = prefix
        self._take = redis.register_script(_TAKE)
        self._punish = redis.register_script(_PUNISH)
        self._fill = redis.register_script(_FILL)

    async def wait_for(self, lane: str, *, cost: int = 1) -> float:
        rate = self._rate_of(lane)
        micros = await self._take(keys=[self._prefix + lane], args=[round(rate.interval * 1e6), rate.burst, cost])
        return int(micros) / 1e6

    async def punish(self, lane: str, seconds: float) -> None:
        rate = self._rate_of(lane)
        args = [round(rate.interval * 1e6), rate.burst, round(seconds * 1e6)]
        await self._punish(keys=[self._prefix + lane], args=args)

    async def fill(self, lane: str) -> float:
        rate = self._rate_of(lane)
        micros = await self._fill(keys=[self._prefix + lane], args=[])
        return min(int(micros) / 1e6 / (rate.burst * rate.interval), 1.0)


class FallingLimiter:
    """The shared bucket while it answers, else another one; a slow one of our own unless it is given.

    After a failure the shared one is left alone for a few seconds, so that a hanging Redis costs one timeout and
    not one for every request.
    """

    def __init__(
        self,
        shared: Limiter,
        own: Limiter | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        patience: float = 0.5,
    ) -> None:
        self._shared = shared
        self._own = own or LocalLimiter(lambda _lane: WITHOUT_REDIS, clock=clock)
        self._clock = clock
        self._patience = patience
        self._avoid_until = float("-inf")
        self._has_fallen = False

    async def wait_for(self, lane: str, *, cost: int = 1) -> float:
        if self._clock() >= self._avoid_until:
            try:
                async with asyncio.timeout(self._patience):
                    wait = await self._shared.wait_for(lane, cost=cost)
                self._rise()
                return wait
            except (RedisError, OSError) as trouble:
                self._fall(trouble)
        return await self._own.wait_for(lane, cost=cost)

    async def punish(self, lane: str, seconds: float) -> None:
        await self._own.punish(lane, seconds)
        if self._clock() >= self._avoid_until:
            try:
                async with asyncio.timeout(self._patience):
                    await self._shared.punish(lane, seconds)
            except (RedisError, OSError) as trouble:
                self._fall(trouble)

    async def fill(self, lane: str) -> float:
        if self._clock() >= self._avoid_until:
            try:
                async with asyncio.timeout(self._patience):
                    return await self._shared.fill(lane)
            except (RedisError, OSError) as trouble:
                self._fall(trouble)
        return await self._own.fill(lane)

    def _fall(self, trouble: Exception) -> None:
        self._avoid_until = self._clock() + AVOID_REDIS_FOR
        if not self._has_fallen:
            log.warning("The bucket in Redis does not answer (%s): another one counts for now", type(trouble).__name__)
        self._has_fallen = True

    def _rise(self) -> None:
        if self._has_fallen:
            log.warning("The bucket in Redis answers again")
        self._has_fallen = False
