"""How a portal comes to us: an installation is believed only as far as the OAuth host and the portal prove it."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final, Literal, assert_never

from core.bitrix24.command import Json
from core.bitrix24.secret import Secret
from core.clock import Clock
from core.db import Database, new_id
from core.portals.audit import audit
from core.portals.identity import Identities, Identity
from core.portals.info import info_of
from core.portals.keyring import Keyring, Vault
from core.portals.store import PortalStore
from core.portals.tables import Portal, PortalUserToken
from core.portals.tasks import owe, waive
from core.portals.tokens import ACCESS, REFRESH, TokenPair, save_tokens

#: Calls in flight may still carry the secret before the present one.
PREVIOUS_FOR: Final = timedelta(minutes=10)
#: An access token lives for an hour; the time it took to reach us is unknown and does not matter.
_LIFE: Final = timedelta(hours=1)
#: The tokens that came with a new secret prove who sent it for less than an hour.
PROVABLE_FOR: Final = timedelta(minutes=50)
_NO_ZONE: Final = "Europe/Moscow"
PAYLOAD: Final = "portal_task.payload"

Installed = Literal["installed", "pending_verification"]


class AdminRequired(Exception):
    """Only an administrator of the portal may install the application."""


@dataclass(frozen=True, slots=True)
class InstallRequest:
    """What an installation claims; ``application_token`` is None where an older portal does not send it."""

    member_id: str
    access: Secret
    refresh: Secret | None = None
    application_token: Secret | None = None


class Verdict(Enum):
    """What a proven installation means for what we have of the portal."""

    CREATE = auto()
    RENEW = auto()
    #: The portal comes back, or tells its secret for the first time: what it says now counts.
    ADOPT = auto()
    #: A secret other than the one we know: it must come through the portal's own event first.
    PEND = auto()


def decide(portal: Portal | None, token: bytes | None, keyring: Keyring, *, now: datetime) -> Verdict:
    """Tell what to do with an installation whose token belongs to an administrator of the portal."""
    if portal is None:
        return Verdict.CREATE
    if portal.status == "uninstalled" or (token is not None and not portal.application_token_hash):
        return Verdict.ADOPT
    if token is None or is_token_of(portal, token, keyring, now=now):
        return Verdict.RENEW
    return Verdict.PEND


def is_token_of(portal: Portal | None, token: bytes, keyring: Keyring, *, now: datetime) -> bool:
    """Compare with the present secret and with the one before it, always both."""
    previous = portal.previous_token_hash if portal and _is_ahead(portal.previous_token_until, now) else None
    present = keyring.matches(portal.application_token_hash if portal else None, token)
    return keyring.matches(previous, token) or present


def _is_ahead(until: datetime | None, now: datetime) -> bool:
    return until is not None and until > now


@dataclass(frozen=True, slots=True)
class Installer:
    """Installs, renews and revives portals; ``language`` is for portals that do not say theirs."""

    database: Database
    store: PortalStore
    keyring: Keyring
    identities: Identities
    clock: Clock
    language: str = "ru"

    async def install(self, request: InstallRequest) -> Installed:
        """Install once or again; nothing is stored unless everything is proven.

        Raises NotProven, AdminRequired, EndpointNotAllowed; TryLater and Suspended when the proof cannot be had now.
        """
        portal = await self.store.find(request.member_id)
        who = await self.identities.identify(request.access, request.member_id, portal_id=portal.id if portal else None)
        if not who.is_admin:
            raise AdminRequired("The user is not an administrator of the portal.")
        token = request.application_token.reveal().encode() if request.application_token else None
        verdict = decide(portal, token, self.keyring, now=self.clock.real())
        if portal is None:
            portal = await self._create(request, who, token)
            if portal is None:
                return await self.install(request)
        else:
            await self._change(portal, verdict, request, who, token)
        await self._note(portal, verdict, who, token)
        if verdict is Verdict.PEND:
            return "pending_verification"
        await owe(portal.id, self.database, kind="sync", due_at=self.clock.now())
        return "installed"

    async def _create(self, request: InstallRequest, who: Identity, token: bytes | None) -> Portal | None:
        """Store a portal that we see for the first time; None when another request was quicker."""
        now = self.clock.now()
        portal_id = new_id()
        portal = Portal(
            id=portal_id,
            member_id=who.member_id,
            origin=who.origin,
            client_endpoint=who.client_endpoint,
            oauth_host=who.oauth_host,
            status_at=now,
            application_token_hash=self.keyring.fingerprint(token) if token else "",
            data_key=self.keyring.new_data_key(portal_id),
            language=who.portal_language or self.language,
            time_zone=who.zone or _NO_ZONE,
            scope=who.scope,
            license=who.license,
            admin_user_id=who.user_id,
            created_at=now,
            updated_at=now,
        )
        tokens = self._tokens(self.keyring.vault(portal.data_key, portal_id), request, who)
        return portal if await self.store.add(portal, tokens) else None

    def _tokens(self, vault: Vault, request: InstallRequest, who: Identity) -> PortalUserToken:
        pair = self._pair(request)
        return PortalUserToken(
            portal_id=vault.portal_id,
            user_id=who.user_id,
            access_token=vault.seal(pair.access, ACCESS),
            refresh_token=vault.seal(pair.refresh, REFRESH),
            expires_at=pair.expires_at,
            updated_at=self.clock.now(),
        )

    def _pair(self, request: InstallRequest) -> TokenPair:
        return TokenPair(request.access, request.refresh or Secret(""), self.clock.real() + _LIFE)

    async def _change(
        self, portal: Portal, verdict: Verdict, request: InstallRequest, who: Identity, token: bytes | None
    ) -> None:
        match verdict:
            case Verdict.RENEW:
                await self._renew(portal, request, who)
            case Verdict.ADOPT:
                secret = self.keyring.fingerprint(token) if token else ""
                await self.store.change(portal.id, application_token_hash=secret, pending_token_hash=None)
                await self._renew(portal, request, who)
            case Verdict.PEND:
                await self._pend(portal, request, who, token or b"")
            case Verdict.CREATE:
                raise ValueError("A portal that we know is not created.")
            case _:
                assert_never(verdict)

    async def _renew(self, portal: Portal, request: InstallRequest, who: Identity) -> None:
        """Take over what was proven now; robots act with the rights of who installed last."""
        now = self.clock.now()
        if request.refresh or portal.status == "uninstalled":
            vault = info_of(portal, self.keyring).vault
            await save_tokens(vault, self.database, user_id=who.user_id, pair=self._pair(request), at=now)
            await self.store.change(portal.id, admin_user_id=who.user_id)
        await self.store.change(
            portal.id,
            origin=who.origin,
            client_endpoint=who.client_endpoint,
            oauth_host=who.oauth_host,
            scope=who.scope,
            license=who.license or portal.license,
            language=who.portal_language or portal.language,
            status="active",
            status_reason="",
            status_at=portal.status_at if portal.status == "active" else now,
            probe_at=None,
            probes=0,
            robots_fingerprint="",
            updated_at=now,
        )
        for kind in ("confirm_uninstall", "probe", "purge"):
            await waive(portal.id, self.database, kind=kind)

    async def _pend(self, portal: Portal, request: InstallRequest, who: Identity, token: bytes) -> None:
        """Keep the new secret aside, and owe the portal a question that only it can answer through its events."""
        vault = info_of(portal, self.keyring).vault
        pair = self._pair(request)
        await self.store.change(portal.id, pending_token_hash=self.keyring.fingerprint(token))
        payload: dict[str, Json] = {
            "nonce": sealed_text(vault, Secret(secrets.token_urlsafe(24))),
            "user_id": who.user_id,
            "endpoint": who.client_endpoint,
            "access": sealed_text(vault, pair.access),
            "refresh": sealed_text(vault, pair.refresh),
            "until": (self.clock.now() + PROVABLE_FOR).isoformat(),
        }
        await owe(portal.id, self.database, kind="confirm_token", due_at=self.clock.now(), payload=payload)

    async def _note(self, portal: Portal, verdict: Verdict, who: Identity, token: bytes | None) -> None:
        await audit(
            portal.id,
            self.database,
            action=f"install_{verdict.name.lower()}",
            at=self.clock.now(),
            actor=("user", str(who.user_id)),
            detail={
                "origin": who.origin,
                "before": portal.application_token_hash if verdict is not Verdict.CREATE else "",
                "after": self.keyring.fingerprint(token) if token else "",
            },
        )


def sealed_text(vault: Vault, secret: Secret) -> str:
    """Seal for the payload of a task, which is JSON."""
    return base64.b64encode(vault.seal(secret, PAYLOAD)).decode()


def opened_text(vault: Vault, text: Json) -> Secret:
    """Open what `sealed_text` wrote; raises Unreadable."""
    return vault.open(base64.b64decode(str(text)), PAYLOAD)
