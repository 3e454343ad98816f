"""The engine of one worker process: claim what is due, advance it, deliver answers; a bell only makes it punctual."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import secrets
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext, suppress
from datetime import datetime, timedelta
from typing import Final

from structlog.contextvars import bind_contextvars

from core import tracing
from core.clock import Clock
from core.db import Database, DatabaseAway, Statement, Value, from_millis
from core.metrics import INVOCATION, TIMER_LAG
from core.portals.lane import Lanes
from core.queue.bell import HORIZON, SLOT
from core.robots import AnyRobot
from core.runs.advance import DEATHS, Workshop, advance, place_of
from core.runs.clock_guard import ClockGuard
from core.runs.deliver import ReplyRecord, deliver
from core.runs.departed import end_departed
from core.runs.hands import LANE_MOST, Hands
from core.runs.moment import Moment
from core.runs.outages import settle_outages
from core.runs.own_robots import OWN_ROBOTS
from core.runs.pulse import Pulse
from core.runs.record import RunRecord
from core.runs.sampling import Samples
from core.runs.statements import (
    CLAIM,
    CLAIM_REPLIES,
    EXTEND,
    FREE,
    GIVE_BACK,
    HEARTBEAT,
    LEASE,
    MINE,
    NEXT_WAKES,
    RELEASE,
    SET_ASIDE,
    SILENT,
)

log = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 5.0
BEAT_SECONDS: Final = 4.0
#: Timers that follow each other closely are swept for this often at most.
LEAST_PAUSE_SECONDS: Final = 0.25
#: By the database's clock a timer may be due a little later than by ours.
_SLACK_SECONDS: Final = 0.01
#: How far back they are hung for what became due between two looks.
SINCE_MS: Final = 2_000
CLAIM_MOST: Final = 200
#: Of each lane so many at first, so that all are served before some are served more.
FROM_EACH: Final = 3
STOP_SECONDS: Final = 75.0
_SLOT_MS: Final = SLOT // timedelta(milliseconds=1)
_HORIZON_MS: Final = HORIZON // timedelta(milliseconds=1)

#: Tells the time as somebody sees it who is neither this machine nor the database; None when he cannot be asked.
Witness = Callable[[], Awaitable[datetime | None]]


class Engine:
    """Owns the runs it claims until they rest; ``drain`` may be called from anywhere, any number of times."""

    def __init__(
        self,
        database: Database,
        lanes: Lanes,
        catalogue: Mapping[str, AnyRobot],
        clock: Clock,
        *,
        client_id: str,
        guard: ClockGuard | None = None,
        witness: Witness | None = None,
    ) -> None:
        self.name: Final = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._database = database
        self._lanes = lanes
        self._clock = clock
        self._workshop = Workshop(database, lanes, {**catalogue, **OWN_ROBOTS}, clock, client_id)
        self._samples = Samples(database)
        self._work: set[asyncio.Task[None]] = set()
        self._hands = Hands()
        #: The lane at which the last claim ended; the next one begins behind it.
        self._served = ""
        self._guard = guard or ClockGuard()
        self._pulse = Pulse(database)
        self._witness = witness
        #: The database may hold more runs for us than we know of, and let silence of others mean nothing until then.
        self._is_unsure = False
        self._doubts_silence_until = -math.inf
        self.stop_for = STOP_SECONDS
        self._draining = asyncio.Lock()
        self._suspect = asyncio.Lock()
        self._again = False
        self._stopping = False
        self._roused = asyncio.Event()
        #: When the next sweep is, by the loop's own time.
        self.sweeps_at = -math.inf
        clock.on_jump(self._roused.set)

    async def beat(self) -> None:
        """Say that this worker lives, keep its leases, and look whether the database's clock goes as it should."""
        [[row], *_] = await self._database.write(*self._signs_of_life())
        await self._look_at_clock(int(row["seen_at"] or 0))
        await self._pulsate()

    async def _pulsate(self) -> None:
        """Say that work goes on; it does not while the clock is doubted."""
        if not self._guard.is_doubtful:
            await self._pulse.beat(Moment.of(self._clock).shift)

    @property
    def doubts_clock(self) -> bool:
        """Whether the database's clock has jumped and nobody else tells the same time yet."""
        return self._guard.is_doubtful

    async def _look_at_clock(self, now: int) -> None:
        """Begin nothing by a clock that jumped ahead, until it is back or a portal's server agrees with it."""
        was_doubtful = self._guard.is_doubtful
        if self._guard.saw(now):
            if was_doubtful:
                log.warning("The database's clock is right again; work goes on")
                self._roused.set()
            return
        if not was_doubtful:
            log.error("The database's clock has jumped ahead: nothing is begun until it is back or proven right")
        told = await self._witness() if self._witness else None
        if told is not None and self._guard.heard(now, told):
            log.warning("Bitrix24 tells the same time as the database's clock; work goes on")
            self._roused.set()

    def _signs_of_life(self) -> tuple[Statement, ...]:
        return (
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
        taken, each = 0, FROM_EACH
        while not self._stopping:
            if self._is_unsure:
                await self._put_down()
            most = min(CLAIM_MOST, self._hands.free())
            if not most:
                # Whatever comes to rest makes us look again.
                return taken
            runs, replies = await self._claim(most, each)
            for run in runs:
                self._hands.take(run.portal_id, run.id)
                self._start(self._advance(run))
            for reply in replies:
                self._hands.take(reply.portal_id)
                self._start(self._deliver(reply))
            taken += len(runs) + len(replies)
            if len(runs) < most and len(replies) < most:
                if max(Counter(run.portal_id for run in runs).values(), default=0) < each:
                    return taken
                # Every lane had its turn and some have more.
                each = LANE_MOST
        return taken

    async def _claim(self, most: int, each: int) -> tuple[list[RunRecord], list[ReplyRecord]]:
        if self._pulse.is_old:
            await self._pulsate()
        shift = Moment.of(self._clock).shift
        full = json.dumps(self._hands.full(self._lanes.resting()))
        common: dict[str, Value] = {"shift": shift, "lease": LEASE, "most": most, "full": full}
        common["latest"] = self._guard.latest
        lanes: dict[str, Value] = {"owner": self.name, "after": self._served, "each": each}
        try:
            runs, replies = await self._database.write(
                Statement(CLAIM, {**common, **lanes}), Statement(CLAIM_REPLIES, common)
            )
        except BaseException:
            # The connection, or arq's patience with this job, may have broken after the commit.
            self._is_unsure = True
            raise
        found = [RunRecord.from_row(row) for row in runs]
        if len(found) == most:
            self._served = _last_lane(found, after=self._served)
        return found, [ReplyRecord.from_row(row) for row in replies]

    async def _put_down(self) -> None:
        """Give back what bears our name and is not in our hands: our heartbeat would keep it for ever."""
        [rows] = await self._database.write(Statement(MINE, {"owner": self.name}))
        lost = [str(row["id"]) for row in rows if not self._hands.holds(str(row["id"]))]
        await self._database.write_all([Statement(GIVE_BACK, {"id": run_id, "owner": self.name}) for run_id in lost])
        self._is_unsure = False

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _advance(self, run: RunRecord) -> None:
        bind_contextvars(run=run.id, portal=run.portal_id)
        try:
            async with self._hands.gate(run.portal_id), self._apart(run):
                if not self._stopping:
                    TIMER_LAG.observe(max(0.0, (self._clock.now() - run.wake_at).total_seconds()))
                    with INVOCATION.time(), self._traced(run):
                        self._expect(await advance(run, self._workshop))
        except DatabaseAway as away:
            self._note(away)
        except Exception as error:  # noqa: BLE001  # what cannot be saved must not stay in our name
            await self._set_aside(run, error)
        finally:
            self._hands.put_down(run.portal_id, run.id)
        await self._drain_quietly()

    def _apart(self, run: RunRecord) -> AbstractAsyncContextManager[None]:
        """Work on one at a time of those that two processes died on: the third death must not hit who was beside it."""
        return self._suspect if run.deaths == DEATHS - 1 else nullcontext()

    def _expect(self, wake_at: datetime | None) -> None:
        """Sweep sooner when a run that we gave back wants it: its bell may have been lost."""
        if wake_at is None:
            return
        seconds = (wake_at - self._clock.now()).total_seconds()
        if asyncio.get_running_loop().time() + seconds < self.sweeps_at - LEAST_PAUSE_SECONDS:
            self._roused.set()

    def _traced(self, run: RunRecord) -> AbstractContextManager[tracing.Span]:
        robot = run.robot if run.robot in self._workshop.catalogue else "unknown"
        return tracing.span(f"run {robot}", run=run.id, portal=run.portal_id, robot=robot, lease=run.lease_no)

    async def _set_aside(self, run: RunRecord, error: Exception) -> None:
        """Come back to a run that not even its trouble could be written down of; it counts as a death."""
        log.error("A run could not be advanced", extra={"run": run.id, "error": place_of(error)})
        params: dict[str, Value] = {"id": run.id, "lease_no": run.lease_no, "shift": Moment.of(self._clock).shift}
        try:
            await self._database.write(Statement(SET_ASIDE, params))
        except DatabaseAway as away:
            self._note(away)

    async def _deliver(self, reply: ReplyRecord) -> None:
        bind_contextvars(run=reply.run_id, portal=reply.portal_id)
        try:
            async with self._hands.gate(reply.portal_id):
                with tracing.span("answer a process", run=reply.run_id, portal=reply.portal_id):
                    await deliver(reply, self._database, self._lanes, Moment.of(self._clock), samples=self._samples)
        except DatabaseAway as away:
            self._note(away)
        except Exception as error:  # noqa: BLE001  # its lease runs out, and it is tried again
            log.error("An answer could not be sent", extra={"run": reply.run_id, "error": place_of(error)})
        finally:
            self._hands.put_down(reply.portal_id)
        await self._drain_quietly()

    async def _drain_quietly(self) -> None:
        try:
            await self.drain()
        except DatabaseAway as away:
            self._note(away)

    def _note(self, away: DatabaseAway) -> None:
        """Whoever could not speak himself takes the silence of others for the same trouble for a while."""
        log.warning("%s", away)
        self._is_unsure = True
        self._doubts_silence_until = time.monotonic() + SILENT / 1000

    async def sweep(self) -> int:
        """Free the runs of dead workers, tell of outages that are over, and drain, without asking Redis."""
        free = [Statement(FREE)] if time.monotonic() >= self._doubts_silence_until else []
        await self._database.write(*self._signs_of_life(), *free)
        await end_departed(self._database, Moment.of(self._clock))
        told = await settle_outages(self._database, self._lanes, Moment.of(self._clock))
        return told + await self.drain()

    async def live(self) -> None:
        """Beat and sweep until cancelled; losing the queue costs seconds, losing the database is waited out."""
        await asyncio.gather(self._beating(), self._sweeping())

    async def _beating(self) -> None:
        while True:
            try:
                await self.beat()
            except DatabaseAway as away:
                self._note(away)
            await asyncio.sleep(BEAT_SECONDS)

    async def _sweeping(self) -> None:
        while True:
            pause = SWEEP_SECONDS
            try:
                await self.sweep()
                pause = await self.pause()
            except DatabaseAway as away:
                self._note(away)
            self.sweeps_at = asyncio.get_running_loop().time() + pause
            with suppress(TimeoutError):
                await asyncio.wait_for(self._roused.wait(), pause)
            self._roused.clear()

    async def pause(self) -> float:
        """Return the seconds until the next sweep: five, or fewer where a timer goes off before, bell or no bell."""
        now = self._clock.now()
        ahead = [(at - now).total_seconds() for at in await self.upcoming()]
        soonest = min((seconds for seconds in ahead if seconds > 0), default=SWEEP_SECONDS)
        return min(SWEEP_SECONDS, max(soonest + _SLACK_SECONDS, LEAST_PAUSE_SECONDS))

    async def upcoming(self) -> list[datetime]:
        """Return the moments for which bells should hang, one per slot within the horizon."""
        slot, shift = _SLOT_MS, Moment.of(self._clock).shift
        rows = await self._database.write(
            Statement(NEXT_WAKES, {"shift": shift, "slot": slot, "horizon": _HORIZON_MS, "since": SINCE_MS})
        )
        return [from_millis(int(row["slot"] or 0) * slot) for row in rows[0]]

    async def idle(self) -> None:
        """Wait until everything this worker claimed has come to rest; for tests and for the end."""
        while self._work:
            await asyncio.wait(set(self._work))

    async def stop(self) -> None:
        """Claim no more, finish what is in flight, give the rest back without counting an attempt."""
        self._stopping = True
        beating = asyncio.create_task(self._beating(), name="beat to the end")
        if self._work:
            await asyncio.wait(set(self._work), timeout=self.stop_for)
        unfinished = [beating, *self._work]
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        with suppress(DatabaseAway):
            await self._database.write(
                Statement(RELEASE, {"owner": self.name}),
                Statement("DELETE FROM worker WHERE name = :name", {"name": self.name}),
            )


def _last_lane(runs: list[RunRecord], *, after: str) -> str:
    """Return the lane at which a claim ended that began behind ``after`` and went round."""
    lanes = {run.portal_id for run in runs}
    return max((lane for lane in lanes if lane <= after), default=max(lanes))
