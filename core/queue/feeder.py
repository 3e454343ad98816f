"""Hangs bells for what comes due soon: each slot once, and all of them again when Redis has lost them."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

from core.queue.bell import Bell

FEED_SECONDS: Final = 1.0
#: Whatever is remembered, after so long every bell is hung anew: of a lost one Redis need not tell.
AGAIN_SECONDS: Final = 15.0


class Feeder:
    """Remembers which slots have their bell; ``upcoming`` tells the moments for which bells should hang."""

    def __init__(
        self,
        upcoming: Callable[[], Awaitable[Sequence[datetime]]],
        bell: Bell,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._upcoming = upcoming
        self._bell = bell
        self._now = now
        self._monotonic = monotonic
        self._epoch = ""
        self._hung: set[int] = set()
        self._again_at = -math.inf

    async def feed(self) -> None:
        """Hang what does not hang yet; raises what ``upcoming`` does."""
        moments = await self._upcoming()
        epoch = await self._bell.epoch()
        if epoch != self._epoch or self._monotonic() >= self._again_at:
            self._epoch, self._again_at = epoch, self._monotonic() + AGAIN_SECONDS
            self._hung.clear()
        now, wanted = self._now(), set[int]()
        for at in moments:
            slot = self._bell.slot(at)
            if at <= now:
                await self._bell.ring()
            elif slot in self._hung or await self._bell.hang(slot):
                wanted.add(slot)
        self._hung = wanted
