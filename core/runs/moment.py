"""The moment of a pass: business time, and how far it is ahead of the database's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from core.clock import Clock


@dataclass(frozen=True, slots=True)
class Moment:
    """``shift`` is in milliseconds; it is 0 unless a demo or a test moves the clock."""

    now: datetime
    shift: int

    @classmethod
    def of(cls, clock: Clock) -> Self:
        now = clock.now()
        return cls(now, round((now - datetime.now(UTC) - clock.skew).total_seconds() * 1000))
