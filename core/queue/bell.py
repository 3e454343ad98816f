"""The bell that wakes workers. It may be lost, doubled or early, and nothing breaks: the database is the truth."""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from arq.connections import ArqRedis
from redis.exceptions import RedisError

from core.clock import Clock
from core.metrics import BELLS_LOST
from core.queue.jobs import DRAIN
from core.queue.server import RedisServer

#: Runs that come due in one slot share one bell, so Redis holds a few hundred keys whatever waits.
SLOT: Final = timedelta(milliseconds=100)
#: Later runs are rung for when their time comes nearer; until then they live in the database only.
HORIZON: Final = timedelta(seconds=60)
#: Bells for work that is due already are at least this far apart.
GAP_SECONDS: Final = 0.05
_PATIENCE_SECONDS: Final = 1.0
_SILENCE_AFTER_TROUBLE_SECONDS: Final = 1.0
#: Clocks of two machines, and the rounding of arq to milliseconds.
_SLACK: Final = timedelta(milliseconds=5)
_EPOCH_KEY: Final = "dezhurny:epoch"
_BEGINNING: Final = datetime.fromtimestamp(0, UTC)

_Found = TypeVar("_Found")

log = logging.getLogger(__name__)


class Bell:
    """Rings for a moment of business time; never raises, never takes longer than a second."""

    def __init__(self, server: RedisServer, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self._rung_at = -math.inf
        self._again: asyncio.Task[None] | None = None
        self._silent_until = -math.inf
        self._away = False

    async def ring(self, wake_at: datetime | None = None) -> None:
        """Ring for ``wake_at``, or at once when it is None or past; beyond the horizon do nothing."""
        now = self._clock.now()
        if wake_at is None or wake_at <= now:
            await self._ring_now()
        elif wake_at - now <= HORIZON:
            await self.hang(self.slot(wake_at))

    def slot(self, wake_at: datetime) -> int:
        """Return the slot at whose end, in real time, what comes due at ``wake_at`` is due."""
        return -((_BEGINNING - (wake_at - self._clock.shift())) // SLOT)

    async def hang(self, slot: int) -> bool:
        """Hang the bell of a slot, unless it hangs already; False when Redis did not answer."""
        return await self._enqueue(f"due:{slot}", _BEGINNING + slot * SLOT + _SLACK)

    async def epoch(self) -> str:
        """Return the word by which this Redis is known: another one once it lost what it held, "" when it is away."""

        async def look(redis: ArqRedis) -> str:
            async with redis.pipeline(transaction=True) as pipe:
                pipe.set(_EPOCH_KEY, secrets.token_hex(8), nx=True)
                pipe.get(_EPOCH_KEY)
                return str((await pipe.execute())[-1])

        return await self._asked(look) or ""

    async def close(self) -> None:
        if self._again is not None:
            self._again.cancel()
            with suppress(asyncio.CancelledError):
                await self._again

    async def _ring_now(self) -> None:
        if self._again is not None and not self._again.done():
            return
        rest = self._rung_at + GAP_SECONDS - _monotonic()
        if rest > 0:
            self._again = asyncio.create_task(self._ring_in(rest), name="bell")
            return
        await self._ring_in(0)

    async def _ring_in(self, seconds: float) -> None:
        if seconds:
            await asyncio.sleep(seconds)
        self._rung_at = _monotonic()
        # Without an id: arq drops an id that is in use, and the drain that uses it may be past our run.
        await self._enqueue(None, None)

    async def _enqueue(self, job_id: str | None, rings_at: datetime | None) -> bool:
        async def enqueue(redis: ArqRedis) -> bool:
            await redis.enqueue_job(DRAIN, _job_id=job_id, _defer_until=rings_at)
            return True

        return await self._asked(enqueue) or False

    async def _asked(self, question: Callable[[ArqRedis], Awaitable[_Found]]) -> _Found | None:
        """Ask Redis, which may be away: None then, and for the second after it."""
        if _monotonic() < self._silent_until:
            return None
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                found = await question(self._server.client())
        except (RedisError, OSError, TimeoutError) as trouble:
            BELLS_LOST.inc()
            self._silent_until = _monotonic() + _SILENCE_AFTER_TROUBLE_SECONDS
            if not self._away:
                log.warning("Redis does not take bells (%s); runs are found by sweeping", type(trouble).__name__)
            self._away = True
            return None
        if self._away:
            log.warning("Redis takes bells again")
        self._away = False
        return found


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
