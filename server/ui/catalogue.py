"""The robots of this release as one portal knows them, and how they did lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.db import Database
from core.portals.info import info_of
from core.portals.keyring import Keyring, Unreadable
from core.portals.settings import portal_settings
from core.portals.store import PortalStore
from core.portals.switches import State, marks, state_of
from core.robots import AnyRobot
from core.runs.look import ROBOT_MODES
from core.runs.weeks import Week, weeks
from server.ui.sessions import Visitor

Mode = Literal["inherit", "live", "dry"]


@dataclass(frozen=True, slots=True)
class Known:
    """One robot; ``dry``: it only shows here, by its own setting or by the portal's."""

    robot: AnyRobot
    state: State
    mode: Mode
    dry: bool
    week: Week


class CatalogueReader:
    """Looks at settings and runs; asks no portal."""

    def __init__(
        self,
        database: Database,
        portals: PortalStore,
        keyring: Keyring,
        *,
        catalogue: Mapping[str, AnyRobot],
        public_url: str,
    ) -> None:
        self._database = database
        self._portals = portals
        self._keyring = keyring
        self._catalogue = catalogue
        self._public_url = public_url

    async def look(self, visitor: Visitor, now: datetime) -> list[Known]:
        """Return every robot, in the order of codes."""
        settings = await portal_settings(visitor.portal_id, self._database)
        wanted = await self._wanted(visitor.portal_id)
        lately = await weeks(self._database, visitor.portal_id, zone=visitor.zone, now=now)
        chosen = settings.get(ROBOT_MODES)
        modes = chosen if isinstance(chosen, dict) else {}
        is_dry = settings.get("mode") == "dry"
        return [
            Known(
                robot=robot,
                state=state_of(code, settings, wanted),
                mode=_mode(modes.get(code)),
                dry=modes.get(code, "dry" if is_dry else "live") == "dry",
                week=lately.get(code, Week()),
            )
            for code, robot in sorted(self._catalogue.items())
        ]

    async def _wanted(self, portal_id: str) -> Mapping[str, str]:
        """Without the portal's key nothing can be told to it, and so nothing is known of it."""
        portal = await self._portals.get(portal_id)
        try:
            return marks(info_of(portal, self._keyring), self._catalogue.values(), self._public_url) if portal else {}
        except Unreadable:
            return {}


def _mode(value: object) -> Mode:
    match value:
        case "live" | "dry":
            return value
        case _:
            return "inherit"
