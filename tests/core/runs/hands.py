"""What hands do to runs and workers: call the probe, hold a step, kill a process, press a button."""

from __future__ import annotations

import asyncio

from core.robots import Done, Outcome
from core.runs.commands import Actor, Decision, Start, cancel, decide, retry
from core.runs.listing import RunCard
from tests.core.runs.probe import SAID, Context, ProbeOutput
from tests.town import Town, Worker

OLGA = Actor(1, "Ольга Власова")


class Held:
    """A step that begins and goes no further before it is let go."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go = asyncio.Event()

    async def __call__(self, ctx: Context) -> Outcome:
        self.begun.set()
        await self.go.wait()
        return Done("done", SAID, ProbeOutput(word="late"))


async def called(town: Town, **properties: str) -> None:
    """Have the portal call the probe; the run is stored and due, and nobody works on it yet."""
    await town.place("probe", **properties)
    await town.move(await town.deal())
    await town.portal.queue.drain()
    await town.advance(seconds=1)


async def taken(worker: Worker, held: Held) -> None:
    """Let a worker take what is due and come as far as the held step."""
    await worker.engine.beat()
    await worker.engine.sweep()
    await held.begun.wait()


async def killed(worker: Worker) -> None:
    """End a worker as kill -9 does: its tasks are gone, its leases and its name in the table of workers stay."""
    tasks = set(worker.engine._work)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def cancelled(town: Town, card: RunCard, reason: str = "") -> None:
    run = card.run
    await cancel(town.base.database, run.portal_id, run.id, reason=reason, actor=OLGA, clock=town.base.clock)


async def decided(town: Town, card: RunCard, decision: Decision) -> None:
    """Say how the first effect of a run ended."""
    portal_id, effect_id = card.run.portal_id, card.effects[0].id
    await decide(town.base.database, portal_id, effect_id, decision=decision, actor=OLGA, clock=town.base.clock)


async def retried(town: Town, card: RunCard, start: Start) -> None:
    run = card.run
    await retry(town.base.database, run.portal_id, run.id, start=start, actor=OLGA, clock=town.base.clock)
