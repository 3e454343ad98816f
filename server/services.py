"""What the handlers of requests need, put together once by the application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from core.clock import Clock
from core.config import Settings
from core.db import Database
from core.portals.departure import Departure
from core.portals.errands import Errands
from core.portals.gate import Gate
from core.portals.identity import Identities
from core.portals.install import Installer, InstallRequest
from core.portals.keyring import Keyring
from core.portals.lane import Lanes
from core.portals.new_secret import NewSecret
from core.portals.store import PortalStore
from core.robots import AnyRobot
from server.intake.refusals import Refusals


class Rings(Protocol):
    """The bell of the workers; see `core.queue.bell.Bell`."""

    async def ring(self, wake_at: datetime | None = None) -> None: ...


class ShowsInstall(Protocol):
    """The pages of an installation; see `server.intake.pages.InstallPages`."""

    async def installed(self, request: Request, claim: InstallRequest) -> Response: ...

    def waiting(self, request: Request, *, code: str, http_status: int) -> Response: ...


@dataclass(frozen=True, slots=True)
class Services:
    """One per process; ``app.state.services``."""

    settings: Settings
    database: Database
    clock: Clock
    keyring: Keyring
    store: PortalStore
    lanes: Lanes
    identities: Identities
    catalogue: Mapping[str, AnyRobot]
    bell: Rings
    #: None: installations are answered in JSON only.
    install_pages: ShowsInstall | None = None
    refusals: Refusals = field(default_factory=Refusals)

    @property
    def gate(self) -> Gate:
        return Gate(self.store, self.keyring, self.clock)

    @property
    def installer(self) -> Installer:
        return Installer(
            self.database, self.store, self.keyring, self.identities, self.clock, language=self.settings.language
        )

    @property
    def errands(self) -> Errands:
        """For what a page may ask for; workers do them."""
        return Errands(self.installer, self.lanes, self.settings, self.catalogue, self.bell.ring)

    @property
    def departure(self) -> Departure:
        return Departure(self.installer, self.lanes, self.settings.client_id)

    @property
    def new_secret(self) -> NewSecret:
        return NewSecret(self.installer, self.lanes, self.settings.public_url)
