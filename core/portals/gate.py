"""Who may call us in a portal's name: the one who knows its application_token."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from core.clock import Clock
from core.portals.info import PortalInfo, info_of
from core.portals.install import is_token_of
from core.portals.keyring import Keyring
from core.portals.store import PortalStore
from core.portals.tables import Portal

_MEMBER: Final = re.compile(r"[0-9A-Za-z]{1,64}", re.ASCII)
_LONGEST_TOKEN: Final = 256
_NOBODY: Final = "-"


@dataclass(frozen=True, slots=True)
class Gate:
    """Compares secrets in constant time.

    A refusal costs one statement and three comparisons, whether the portal exists or not, so that it tells nothing;
    a secret that another process has changed meanwhile is therefore seen at once, too.
    """

    store: PortalStore
    keyring: Keyring
    clock: Clock

    async def admit(self, member_id: object, token: object) -> Portal | None:
        """Return the portal that this call comes from, or None; anything may be given. Raises DatabaseAway."""
        name = member_id if isinstance(member_id, str) and _MEMBER.fullmatch(member_id) else _NOBODY
        given = _bytes_of(token)
        remembered = self.store.remembered(name)
        if self._opens(remembered, given):
            return remembered
        portal = await self.store.find(name)
        if not self._opens(portal, given) or portal is None:
            return None
        if not self.keyring.is_current(portal.application_token_hash):
            await self._renew(portal, given)
        return portal

    async def pending(self, member_id: object, token: object) -> Portal | None:
        """Return a portal whose new secret this is, which still has to be proven."""
        name = member_id if isinstance(member_id, str) and _MEMBER.fullmatch(member_id) else _NOBODY
        portal = self.store.remembered(name) or await self.store.find(name)
        if portal is None or not self.keyring.matches(portal.pending_token_hash, _bytes_of(token)):
            return None
        return portal

    def info(self, portal: Portal) -> PortalInfo:
        return info_of(portal, self.keyring)

    def _opens(self, portal: Portal | None, token: bytes) -> bool:
        return is_token_of(portal, token, self.keyring, now=self.clock.real()) and portal is not None

    async def _renew(self, portal: Portal, token: bytes) -> None:
        """After a change of SECRET_KEYS keep the secret under the newest; only its owner can bring it."""
        if self.keyring.matches(portal.application_token_hash, token):
            await self.store.change(portal.id, application_token_hash=self.keyring.fingerprint(token))


def _bytes_of(token: object) -> bytes:
    return token.encode() if isinstance(token, str) and len(token) <= _LONGEST_TOKEN else b""
