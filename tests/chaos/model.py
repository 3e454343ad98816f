"""A seeded play of one worker after another over two portals: steps, deaths, frozen workers, faults, copies."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from core.db import Statement
from core.db.statement import Answer
from core.effects import HiddenBrief
from core.robots import DialogView
from core.runs.engine import Engine
from core.runs.statements import PREPARE
from tests.chaos.neighbours import Side, settled
from tests.chaos.verdict import BRIEF, Placed, Verdict
from tests.core.runs.effects import CASES, Case
from tests.core.runs.probe import Context, Probe
from tests.core.runs.test_act import acts
from tests.portal_side import SUPPORT
from tests.town import CLIENT_ID, Town

FAULTS: Final = ("effect_then_drop", "drop_before_effect", "html_502", "query_limit", "truncated")
STEPS: Final = 6
#: So often something is done that bears a key.
KEYED_EACH: Final = 3
MOST_CROSSINGS: Final = 40


def _brief(dialog: DialogView, ctx: Context) -> HiddenBrief:
    return HiddenBrief(chat_id=dialog.chat.id, text=BRIEF)


#: What bears a key is told by its text: it is no effect that the portal remembers.
KEYED: Final = Case("hidden_brief", _brief, "im.message.add", "")


class Crossings:
    """Every way of a worker to the database or to the portal; at one of them it stops for good, or for a while."""

    def __init__(self) -> None:
        self.left = -1
        self.struck = asyncio.Event()
        self.thaw = asyncio.Event()
        #: What crossed, in its order.
        self.trace: list[str] = []

    def stop_after(self, crossings: int) -> None:
        self.left, self.struck, self.thaw = crossings, asyncio.Event(), asyncio.Event()

    def never(self) -> None:
        self.left = -1
        self.thaw.set()

    async def cross(self, what: Sequence[str] = ()) -> None:
        self.trace.append(" ".join(what))
        if self.left < 0:
            return
        self.left -= 1
        if self.left < 0:
            self.struck.set()
            await self.thaw.wait()


class Play:
    """One seed in a town that has seen others; ``said`` tells what happened, for whoever reads a failure."""

    def __init__(self, town: Town, sides: Sequence[Side], probe: Probe, seed: int) -> None:
        self.town, self.sides, self.probe = town, sides, probe
        self.chance = random.Random(seed)
        self.said: list[str] = [f"seed {seed}"]
        self.cases: list[Case] = self.chance.sample(CASES, self.chance.randint(1, 2))
        if seed % KEYED_EACH == 0:
            self.cases[0] = KEYED
        self.crossings = Crossings()
        self.engine = self._engine()
        self._intents = Intents({case.method: case.kind for case in self.cases})

    def _engine(self) -> Engine:
        base = self.town.base
        return Engine(base.database, base.lanes, self.town.robots, base.clock, client_id=CLIENT_ID)

    async def run(self) -> None:
        verdict = Verdict(self.town, self.sides, self.cases, self.said)
        await verdict.begin()
        placed = await self._begin()
        with Watched(self.town, self.crossings, self._intents):
            for _ in range(STEPS):
                await self.chance.choice((self._turn, self._stop, self._stop, self._fault, self._pass, self._expire))()
                await self._as_if_time_passed(verdict)
        await self._rest(verdict)
        assert self._intents.missing == [], (self.said, "nothing is done that was not meant in writing")
        await verdict.prove(placed)

    async def _begin(self) -> list[Placed]:
        acts(self.probe, *(case.make for case in self.cases))
        twice = self.chance.random() < 0.5
        homes = [self.sides[0], *self.chance.choice((self.sides[:1], self.sides[1:]))]
        for side in dict.fromkeys(homes):
            assert side.portal.apps.installed is not None
            side.portal.apps.installed.triggers["waits"] = "Клиент ждёт"
            await side.people.switch(deliver_twice=twice, limits=False)
            await side.people.place("probe", wait_result=True, stop_on_stage=False)
        placed = [Placed(side, await side.people.deal()) for side in homes]
        for one in placed:
            await one.side.people.employee_says(one.deal, "Я присмотрю.", by=SUPPORT, hidden=True)
            await one.side.people.move(one.deal)
        for side in self.sides:
            await side.portal.queue.drain()
        await self.town.advance(seconds=1)
        self.said.append("+".join(case.kind for case in self.cases))
        return placed

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
        for seconds in self.chance.choice(((), (6,), (6, 31))):
            await self.town.advance(seconds=seconds)
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
        kind, side = self.chance.choice(FAULTS), self.chance.choice(self.sides)
        self.said.append(f"{kind} of {method} at {side.portal.domain}")
        await side.people.fault(method, kind)

    async def _pass(self) -> None:
        seconds = self.chance.choice((1, 6, 31, 125))
        self.said.append(f"{seconds} s")
        await self.town.advance(seconds=seconds)

    async def _expire(self) -> None:
        self.said.append("leases expire")
        for table in ("run", "reply"):
            await self.town.sql(f"UPDATE {table} SET lease_until = 1 WHERE lease_until IS NOT NULL")

    # The end ----------------------------------------------------------------------------------------------------

    async def _as_if_time_passed(self, verdict: Verdict) -> None:
        self.town.base.lanes._limiter._tat.clear()  # type: ignore[attr-defined]  # as if real time had passed
        await verdict.monotone()

    async def _rest(self, verdict: Verdict) -> None:
        for side in self.sides:
            await side.people.fault("*", "none")
        for _ in range(8):
            await self._as_if_time_passed(verdict)
            await self.town.sql("UPDATE reply SET lease_until = 1 WHERE lease_until IS NOT NULL")
            await self.town.advance(seconds=200)
            await settled(self.town, *self.sides)
            if await verdict.rests():
                return


class Intents:
    """Every call that changes something uses up one intent that was committed before it."""

    def __init__(self, kinds: dict[str, str]) -> None:
        self._kinds = kinds
        self._left = dict.fromkeys(kinds.values(), 0)
        #: The kinds of what was done without; a robot's step that fails of it is tried again, so it is told at the end.
        self.missing: list[str] = []

    def committed(self, kind: str) -> None:
        self._left[kind] += 1

    def called(self, methods: Sequence[str]) -> None:
        for kind in filter(None, map(self._kinds.get, methods)):
            self._left[kind] -= 1
            if self._left[kind] < 0:
                self.missing.append(kind)


class Watched:
    """Count the ways of the town's workers to the database and the portal while the block lasts."""

    def __init__(self, town: Town, crossings: Crossings, intents: Intents) -> None:
        self._town, self._crossings, self._intents = town, crossings, intents
        self._write = town.base.database._writer.write

    def __enter__(self) -> None:
        self._town.base.database._writer.write = self._written  # type: ignore[method-assign]  # the real one is behind it
        self._town.wire.before = self._called
        self._town.wire.after = self._crossings.cross

    async def _called(self, methods: Sequence[str]) -> None:
        self._intents.called(methods)
        await self._crossings.cross(methods)

    async def _written(self, statements: Sequence[Statement]) -> Answer:
        names = [statement.sql.split()[0] for statement in statements]
        await self._crossings.cross(names)
        answer = await self._write(statements)
        for statement, rows in zip(statements, answer, strict=False):
            if statement.sql == PREPARE and rows:
                await self._note(statement)
        await self._crossings.cross(names)
        return answer

    async def _note(self, prepared: Statement) -> None:
        of_kind = Statement("SELECT kind FROM effect WHERE id = :id", {"id": prepared.params["id"]})
        self._intents.committed(str((await self._write([of_kind]))[0][0]["kind"]))

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
