"""The log of a portal with many runs: how soon its first page, a search and the next page are there."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import insert, text
from sqlmodel import SQLModel
from starlette.applications import Starlette

from bench.figure import Figure
from bench.process import postgres
from core.clock import SystemClock
from core.db import Database
from core.db.migrate import migrate
from core.portals.keyring import Keyring
from core.runs.tables import Run
from core.texts.text import Text
from server.errors import HANDLERS
from server.ui import routes
from tests.core.runs.rows import effect, event, portal, run, store
from tests.server.ui.people import KEY, Bell, KnownPeople, person, services_for, settings_for
from tests.servers import postgres_bin

RUNS = 100_000
DEALS = 5_000
DAYS = 30
REPEATS = 40
CHUNK = 2_000
ENDS = ("done",) * 60 + ("cancelled",) * 25 + ("skipped",) * 8 + ("failed",) * 4 + ("waiting",) * 2 + ("unknown",)
DEAL = "deal:4820"
#: What is asked for, what it is called, and within how many milliseconds it should be there.
ASKED = (
    ("", "the first page", 150),
    (f"?q={DEAL}", "a search by deal", 100),
    ("?q=Ромашка", "a search by a word", None),
    ("?q=Бегемот", "by a word that no run has", None),
    ("?view=causes", "errors by cause", None),
)


def measure() -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory(prefix="dezhurny-bench-") as folder:
        figures += asyncio.run(_measured("SQLite", f"sqlite+aiosqlite:///{folder}/bench.db"))
    programs = postgres_bin()
    if programs is not None:
        with postgres(programs) as url:
            figures += asyncio.run(_measured("PostgreSQL", url))
    return figures


async def _measured(name: str, database_url: str) -> list[Figure]:
    await migrate(database_url)
    async with Database(database_url) as database, _log_of(database, database_url) as client:
        await _fill(database)
        return [await _asked(client, f"{name}: {what}", query, bound) for query, what, bound in ASKED]


async def _asked(client: httpx.AsyncClient, name: str, query: str, bound: int | None) -> Figure:
    times = []
    for _ in range(REPEATS):
        started_at = time.perf_counter()
        answer = await client.get(f"/ui/runs{query}")
        times.append((time.perf_counter() - started_at) * 1000)
        answer.raise_for_status()
    times.sort()
    beside = f"19 of 20 within {times[REPEATS * 19 // 20 - 1]:.0f} ms, {len(answer.content) / 1024:.0f} KB of HTML"
    return Figure(f"{RUNS:,} runs, {name}", times[REPEATS // 2], "ms", beside, ("≤", bound) if bound else None)


@asynccontextmanager
async def _log_of(database: Database, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of somebody who came in; between it and the pages is no network."""
    await store(database, portal("alpha", data_key=Keyring([KEY]).new_data_key("alpha")))
    people = KnownPeople({"tok_A_admin": person("Анна Админ", admin=True)})
    services = services_for(database, SystemClock(), people, Bell(), settings_for(database_url))
    app = Starlette(routes=list(routes(services)), exception_handlers=dict(HANDLERS))
    app.state.services = services
    address = "https://robots.example.org"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=address) as client:
        body = {"AUTH_ID": "tok_A_admin", "DOMAIN": "any", "member_id": "a" * 32, "APP_SID": "1", "LANG": "ru"}
        token = (await client.post("/ui/session", json=body)).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


async def _fill(database: Database) -> None:
    made = iter(_runs())
    while chunk := [run_ for run_, _ in zip(made, range(CHUNK), strict=False)]:
        await _insert(database, chunk)
        await _insert(database, [event(run_, "ended", Text("Сделано.", "Done."), seconds=1) for run_ in chunk])
        unknown = (effect(run_, 1, "unknown") for run_ in chunk if run_.status == "unknown")
        await _insert(database, list(unknown))
    async with database.session() as session:
        await (await session.connection()).execute(text("ANALYZE"))


def _runs() -> Iterator[Run]:
    """A month of runs, most of them in the last days, as a log that grows with its portal."""
    chance, now = random.Random(7), datetime.now(UTC)
    names = ("Окна на дачу", "Ромашка, расчёт зарплаты", "Иванов А. — договор", "ООО «Север» — аудит", "Кофейня «Пар»")
    whys = [Text(f"Битрикс24 отказал: сотрудник {number} уволен.", "Refused.").as_json() for number in range(20)]
    for number in range(RUNS):
        status = chance.choice(ENDS)
        born = now - timedelta(days=DAYS * (1 - number / RUNS) ** 2, seconds=1)
        yield run(
            status=status,
            result="" if status == "waiting" else status,
            title=chance.choice(names),
            robot=chance.choice(("escalate_no_reply", "send_message")),
            item_id=4000 + chance.randrange(DEALS),
            reason=None if status == "waiting" else chance.choice(whys),
            created_at=born,
            finished_at=None if status == "waiting" else born + timedelta(seconds=chance.expovariate(1 / 900)),
            wake_at=now + timedelta(minutes=chance.uniform(1, 600)) if status == "waiting" else None,
        )


async def _insert(database: Database, rows: Sequence[SQLModel]) -> None:
    values: list[dict[str, Any]] = [{**row.__dict__} for row in rows]
    for value in values:
        value.pop("_sa_instance_state")
    if values:
        async with database.session() as session:
            await (await session.connection()).execute(insert(type(rows[0])), values)
