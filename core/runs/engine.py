"""The engine of one worker process: claim what is due, advance it, deliver answers; a bell only makes it punctual."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from core.clock import Clock
from core.db import Database, DatabaseAway, Statement, from_millis
from core.portals.lane import Lanes
from core.robots import AnyRobot
from core.runs.advance import Workshop, advance
from core.runs.deliver import ReplyRecord, deliver
from core.runs.moment import Moment
from core.runs.record import RunRecord
from core.runs.statements import (
    CLAIM,
    CLAIM_REPLIES,
    EXTEND,
    FREE,
    HEARTBEAT,
    LEASE,
    NEXT_WAKES,
    RELEASE,
)

log = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 5.0
BEAT_SECONDS: Final = 4.0
FEED_SECONDS: Final = 1.0
#: How far ahead bells are hung; later timers live in the database alone.
HORIZON_MS: Final = 60_000
SLOT_MS: Final = 250
CLAIM_MOST: Final = 200
#: Runs of one portal that are advanced at once; their reads share requests.
PER_LANE: Final = 50
STOP_SECONDS: Final = 75.0


class Engine:
    """Owns the runs it claims until they rest; ``drain`` may be called from anywhere, any number of times."""

    def __init__(
        self, database: Database, lanes: Lanes, catalogue: Mapping[str, AnyRobot], clock: Clock, *, client_id: str
    ) -> None:
        self.name: Final = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._database = database
        self._lanes = lanes
        self._clock = clock
        self._workshop = Workshop(database, lanes, catalogue, clock, client_id)
        self._work: set[asyncio.Task[None]] = set()
        self._gates: dict[str, asyncio.Semaphore] = {}
        self._draining = asyncio.Lock()
        self._again = False
        self._stopping = False
        self._jumped = asyncio.Event()
        clock.on_jump(self._jumped.set)

    async def beat(self) -> None:
        """Say that this worker lives, and keep its leases."""
        await self._database.write(
            Statement(HEARTBEAT, {"name": self.name, "host": socket.gethostname()}),
            Statement(EXTEND, {"owner": self.name, "lease": LEASE}),
        )

    async def drain(self) -> int:
        """Claim until nothing is due and start what was claimed; the number of runs and answers taken.

        Calls that come while one is at work make it look once more, and return at once.
        """
        self._again = True
        if self._draining.locked():
            return 0
        taken = 0
        async with self._draining:
            while self._again and not self._stopping:
                self._again = False
                taken += await self._pass()
        return taken

    async def _pass(self) -> int:
        taken = 0
        while not self._stopping:
            runs, replies = await self._claim()
            for run in runs:
                self._start(self._advance(run))
            for reply in replies:
                self._start(self._deliver(reply))
            taken += len(runs) + len(replies)
            if len(runs) < CLAIM_MOST and len(replies) < CLAIM_MOST:
                return taken
        return taken

    async def _claim(self) -> tuple[list[RunRecord], list[ReplyRecord]]:
        shift = Moment.of(self._clock).shift
        common = {"shift": shift, "lease": LEASE, "most": CLAIM_MOST}
        runs, replies = await self._database.write(
            Statement(CLAIM, {**common, "owner": self.name}), Statement(CLAIM_REPLIES, common)
        )
        return [RunRecord.from_row(row) for row in runs], [ReplyRecord.from_row(row) for row in replies]

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _advance(self, run: RunRecord) -> None:
        async with self._gate(run.portal_id):
            with suppress(DatabaseAway):
                await advance(run, self._workshop)
        await self._drain_quietly()

    async def _deliver(self, reply: ReplyRecord) -> None:
        async with self._gate(reply.portal_id):
            with suppress(DatabaseAway):
                await deliver(reply, self._database, self._lanes, Moment.of(self._clock))
        await self._drain_quietly()

    def _gate(self, portal_id: str) -> asyncio.Semaphore:
        return self._gates.setdefault(portal_id, asyncio.Semaphore(PER_LANE))

    async def _drain_quietly(self) -> None:
        try:
            await self.drain()
        except DatabaseAway as away:
            log.warning("%s", away)

    async def sweep(self) -> int:
        """Free the runs of dead workers and drain, without asking Redis."""
        await self._database.write(Statement(FREE))
        return await self.drain()

    async def live(self) -> None:
        """Beat and sweep until cancelled; losing the queue costs seconds, losing the database is waited out."""
        await asyncio.gather(self._beating(), self._sweeping())

    async def _beating(self) -> None:
        while True:
            try:
                await self.beat()
            except DatabaseAway as away:
                log.warning("%s", away)
            await asyncio.sleep(BEAT_SECONDS)

    async def _sweeping(self) -> None:
        while True:
            try:
                await self.sweep()
            except DatabaseAway as away:
                log.warning("%s", away)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._jumped.wait(), SWEEP_SECONDS)
            self._jumped.clear()

    async def upcoming(self) -> list[datetime]:
        """Return the moments for which bells should hang, one per slot within the horizon."""
        shift = Moment.of(self._clock).shift
        rows = await self._database.write(
            Statement(NEXT_WAKES, {"shift": shift, "slot": SLOT_MS, "horizon": HORIZON_MS})
        )
        return [from_millis((int(row["slot"] or 0) + 1) * SLOT_MS) for row in rows[0]]

    async def idle(self) -> None:
        """Wait until everything this worker claimed has come to rest; for tests and for the end."""
        while self._work:
            await asyncio.wait(set(self._work))

    async def stop(self) -> None:
        """Claim no more, finish what is in flight, give the rest back without counting an attempt."""
        self._stopping = True
        if self._work:
            await asyncio.wait(set(self._work), timeout=STOP_SECONDS)
        for task in set(self._work):
            task.cancel()
        with suppress(DatabaseAway):
            await self._database.write(
                Statement(RELEASE, {"owner": self.name}),
                Statement("DELETE FROM worker WHERE name = :name", {"name": self.name}),
            )
