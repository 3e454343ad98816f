"""What both the web side and the workers stand on, opened once per process and closed in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from core.bitrix24.limits import FallingLimiter, Limiter, RedisLimiter
from core.bitrix24.oauth import OAuth
from core.bitrix24.secret import Secret
from core.bitrix24.transport import Transport
from core.clock import Clock, RemoteClock, SystemClock
from core.config import Settings
from core.db import Database, DatabaseAway, Statement, from_millis
from core.origins import PortalRule
from core.portals.bucket import DatabaseLimiter
from core.portals.identity import Identities
from core.portals.install import Installer
from core.portals.keyring import Keyring
from core.portals.lane import Lanes
from core.portals.rates import Rates
from core.portals.store import PortalStore
from core.queue.bell import Bell
from core.queue.server import RedisServer

AGREE_EACH_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Foundation:
    """The database, the clock, the bell, and everything that reaches portals."""

    settings: Settings
    database: Database
    clock: Clock
    redis: RedisServer
    bell: Bell
    keyring: Keyring
    store: PortalStore
    identities: Identities
    installer: Installer
    lanes: Lanes


@asynccontextmanager
async def foundation(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Foundation]:
    """Open everything; raises DatabaseAway when the database cannot be reached, and tolerates a missing Redis."""
    async with AsyncExitStack() as stack:
        clock = clock or await _clock(settings, stack)
        database = await stack.enter_async_context(Database(settings.database_url))
        if not database.is_sqlite:
            await stack.enter_async_context(_agreeing(clock, database))
        redis = await stack.enter_async_context(RedisServer.of(settings).running())
        bell = Bell(redis, clock)
        stack.push_async_callback(bell.close)
        hosts = tuple(PortalRule.parse(host) for host in settings.oauth_hosts)
        transport = await stack.enter_async_context(
            Transport((*settings.portal_rules, *hosts), allow_private=settings.allow_private_networks)
        )
        rates = Rates()
        limiter: Limiter = FallingLimiter(RedisLimiter(redis.client(), rates), DatabaseLimiter(database, rates))
        built = _built(settings, database, clock, transport=transport, limiter=limiter, rates=rates)
        keyring, store, identities, installer, lanes = built
        stack.push_async_callback(lanes.calls.flush)
        yield Foundation(settings, database, clock, redis, bell, keyring, store, identities, installer, lanes)


@asynccontextmanager
async def _agreeing(clock: Clock, database: Database) -> AsyncIterator[None]:
    """Go by the clock of the database's machine, whatever that of this one says."""

    async def agree() -> None:
        [[row]] = await database.read(Statement("SELECT {now} AS now"))
        clock.agree_with(from_millis(int(row["now"] or 0)))

    async def for_ever() -> None:
        while True:
            await asyncio.sleep(AGREE_EACH_SECONDS)
            with suppress(DatabaseAway):
                await agree()

    await agree()
    task = asyncio.create_task(for_ever(), name="clock agreement")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _clock(settings: Settings, stack: AsyncExitStack) -> Clock:
    if not settings.clock_url:
        return SystemClock()
    return await stack.enter_async_context(RemoteClock(settings.clock_url).running())


def _built(
    settings: Settings,
    database: Database,
    clock: Clock,
    *,
    transport: Transport,
    limiter: Limiter,
    rates: Rates,
) -> tuple[Keyring, PortalStore, Identities, Installer, Lanes]:
    oauth = OAuth(
        settings.oauth_hosts,
        settings.client_id,
        Secret(settings.client_secret.get_secret_value()),
        transport=transport,
    )
    keyring, store = Keyring(settings.key_ring), PortalStore(database)
    lanes = Lanes(
        database,
        settings,
        clock,
        keyring=keyring,
        store=store,
        oauth=oauth,
        transport=transport,
        limiter=limiter,
        rates=rates,
    )
    identities = Identities(
        oauth=oauth,
        transport=transport,
        limiter=limiter,
        client_id=settings.client_id,
        rules=settings.portal_rules,
        now=clock.real,
        record=lanes.calls,
    )
    installer = Installer(database, store, keyring, identities, clock, settings.language)
    return keyring, store, identities, installer, lanes
