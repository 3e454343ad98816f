"""The map of this side: what lives in the process of a worker."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final

from activities import load
from core.config import Settings
from core.db import DatabaseAway
from core.portals.errands import Errands
from core.portals.foundation import Foundation, foundation
from core.portals.rotation import rewrap
from core.portals.seen import forget_old_events
from core.queue.feeder import FEED_SECONDS, Feeder
from core.robots import AnyRobot
from core.runs.engine import Engine
from core.runs.failures import Failures
from core.runs.healing import MOST as AT_ONCE
from core.runs.healing import Healing
from core.runs.launches import forget_found
from core.runs.lookout import Lookout
from core.runs.retention import forget, forget_visits
from core.runs.watching import Watching
from workers.jobs import look_for_orphans, watch_dialogs
from workers.listening import Listening

log = logging.getLogger(__name__)

ERRAND_SECONDS: Final = 1.0
WATCH_SECONDS: Final = 1.0
LOOKOUT_SECONDS: Final = 2.0
HEAL_SECONDS: Final = 10.0
TELL_SECONDS: Final = 60.0
FORGET_SECONDS: Final = 300.0
RETAIN_SECONDS: Final = 3600.0


async def run_worker(settings: Settings, *, robots: Mapping[str, AnyRobot] | None = None) -> None:
    """Work until cancelled; then finish what is in flight and give the rest back.

    ``robots`` are those of this release unless they are given. Raises Unreadable when a portal's secrets were sealed
    with a key that SECRET_KEYS no longer holds.
    """
    async with foundation(settings) as base:
        robots = load() if robots is None else robots
        engine = Engine(
            base.database,
            base.lanes,
            robots,
            base.clock,
            client_id=settings.client_id,
            witness=base.identities.oauth.time_there,
        )
        errands = Errands(base.installer, base.lanes, settings, robots, base.bell.ring)
        watching = Watching(base.database, base.lanes, base.clock, ring=base.bell.ring)
        feeder = Feeder(engine.upcoming, base.bell, now=base.clock.now)
        duties: list[asyncio.Task[None]] = []
        try:
            lookout = Lookout(base.database, base.lanes, base.clock, ring=base.bell.ring)
            healing = _healing(base, robots)
            failures = Failures(base.database, base.lanes, base.clock, robots, ring=base.bell.ring)
            await rewrap(base.store, base.keyring)
            await engine.beat()
            with suppress(DatabaseAway):
                await errands.owe_syncs()
            duties += [
                asyncio.create_task(engine.live(), name="sweep"),
                asyncio.create_task(_each(FEED_SECONDS, feeder.feed), name="feeder"),
                asyncio.create_task(_each(ERRAND_SECONDS, errands.run_due), name="errands"),
                asyncio.create_task(_each(WATCH_SECONDS, watch_dialogs(watching)), name="watching"),
                asyncio.create_task(_each(LOOKOUT_SECONDS, look_for_orphans(lookout)), name="lookout"),
                asyncio.create_task(_each(HEAL_SECONDS, partial(_heal, healing, engine)), name="healing"),
                asyncio.create_task(_each(TELL_SECONDS, partial(_tell, failures, engine)), name="failures"),
                asyncio.create_task(_each(FORGET_SECONDS, partial(_forget, base, engine)), name="forgetting"),
                asyncio.create_task(_each(RETAIN_SECONDS, partial(_retain, base, engine)), name="retention"),
                asyncio.create_task(Listening(lambda: base.redis.url, engine).for_ever(), name="arq"),
            ]
            log.info("The worker %s is at work", engine.name)
            ended, _ = await asyncio.wait(duties, return_when=asyncio.FIRST_COMPLETED)
            for duty in ended:
                duty.result()
        finally:
            # Once and no more: what is putting its things away must not be disturbed.
            for duty in duties:
                duty.cancel()
            await asyncio.gather(*duties, return_exceptions=True)
            await watching.stop()
            await engine.stop()


def _healing(base: Foundation, robots: Mapping[str, AnyRobot]) -> Healing:
    return Healing(
        base.database,
        base.lanes,
        base.store,
        base.clock,
        robots=robots,
        log_days=base.settings.log_retention_days,
        ring=base.bell.ring,
    )


async def _heal(healing: Healing, engine: Engine) -> None:
    """As long as so many portals are due as are looked at at once, there are perhaps more."""
    while not engine.doubts_clock and await healing.run_due() >= AT_ONCE:
        pass


async def _tell(failures: Failures, engine: Engine) -> None:
    if not engine.doubts_clock:
        await failures.tell_due()


async def _forget(base: Foundation, engine: Engine) -> None:
    if not engine.doubts_clock:
        await forget_old_events(base.database, at=base.clock.now())


async def _retain(base: Foundation, engine: Engine) -> None:
    """Nothing is old by a clock that jumped."""
    if not engine.doubts_clock:
        await retain(base)


async def retain(base: Foundation) -> None:
    """Keep of every portal's log what it wants kept, and no longer."""
    for portal in await base.store.all():
        done = await forget(base.database, portal.id, log_days=base.settings.log_retention_days, now=base.clock.now())
        await forget_found(base.database, portal.id, now=base.clock.now())
        if done.runs:
            log.info("Portal %s: %d old runs are forgotten", portal.id, done.runs)
    await forget_visits(base.database, now=base.clock.real())


async def _each(seconds: float, duty: Callable[[], Awaitable[object]]) -> None:
    """Do a duty again and again; the database being away is waited out."""
    while True:
        try:
            await duty()
        except DatabaseAway as away:
            log.warning("%s", away)
        _heed_cancellation()
        await asyncio.sleep(seconds)


def _heed_cancellation() -> None:
    """End where a duty was told to end and went on: Python 3.11, waiting for Redis, may lose a cancellation."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
