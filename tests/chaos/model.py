"""A seeded play of one worker after another over one town: steps, deaths, frozen workers, faults, copies."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from core.db import Statement
from core.runs.engine import Engine
from tests.core.runs.effects import CASES, Case
from tests.core.runs.probe import Probe
from tests.core.runs.test_act import NEVER_REPEATED, acts
from tests.portal_side import SUPPORT, Deal
from tests.town import CLIENT_ID, Town

FAULTS: Final = ("effect_then_drop", "drop_before_effect", "html_502", "query_limit", "truncated")
FINAL: Final = {"done", "unknown", "quarantined", "failed", "cancelled", "skipped"}
STEPS: Final = 6
MOST_CROSSINGS: Final = 40


class Crossings:
    """Every way of a worker to the database or to the portal; at one of them it stops for good, or for a while."""

    def __init__(self) -> None:
        self.left = -1
        self.struck = asyncio.Event()
        self.thaw = asyncio.Event()

    def stop_after(self, crossings: int) -> None:
        self.left, self.struck, self.thaw = crossings, asyncio.Event(), asyncio.Event()

    def never(self) -> None:
        self.left = -1
        self.thaw.set()

    async def cross(self, methods: Sequence[str] = ()) -> None:
        if self.left < 0:
            return
        self.left -= 1
        if self.left < 0:
            self.struck.set()
            await self.thaw.wait()


class Play:
    """One seed in a town that has seen others; ``said`` tells what happened, for whoever reads a failure."""

    def __init__(self, town: Town, probe: Probe, seed: int) -> None:
        self.town, self.probe = town, probe
        self.chance = random.Random(seed)
        self.said: list[str] = [f"seed {seed}"]
        self.cases: list[Case] = self.chance.sample(CASES, self.chance.randint(1, 2))
        self.crossings = Crossings()
        self.engine = self._engine()
        self._since = ""
        self._leases: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def _engine(self) -> Engine:
        base = self.town.base
        return Engine(base.database, base.lanes, self.town.robots, base.clock, client_id=CLIENT_ID)

    async def run(self) -> None:
        deals = await self._begin()
        with self._watched():
            for _ in range(STEPS):
                await self.chance.choice((self._turn, self._stop, self._stop, self._fault, self._pass, self._expire))()
                await self._monotone()
        await self._rest()
        await self._prove(deals)

    async def _begin(self) -> list[Deal]:
        town = self.town
        [[row]] = [await town.sql("SELECT COALESCE(MAX(id), '') AS last FROM run")]
        self._since = str(row["last"])
        self._before = {case.happened: len(await town.ledger(case.happened)) for case in self.cases}
        acts(self.probe, *(case.make for case in self.cases))
        assert town.portal.apps.installed is not None
        town.portal.apps.installed.triggers["waits"] = "Клиент ждёт"
        await town.switch(deliver_twice=self.chance.random() < 0.5, limits=False)
        await town.place("probe", wait_result=True, stop_on_stage=False)
        deals = [await town.deal() for _ in range(2)]
        for deal in deals:
            await town.employee_says(deal, "Я присмотрю.", by=SUPPORT, hidden=True)
            await town.move(deal)
        await town.portal.queue.drain()
        await town.advance(seconds=1)
        self.said.append("+".join(case.kind for case in self.cases))
        return deals

    def _watched(self) -> _Watched:
        return _Watched(self.town, self.crossings)

    # What may happen --------------------------------------------------------------------------------------------

    async def _turn(self) -> None:
        self.said.append("turn")
        await self.engine.beat()
        await self.engine.sweep()
        await self.engine.idle()

    async def _stop(self) -> None:
        """A worker stops somewhere: dead, or frozen until another one has had its turn."""
        after, freezes = self.chance.randrange(MOST_CROSSINGS), self.chance.random() < 0.5
        self.said.append(f"{'freeze' if freezes else 'death'} after {after}")
        await self.engine.beat()
        self.crossings.stop_after(after)
        working = asyncio.ensure_future(self._work())
        struck = asyncio.ensure_future(self.crossings.struck.wait())
        await asyncio.wait({working, struck}, return_when=asyncio.FIRST_COMPLETED)
        struck.cancel()
        if not self.crossings.struck.is_set():
            self.crossings.never()
            return
        stopped, self.engine = self.engine, self._engine()
        if not freezes:
            await _cancelled(working, stopped)
        thaw, self.crossings.left = self.crossings.thaw, -1
        await self.town.sql("UPDATE worker SET seen_at = seen_at - 16000 WHERE name = :name", name=stopped.name)
        await self._turn()
        thaw.set()
        if freezes:
            await working
        await self.town.sql("DELETE FROM worker WHERE name = :name", name=stopped.name)

    async def _work(self) -> None:
        await self.engine.sweep()
        await self.engine.idle()

    async def _fault(self) -> None:
        method = self.chance.choice(["batch", "bizproc.event.send", *(case.method for case in self.cases)])
        kind = self.chance.choice(FAULTS)
        self.said.append(f"{kind} of {method}")
        await self.town.fault(method, kind)

    async def _pass(self) -> None:
        seconds = self.chance.choice((1, 6, 31, 125))
        self.said.append(f"{seconds} s")
        await self.town.advance(seconds=seconds)

    async def _expire(self) -> None:
        self.said.append("leases expire")
        await self.town.sql("UPDATE run SET lease_until = 1 WHERE lease_until IS NOT NULL")

    # What must hold ---------------------------------------------------------------------------------------------

    async def _monotone(self) -> None:
        self.town.base.lanes._limiter._tat.clear()  # type: ignore[attr-defined]  # as if real time had passed
        for row in await self.town.sql("SELECT id, lease_no FROM run WHERE id > :since", since=self._since):
            assert int(row["lease_no"] or 0) >= self._leases.get(str(row["id"]), 0), self.said
            self._leases[str(row["id"])] = int(row["lease_no"] or 0)

    async def _rest(self) -> None:
        town = self.town
        await town.fault("*", "none")
        for _ in range(8):
            await self._monotone()
            await town.advance(seconds=200)
            await town.settle()
            rows = await town.sql("SELECT status, wake_at FROM run WHERE id > :since", since=self._since)
            if all(row["wake_at"] is None for row in rows):
                return

    async def _prove(self, deals: list[Deal]) -> None:
        town, since = self.town, self._since
        runs = await town.sql("SELECT id, portal_id, status, wake_at, answered FROM run WHERE id > :since", since=since)
        assert len(runs) == len(deals), (self.said, "one call, one run")
        assert {row["status"] for row in runs} <= FINAL, (self.said, runs)
        assert all(row["wake_at"] is None and row["answered"] for row in runs), (self.said, runs)
        owed = await town.sql("SELECT id FROM reply WHERE run_id > :since AND state = 'due'", since=since)
        assert owed == [], self.said
        effects = await town.sql(
            "SELECT kind, state, prepared_at, run_id, portal_id FROM effect WHERE run_id > :since", since=since
        )
        assert {row["portal_id"] for row in effects} <= {row["portal_id"] for row in runs}
        for name in {case.happened for case in self.cases}:
            kinds = {case.kind for case in self.cases if case.happened == name}
            mine = [row for row in effects if row["kind"] in kinds]
            happened = len(await town.ledger(name)) - self._before[name]
            if kinds <= NEVER_REPEATED:
                meant = sum(row["prepared_at"] is not None for row in mine)
                assert happened <= meant, (self.said, name, "nothing happens that was not written down before")
                assert happened <= len(deals) * len(kinds), (self.said, name, "at most once")
                assert sum(row["state"] == "confirmed" for row in mine) <= happened, (
                    self.said,
                    name,
                    "the log is true",
                )
        for deal in deals:
            assert len(await town.outbox(deal)) <= sum(case.kind.startswith("send_") for case in self.cases), self.said


class _Watched:
    """Count the ways of the town's workers to the database and the portal while the block lasts."""

    def __init__(self, town: Town, crossings: Crossings) -> None:
        self._town, self._crossings = town, crossings
        self._write = town.base.database._writer.write

    def __enter__(self) -> None:
        async def write(statements: Sequence[Statement]) -> object:
            await self._crossings.cross()
            answer = await self._write(statements)
            await self._crossings.cross()
            return answer

        self._town.base.database._writer.write = write  # type: ignore[method-assign,assignment]  # the real one is behind it
        self._town.wire.before = self._town.wire.after = self._crossings.cross

    def __exit__(self, *error: object) -> None:
        self._crossings.never()
        self._town.base.database._writer.write = self._write  # type: ignore[method-assign]  # and is back
        self._town.wire.before = self._town.wire.after = None


async def _cancelled(working: asyncio.Future[None], engine: Engine) -> None:
    """End a worker as kill -9 does."""
    tasks = [working, *engine._work]
    for task in tasks:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
