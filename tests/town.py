"""The whole service in one process and without sockets: a portal, our web side and a worker, joined in place.

Nothing happens until the test lets it (`Town.settle`), and hours pass when the test moves the portal's clock.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from pydantic import SecretStr
from starlette.applications import Starlette

from activities import load
from core.bitrix24.limits import LocalLimiter
from core.bitrix24.oauth import OAuth
from core.bitrix24.secret import Secret
from core.clock import Clock
from core.config import Settings
from core.db import Database, Row, Statement, Value
from core.portals.errands import Errands
from core.portals.foundation import Foundation
from core.portals.identity import Identities
from core.portals.install import Installer
from core.portals.keyring import Keyring
from core.portals.lane import Lanes
from core.portals.scopes import SCOPES
from core.portals.store import PortalStore
from core.queue.server import RedisServer
from core.robots import AnyRobot
from core.runs.engine import Engine
from core.runs.filters import Filter
from core.runs.listing import Listing, RunCard
from core.texts.text import Language, Text
from sandbox.app import create_app as create_portal_app
from sandbox.portal import Portal
from sandbox.scenario import reset
from server.app import create_app
from tests.portal_side import PortalSide
from tests.town_wire import InPlace, QuietBell, TownClock

PORTAL, SERVICE = "https://town.bitrix24.ru", "https://dezhurny.example.ru"
CLIENT_ID = "local.town"


def town_settings(database_url: str) -> Settings:
    return Settings(
        _env_file=None,
        public_url=SERVICE,
        client_id=CLIENT_ID,
        client_secret=SecretStr(secrets.token_urlsafe(24)),
        secret_keys=SecretStr(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()),
        database_url=database_url,
        oauth_hosts=(PORTAL,),
    )


@dataclass
class Worker:
    """An engine with all that its process has for itself."""

    engine: Engine
    base: Foundation

    async def turn(self) -> int:
        """Sweep once and wait until what was taken has come to rest."""
        await self.engine.beat()
        taken = await self.engine.sweep()
        await self.engine.idle()
        return taken


class Town(PortalSide):
    """Verbs of people in the portal, and a look into the service; ``worker`` is the one that `settle` uses."""

    def __init__(
        self, portal: Portal, base: Foundation, wire: InPlace, robots: Mapping[str, AnyRobot], stack: AsyncExitStack
    ) -> None:
        super().__init__(wire.client(PORTAL))
        self._stack = stack
        self.portal = portal
        self.base = base
        self.wire = wire
        self.robots = robots
        self.worker = Worker(_engine(base, robots), base)
        self._errands = Errands(base.installer, base.lanes, base.settings, robots, base.bell.ring)

    @classmethod
    @asynccontextmanager
    async def open(cls, database_url: str, *, robots: Mapping[str, AnyRobot] | None = None) -> AsyncIterator[Self]:
        """Build a town over a migrated database and install the application into its portal."""
        settings, wire = town_settings(database_url), InPlace()
        portal = Portal(origin=PORTAL, client=lambda: wire.client(SERVICE))
        reset(portal, "empty")
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(Database(database_url))
            base = _founded(settings, database, TownClock(portal), wire)
            wire.serve(PORTAL, create_portal_app(portal))
            wire.serve(SERVICE, await stack.enter_async_context(_started(settings, base)))
            town = cls(portal, base, wire, {**load(), **(robots or {})}, stack)
            await town.install()
            yield town
            await base.lanes.calls.flush()
            assert await town.wrong_commands() == []

    async def another_worker(
        self, *, robots: Mapping[str, AnyRobot] | None = None, behind: timedelta = timedelta(0)
    ) -> Worker:
        """A second process over the same database; ``robots`` is what its release knows, ``behind`` its clock's."""
        settings = self.base.settings
        database = await self._stack.enter_async_context(Database(settings.database_url))
        base = _founded(settings, database, TownClock(self.portal, behind), self.wire)
        self._stack.push_async_callback(base.lanes.calls.flush)
        return Worker(_engine(base, self.robots if robots is None else robots), base)

    async def install(self) -> None:
        settings = self.base.settings
        order = self.order(
            "install",
            client_id=CLIENT_ID,
            client_secret=settings.client_secret.get_secret_value(),
            scope=[scope.code for scope in SCOPES],
            app_url=f"{SERVICE}/b24/app",
            install_url=f"{SERVICE}/b24/install",
        )
        await self.wire.together(order, self.portal.queue.drain)
        await self.settle()

    async def settle(self) -> None:
        """Let everything happen that is due: calls of the portal, errands, runs, answers to processes."""
        for _ in range(100):
            await self.portal.queue.drain()
            # The database cuts moments to whole milliseconds, and two clocks are read one after the other.
            self.portal.clock.advance(timedelta(milliseconds=5))
            delivered = self._deliveries()
            if not await self._errands.run_due() + await self.worker.turn() and delivered == self._deliveries():
                return
        raise AssertionError("The town does not come to rest.")

    def _deliveries(self) -> int:
        return self.portal.queue.log[-1].id if self.portal.queue.log else 0

    async def fire(self, code: str, **properties: Any) -> RunCard:
        """Place a robot, move a new deal onto its stage, let all settle; the run that came of it."""
        await self.place(code, **properties)
        await self.move(await self.deal())
        await self.settle()
        return await self.run()

    # The service ------------------------------------------------------------------------------------------------

    async def portal_id(self) -> str:
        return str((await self.sql("SELECT id FROM portal"))[0]["id"])

    async def runs(self) -> list[RunCard]:
        """Every run with its whole log, newest first."""
        portal_id, listing = await self.portal_id(), Listing(self.base.database)
        page = await listing.runs(portal_id, Filter())
        cards = [await listing.run(portal_id, line.id) for line in page.items]
        return [card for card in cards if card is not None]

    async def run(self) -> RunCard:
        """The only run there is."""
        runs = await self.runs()
        assert len(runs) == 1, [card.line.robot for card in runs]
        return runs[0]

    async def sql(self, sql: str, **params: Value) -> list[Row]:
        return (await self.base.database.write(Statement(sql, params)))[0]


def told(card: RunCard, language: Language = "ru") -> str:
    """The log of a run as a person reads it, a line each."""
    return "\n".join(Text.from_json(event.text).said_in(language) for event in card.events)


def _founded(settings: Settings, database: Database, clock: Clock, wire: InPlace) -> Foundation:
    redis = RedisServer("unix:///nowhere")
    store, keyring = PortalStore(database), Keyring(settings.key_ring)
    limiter = LocalLimiter(clock=lambda: clock.now().timestamp())
    secret = Secret(settings.client_secret.get_secret_value())
    oauth = OAuth(settings.oauth_hosts, CLIENT_ID, secret, transport=wire)
    lanes = Lanes(database, settings, clock, keyring=keyring, store=store, oauth=oauth, transport=wire, limiter=limiter)
    identities = Identities(oauth, wire, limiter, CLIENT_ID, settings.portal_rules, clock.real, lanes.calls)
    installer = Installer(database, store, keyring, identities, clock, settings.language)
    bell = QuietBell(redis, clock)
    return Foundation(settings, database, clock, redis, bell, keyring, store, identities, installer, lanes)


def _engine(base: Foundation, robots: Mapping[str, AnyRobot]) -> Engine:
    return Engine(base.database, base.lanes, robots, base.clock, client_id=CLIENT_ID)


@asynccontextmanager
async def _started(settings: Settings, base: Foundation) -> AsyncIterator[Starlette]:
    @asynccontextmanager
    async def opens(_settings: Settings) -> AsyncIterator[Foundation]:
        yield base

    app = create_app(settings, opens=opens)
    async with app.router.lifespan_context(app):
        yield app
