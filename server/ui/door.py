"""Who may come in: a person whose token the OAuth host knows, and after that the bearer of a session."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, Protocol

from starlette.requests import Request

from core.bitrix24.errors import Suspended, TryLater
from core.bitrix24.secret import Secret
from core.clock import Clock
from core.db import confine
from core.portals.endpoints import EndpointNotAllowed
from core.portals.identity import Identity, NotProven
from core.portals.keyring import Keyring
from core.portals.moves import follow
from core.portals.store import PortalStore
from core.portals.tables import Portal
from server.errors import RETRY_AFTER_SECONDS, Bad
from server.ui.sessions import Opened, Person, Sessions, Visitor

_MOST_PROOFS: Final = 10_000
_GONE: Final = frozenset({"uninstalling", "uninstalled"})


class Identifies(Protocol):
    """What is asked about a token; see `core.portals.identity.Identities`."""

    async def identify(self, access: Secret, member_id: str, *, portal_id: str | None = None) -> Identity: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """What a frame says of itself; nothing of it is believed before the OAuth host confirms it."""

    access: Secret
    member_id: str
    language: str = ""
    application_token: Secret = field(default_factory=lambda: Secret(""))


@dataclass(frozen=True, slots=True)
class Entered:
    """A person who came in, and the session that was opened for it."""

    visitor: Visitor
    opened: Opened


class Door:
    """Lets people in. The tokens of portals' users stay in this process's memory, to ask again who they are."""

    def __init__(
        self, sessions: Sessions, portals: PortalStore, identity: Identifies, keyring: Keyring, clock: Clock
    ) -> None:
        self._sessions = sessions
        self._portals = portals
        self._identity = identity
        self._keyring = keyring
        self._clock = clock
        self._proofs: OrderedDict[str, Claim] = OrderedDict()

    async def enter(self, claim: Claim) -> Entered:
        """Open a session for the person behind a claim.

        Raises Bad: 401 ``unauthorized`` when it proves nothing, 503 when nobody can say.
        """
        portal = await self._portals.find(claim.member_id) if claim.member_id and claim.access else None
        if portal is None or portal.status in _GONE or not self._knows(portal, claim):
            raise unauthorized()
        who = await self._identify(claim, portal.id)
        if who.client_endpoint != portal.client_endpoint:
            await follow(
                portal.id, self._portals, origin=who.origin, endpoint=who.client_endpoint, at=self._clock.real()
            )
        person = Person(who.user_id, who.user_name, who.is_admin)
        opened = await self._sessions.open(portal.id, person, language=claim.language or portal.language)
        visitor = await self._sessions.find(opened.token)
        if visitor is None:
            raise unauthorized()
        self._remember(visitor.token_hash, claim)
        confine(visitor.portal_id)
        return Entered(visitor, opened)

    async def visitor(self, request: Request) -> Visitor:
        """Return who asks; raises Bad 401. Whoever asked before in the same request knows."""
        known: Visitor | None = getattr(request.state, "visitor", None)
        if known is not None:
            return known
        visitor = await self._sessions.find(_bearer(request))
        if visitor is None:
            raise unauthorized()
        confine(visitor.portal_id)
        if not visitor.proven_at(self._clock.real()) and visitor.token_hash in self._proofs:
            return await self._proven_again(visitor)
        return visitor

    async def admin(self, request: Request) -> Visitor:
        """Return the administrator who asks; raises Bad 401, 403 ``admin_required``.

        Who was not proven for five minutes, and cannot be asked about here, gets 401 and comes in anew by himself.
        """
        visitor = await self.visitor(request)
        if not self.is_fresh(visitor):
            raise unauthorized()
        if not visitor.is_admin:
            raise Bad(403, "admin_required")
        return visitor

    def is_fresh(self, visitor: Visitor) -> bool:
        """Whether the portal said lately what this person is; who wants to change something must be so known."""
        return visitor.proven_at(self._clock.real())

    def access_of(self, visitor: Visitor) -> Secret | None:
        """Return the token with which this person came in here, to ask the portal what he himself may see."""
        claim = self._proofs.get(visitor.token_hash)
        return claim.access if claim is not None else None

    async def _proven_again(self, visitor: Visitor) -> Visitor:
        claim = self._proofs[visitor.token_hash]
        try:
            who = await self._identity.identify(claim.access, claim.member_id, portal_id=visitor.portal_id)
        except (NotProven, EndpointNotAllowed):
            self._proofs.pop(visitor.token_hash, None)
            await self._sessions.end(visitor.token_hash)
            raise unauthorized() from None
        except (TryLater, Suspended):
            return visitor
        return await self._sessions.prove(visitor, Person(who.user_id, who.user_name, who.is_admin))

    async def _identify(self, claim: Claim, portal_id: str) -> Identity:
        try:
            return await self._identity.identify(claim.access, claim.member_id, portal_id=portal_id)
        except (NotProven, EndpointNotAllowed):
            raise unauthorized() from None
        except (TryLater, Suspended):
            raise Bad(503, "unavailable", headers={"Retry-After": str(RETRY_AFTER_SECONDS)}) from None

    def _knows(self, portal: Portal, claim: Claim) -> bool:
        """Whether the secret of the portal, where the frame tells one, is one that we know."""
        if not claim.application_token or not portal.application_token_hash:
            return True
        token = claim.application_token.reveal().encode()
        known = (portal.application_token_hash, portal.pending_token_hash, portal.previous_token_hash)
        return any(self._keyring.matches(stored, token) for stored in known)

    def _remember(self, token_hash: str, claim: Claim) -> None:
        self._proofs[token_hash] = claim
        while len(self._proofs) > _MOST_PROOFS:
            self._proofs.popitem(last=False)


def unauthorized() -> Bad:
    return Bad(401, "unauthorized")


def _bearer(request: Request) -> str:
    given = request.headers.getlist("authorization")
    if len(given) != 1:
        raise unauthorized()
    scheme, _, token = given[0].partition(" ")
    if scheme.lower() != "bearer":
        raise unauthorized()
    return token.strip()
