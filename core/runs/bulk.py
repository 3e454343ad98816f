"""The same thing done to many runs: each for itself, logged and audited like one that is done by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never

from core.clock import Clock
from core.db import Database
from core.runs.commands import Actor, NoSuchRun, NotNow, cancel, decide_late, move, retry
from core.runs.consequences import Action, Candidate

#: More than this many runs at once are not changed by one press of a button.
MOST: Final = 1000
#: Longer than a month no timer is pushed.
MOST_MINUTES: Final = 31 * 24 * 60
_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Order:
    """What to do to each run; ``minutes`` is how far a shifted timer moves, and may be negative."""

    action: Action
    reason: str = ""
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """How many runs were changed, and how many had moved on meanwhile."""

    done: int
    late: int


async def act_on_all(
    database: Database, portal_id: str, runs: Sequence[Candidate], *, order: Order, actor: Actor, clock: Clock
) -> Done:
    """Do it to every run that allows it; those that do not are counted as late."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(run: Candidate) -> bool:
        if not run.allows(order.action):
            return False
        async with gate:
            try:
                await _act(database, portal_id, run, order, actor, clock)
            except (NoSuchRun, NotNow):
                return False
        return True

    done = await asyncio.gather(*map(one, runs[:MOST]))
    return Done(sum(done), len(runs) - sum(done))


async def _act(database: Database, portal_id: str, run: Candidate, order: Order, actor: Actor, clock: Clock) -> None:
    match order.action:
        case "retry_step":
            await retry(database, portal_id, run.id, start="step", actor=actor, clock=clock)
        case "retry_start":
            await retry(database, portal_id, run.id, start="start", actor=actor, clock=clock)
        case "reply":
            await retry(database, portal_id, run.id, start="reply", actor=actor, clock=clock)
        case "cancel":
            await cancel(database, portal_id, run.id, reason=order.reason, actor=actor, clock=clock)
        case "now":
            await move(database, portal_id, run.id, action="now", wake_at=None, actor=actor, clock=clock)
        case "shift":
            wake_at = run.wake_at + timedelta(minutes=order.minutes) if run.wake_at else None
            await move(database, portal_id, run.id, action="move", wake_at=wake_at, actor=actor, clock=clock)
        case "late_run":
            await decide_late(database, portal_id, run.id, decision="run", actor=actor, clock=clock)
        case "late_skip":
            await decide_late(database, portal_id, run.id, decision="skip", actor=actor, clock=clock)
        case _:
            assert_never(order.action)
