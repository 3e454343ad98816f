"""Timers among many that wait: how late they start, how many a second are done, what others and memory feel of it."""

from __future__ import annotations

import asyncio
import base64
import os
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import insert, text

from bench.acknowledging import KEY, settings_for
from bench.claiming import BATCH, done_a_second
from bench.figure import Figure
from bench.process import DEZHURNY, postgres, resident_megabytes, running
from core.bitrix24.secret import Secret
from core.config import Settings
from core.db.migrate import migrate
from core.portals.foundation import Foundation, foundation
from core.portals.keyring import Keyring
from core.queue.feeder import FEED_SECONDS, Feeder
from core.robots import Outcome
from core.runs.engine import Engine
from core.runs.tables import Run
from tests.core.runs import rows
from tests.core.runs.probe import Context, Probe, end
from tests.servers import RedisProcess, folder_for, free_port, postgres_bin, redis_program
from workers.listening import Listening

WAITING = 100_000
CHUNK = 2_000
PORTALS = 50
#: Timers whose lag is measured, and the seconds over which they are due.
TIMERS, SPREAD = 300, 8.0
DUE_AT_ONCE = 5_000
NOISY, QUIET = 20_000, 40
SETTLES_FOR = 3.0
PATIENCE_SECONDS = 60.0


def measure() -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory(prefix="dezhurny-bench-") as folder:
        url = f"sqlite+aiosqlite:///{folder}/bench.db"
        idle = _memory(f"sqlite+aiosqlite:///{folder}/empty/bench.db", Path(folder, "empty"))
        figures += asyncio.run(_measured("SQLite", url))
        figures += _memories(idle, _memory(url, Path(folder)))
    programs, redis_server = postgres_bin(), redis_program()
    if programs is not None and redis_server is not None:
        with postgres(programs) as url, folder_for("redis") as memory:
            redis = RedisProcess(redis_server, memory)
            redis.start()
            figures += asyncio.run(_measured("PostgreSQL", url, redis.url))
            redis.stop()
    return figures


@dataclass(slots=True)
class _Bench:
    """A worker's inside; the robot has nothing to do, so what is measured is the engine."""

    base: Foundation
    engine: Engine
    #: A sealed token of each portal, as every run has one.
    tokens: dict[str, bytes] = field(default_factory=dict)
    late: dict[str, list[float]] = field(default_factory=dict)

    async def first(self, ctx: Context) -> Outcome:
        name, _, due = ctx.input.word.partition("@")
        self.late.setdefault(name, []).append(time.time() - float(due))
        return await end(ctx)

    async def put(self, name: str, portals: Sequence[str], dues: Sequence[datetime]) -> None:
        """Let timers wait, portal by portal in turn."""
        made = (self._run(name, portals[at % len(portals)], due) for at, due in enumerate(dues))
        while chunk := list(islice(made, CHUNK)):
            async with self.base.database.session() as session:
                await (await session.connection()).execute(insert(Run), chunk)

    def _run(self, name: str, portal: str, due: datetime) -> dict[str, Any]:
        made = rows.waiting(
            portal,
            robot="probe",
            properties={"word": f"{name}@{due.timestamp()}"},
            step="",
            state={},
            event_token=self.tokens[portal],
            answered=True,
            wake_at=due,
            expires_at=due + timedelta(days=30),
        )
        values: dict[str, Any] = {**made.__dict__}
        del values["_sa_instance_state"]
        return values

    async def until(self, name: str, count: int) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self.late.get(name, ())) < count:
            if time.monotonic() > deadline:
                raise RuntimeError(f"Only {len(self.late.get(name, ()))} of {count} timers of {name!r} were done.")
            await asyncio.sleep(0.02)


async def _measured(name: str, database_url: str, redis_url: str = "") -> list[Figure]:
    async with _bench(database_url, redis_url) as bench:
        later = datetime.now(UTC) + timedelta(days=1)
        await bench.put("later", list(bench.tokens), [later + timedelta(seconds=n) for n in range(WAITING)])
        async with bench.base.database.session() as session:
            await (await session.connection()).execute(text("ANALYZE"))
        return [
            await _rung(bench, name),
            await _swept(bench, name),
            await _alone(bench, name),
            await _drained(bench, name),
            await _fair(bench, name),
        ]


async def _rung(bench: _Bench, name: str) -> Figure:
    """Bells alone: nobody sweeps."""
    listening = Listening(lambda: bench.base.redis.url, bench.engine)
    late = await _lags(bench, "rung", [listening.for_ever(), _feeding(bench)])
    beside = f"half of {TIMERS} within {late[TIMERS // 2] * 1000:.0f} ms, the last {late[-1] * 1000:.0f} ms"
    p99 = late[TIMERS * 99 // 100 - 1] * 1000
    return Figure(f"{WAITING:,} waiting, {name}: lag through arq, p99", p99, "ms", beside, ("≤", 250))


async def _swept(bench: _Bench, name: str) -> Figure:
    """Every bell is lost: nobody feeds and nobody listens."""
    late = await _lags(bench, "swept", [bench.engine.live()])
    beside = f"half of {TIMERS} within {late[TIMERS // 2] * 1000:.0f} ms"
    return Figure(f"{WAITING:,} waiting, {name}: lag without bells, the last", late[-1], "s", beside, ("≤", 5))


async def _lags(bench: _Bench, name: str, duties: list[Any]) -> list[float]:
    begun = [asyncio.create_task(duty) for duty in duties]
    since = datetime.now(UTC) + timedelta(seconds=2)
    await bench.put(name, [_id(0), _id(1)], [since + timedelta(seconds=SPREAD * n / TIMERS) for n in range(TIMERS)])
    await bench.until(name, TIMERS)
    await _cancelled(begun)
    await bench.engine.idle()
    return sorted(bench.late[name])


async def _alone(bench: _Bench, name: str) -> Figure:
    await bench.put("alone", list(bench.tokens), [datetime.now(UTC)] * DUE_AT_ONCE)
    rate = await done_a_second(bench.base.database, DUE_AT_ONCE)
    beside = f"in batches of {BATCH}, as the target was measured: no robot, no log"
    return Figure(
        f"{WAITING:,} waiting, {name}: claim, intent and finish alone, a second", rate, "", beside, ("≥", 10_000)
    )


async def _drained(bench: _Bench, name: str) -> Figure:
    await bench.put("drained", list(bench.tokens), [datetime.now(UTC)] * DUE_AT_ONCE)
    began = time.perf_counter()
    await bench.engine.drain()
    await bench.until("drained", DUE_AT_ONCE)
    await bench.engine.idle()
    rate = DUE_AT_ONCE / (time.perf_counter() - began)
    beside = f"{DUE_AT_ONCE:,} whole steps with their log lines, one worker, {PORTALS} portals"
    return Figure(f"{WAITING:,} waiting, {name}: due timers done a second", rate, "", beside, ("≥", 10_000))


async def _fair(bench: _Bench, name: str) -> Figure:
    await bench.put("noisy", [_id(0)], [datetime.now(UTC)] * NOISY)
    listening = Listening(lambda: bench.base.redis.url, bench.engine)
    begun = [asyncio.create_task(bench.engine.live()), asyncio.create_task(listening.for_ever())]
    for _ in range(QUIET):
        await bench.put("quiet", [_id(1)], [datetime.now(UTC)])
        await bench.base.bell.ring()
        await asyncio.sleep(0.1)
    await bench.until("quiet", QUIET)
    done = len(bench.late["noisy"])
    await _cancelled(begun)
    beside = f"{done:,} of the other portal's {NOISY:,} were done meanwhile"
    late = max(bench.late["quiet"])
    return Figure(f"a quiet portal beside a noisy one, {name}: its latest start", late, "s", beside, ("≤", 5))


async def _feeding(bench: _Bench) -> None:
    feeder = Feeder(bench.engine.upcoming, bench.base.bell, now=bench.base.clock.now)
    while True:
        await bench.engine.beat()
        await feeder.feed()
        await asyncio.sleep(FEED_SECONDS)


@asynccontextmanager
async def _bench(database_url: str, redis_url: str) -> AsyncIterator[_Bench]:
    await migrate(database_url)
    ring, probe = Keyring([KEY]), Probe()
    settings = Settings(
        client_id="local.bench",
        secret_keys=SecretStr(base64.urlsafe_b64encode(KEY).decode()),
        database_url=database_url,
        redis_url=redis_url,
    )
    async with foundation(settings) as base:
        engine = Engine(base.database, base.lanes, {probe.code: probe}, base.clock, client_id="local.bench")
        bench = _Bench(base, engine)
        for number in range(PORTALS):
            key = ring.new_data_key(_id(number))
            await rows.store(base.database, rows.portal(_id(number), member_id=f"{number:032}", data_key=key))
            bench.tokens[_id(number)] = ring.vault(key, _id(number)).seal(Secret("65f0a1|A1|sign"), "run.event_token")
        probe.first = bench.first
        await engine.beat()
        yield bench
        await engine.stop()


def _id(number: int) -> str:
    return f"portal-{number:02}"


async def _cancelled(tasks: list[asyncio.Task[Any]]) -> None:
    """A cancellation may be lost on the way to Redis, so it is said until it is heard."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=1)


def _memory(database_url: str, folder: Path) -> float:
    """Megabytes of `serve --with-worker` and its Redis, idle."""
    folder.mkdir(exist_ok=True)
    asyncio.run(migrate(database_url))
    port = free_port()
    command = [str(DEZHURNY), "serve", "--with-worker", "--port", str(port)]
    with running(command, folder, {**os.environ, **settings_for(database_url, port)}, port=port) as pid:
        time.sleep(SETTLES_FOR)
        return resident_megabytes(pid)


def _memories(idle: float, full: float) -> list[Figure]:
    beside = "web, worker and embedded Redis together"
    return [
        Figure("memory of serve --with-worker, idle", idle, "MB", beside, ("≤", 200)),
        Figure(f"what it grows by with {WAITING:,} waiting", full - idle, "MB", f"{full:.0f} MB", ("≤", 20)),
    ]
