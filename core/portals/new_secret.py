"""A known portal says that its secret has changed: the old one holds until the portal's own event proves the new one.

The question goes out with the administrator's token (``event.bind`` of ONAPPTEST, then ``event.test`` with a nonce);
the answer is an event that carries the new secret, the nonce and a token of the same administrator. The nonce alone
would prove nothing: another employee may have bound that event to a server of his own.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.bitrix24.command import Command, Json
from core.bitrix24.secret import Secret
from core.bitrix24.wire import as_int, as_str
from core.portals.endpoints import EndpointNotAllowed
from core.portals.identity import NotProven
from core.portals.info import info_of
from core.portals.install import PREVIOUS_FOR, AdminRequired, Installer, InstallRequest, opened_text
from core.portals.lane import Lanes
from core.portals.tables import Portal
from core.portals.tasks import payload_of, waive

EVENT: Final = "ONAPPTEST"


@dataclass(frozen=True, slots=True)
class NewSecret:
    """Asks for the proof of a new application_token, and takes it."""

    installer: Installer
    lanes: Lanes
    public_url: str

    async def ask(self, portal: Portal, payload: Mapping[str, Json]) -> None:
        """Have the portal send the event; raises what a client raises."""
        vault = info_of(portal, self.installer.keyring).vault
        client = self.lanes.client_with(
            portal.id, as_str(payload.get("endpoint")), opened_text(vault, payload["access"])
        )
        bind = {"event": EVENT, "handler": f"{self.public_url}/b24/event", "auth_type": payload["user_id"]}
        # One after the other and not as a batch: the event must be bound when it is fired.
        await client.write({"bind": Command("event.bind", bind)})
        await client.write({"test": Command("event.test", {"nonce": opened_text(vault, payload["nonce"]).reveal()})})

    async def prove(self, portal: Portal, token: bytes, nonce: str, access: Secret) -> bool:
        """Swap the secrets if this event proves the one that waits; the old one holds for calls in flight.

        Raises TryLater and Suspended when the OAuth host cannot say whose token it is.
        """
        payload = await payload_of(portal.id, self.installer.database, kind="confirm_token")
        if payload is None or not self.installer.keyring.matches(portal.pending_token_hash, token):
            return False
        vault = info_of(portal, self.installer.keyring).vault
        if not hmac.compare_digest(opened_text(vault, payload["nonce"]).reveal().encode(), nonce.encode()):
            return False
        if not await self._is_same_admin(portal, as_int(payload.get("user_id")), access):
            return False
        await self._swap(portal)
        pair = opened_text(vault, payload["access"]), opened_text(vault, payload["refresh"])
        await self._renew(InstallRequest(portal.member_id, pair[0], pair[1] or None, Secret(token.decode())))
        return True

    async def _is_same_admin(self, portal: Portal, user_id: int | None, access: Secret) -> bool:
        try:
            who = await self.installer.identities.identify(access, portal.member_id, portal_id=portal.id)
        except (NotProven, EndpointNotAllowed):
            return False
        return who.is_admin and who.user_id == user_id

    async def _swap(self, portal: Portal) -> None:
        await self.installer.store.change(
            portal.id,
            application_token_hash=portal.pending_token_hash,
            pending_token_hash=None,
            previous_token_hash=portal.application_token_hash or None,
            previous_token_until=self.installer.clock.real() + PREVIOUS_FOR,
        )
        await waive(portal.id, self.installer.database, kind="confirm_token")

    async def _renew(self, request: InstallRequest) -> None:
        """Take over the tokens that came with the secret, unless they have died meanwhile."""
        try:
            await self.installer.install(request)
        except (NotProven, AdminRequired, EndpointNotAllowed):
            return
