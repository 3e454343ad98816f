"""How a portal leaves: an uninstallation is a claim until the OAuth host says that our credentials are dead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from core.bitrix24.command import Json
from core.bitrix24.errors import Revoked
from core.bitrix24.secret import Secret
from core.bitrix24.wire import as_datetime
from core.portals.audit import audit, was_audited
from core.portals.install import Installer
from core.portals.lane import Lanes
from core.portals.purge import KEPT_FOR
from core.portals.tables import Portal
from core.portals.tasks import owe, waive

#: An uninstallation whose credentials still live after this was made up: every user of the app may know the secret.
DOUBT_FOR: Final = timedelta(minutes=10)

#: Whoever made up one claim may make up the next one as soon as work goes on.
_DISTRUST_FOR: Final = timedelta(days=1)
_FORGED: Final = "uninstall_was_forged"

Settled = Literal["true", "false", "open"]


@dataclass(frozen=True, slots=True)
class Departure:
    """Takes the claim, and settles it."""

    installer: Installer
    lanes: Lanes
    client_id: str

    async def claim(self, portal: Portal, *, clean: str) -> None:
        """Hold everything for the portal and owe it the question; a repeated claim changes nothing.

        After a claim that was made up nothing is held for another one: its question alone must show that it is true.
        """
        now, database = self.installer.clock.now(), self.installer.database
        held = not await was_audited(portal.id, database, action=_FORGED, since=now - _DISTRUST_FOR)
        if held and not await self.installer.store.doubt(portal.id, at=now):
            return
        self.lanes.changed(portal.id)
        payload: dict[str, Json] = {"claimed_at": now.isoformat(), "clean": clean, "held": held}
        await owe(portal.id, database, kind="confirm_uninstall", due_at=now, payload=payload)
        await audit(portal.id, database, action="uninstall_claimed", at=now, actor=("portal", ""))

    async def settle(self, portal: Portal, payload: Mapping[str, Json]) -> Settled:
        """Ask the OAuth host whether our credentials live. Raises TryLater and Suspended when it cannot say."""
        held = payload.get("held") is not False
        if portal.status == "uninstalled" or (held and portal.status != "uninstalling"):
            return "false"
        now = self.installer.clock.now()
        if not await self._credentials_live(portal):
            if not held:
                await self.installer.store.doubt(portal.id, at=now)
            await self._believe(portal, payload)
            return "true"
        if not held:
            return "false"
        claimed_at = as_datetime(payload.get("claimed_at"))
        if claimed_at is not None and now < claimed_at + DOUBT_FOR:
            return "open"
        await self.installer.store.trust_again(portal.id, at=now)
        self.lanes.changed(portal.id)
        await audit(portal.id, self.installer.database, action=_FORGED, at=now, outcome="refused")
        return "false"

    async def _believe(self, portal: Portal, payload: Mapping[str, Json]) -> None:
        """No secret of the portal is good any more; what we know of it is kept for thirty days."""
        now, database = self.installer.clock.now(), self.installer.database
        await self.installer.store.remove(portal.id, at=now)
        self.lanes.changed(portal.id)
        await audit(portal.id, database, action="uninstalled", at=now, detail={"clean": payload.get("clean")})
        await waive(portal.id, database, kind="sync")
        await owe(portal.id, database, kind="purge", due_at=now + KEPT_FOR)

    async def _credentials_live(self, portal: Portal) -> bool:
        try:
            tokens = await self.lanes.tokens(portal.id)
            access = await tokens.access()
            return await self._is_known(portal, access) or await self._is_known(portal, await tokens.refreshed(access))
        except Revoked:
            return False

    async def _is_known(self, portal: Portal, access: Secret) -> bool:
        """The OAuth host's word; the portal's own would prove nothing."""
        info = await self.installer.identities.oauth.app_info(access)
        return info is not None and (info.client_id, info.member_id) == (self.client_id, portal.member_id)
