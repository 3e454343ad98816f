"""OAuth of the portal: tokens of users for the application, their life and rotation (platform.md 3.5)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.errors import RestError
from sandbox.journal import Grant
from sandbox.php import to_text
from sandbox.wire import Json, Params

if TYPE_CHECKING:
    from sandbox.apps import App
    from sandbox.people import User
    from sandbox.portal import Portal

ACCESS_TOKEN_LIFE = 3_600
REFRESH_TOKEN_LIFE = 180 * 86_400
CODE_LIFE = 30


@dataclass(slots=True)
class Token:
    """A pair of tokens of one user for one application; times are unix seconds of real time."""

    access: str
    refresh: str
    client_id: str
    user_id: int
    expires: float
    refresh_expires: float
    used: bool = False
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    client_id: str
    user_id: int
    expires: float


class OAuth:
    """Issues, checks, rotates and revokes the tokens of users for the application; lives in real time."""

    def __init__(self, portal: Portal, *, now: Callable[[], float] = time.time) -> None:
        self._portal = portal
        self._now = now
        self._by_access: dict[str, Token] = {}
        self._by_refresh: dict[str, Token] = {}
        self._codes: dict[str, Code] = {}

    def issue(self, app: App, user: User) -> Token:
        ids, now = self._portal.ids, self._now()
        token = Token(
            access=ids.secret(70),
            refresh=ids.secret(70),
            client_id=app.client_id,
            user_id=user.id,
            expires=now + ACCESS_TOKEN_LIFE,
            refresh_expires=now + REFRESH_TOKEN_LIFE,
        )
        self._by_access[token.access] = self._by_refresh[token.refresh] = token
        return token

    def code(self, app: App, user: User) -> str:
        code = self._portal.ids.secret(40)
        self._codes[code] = Code(app.client_id, user.id, self._now() + CODE_LIFE)
        return code

    def knows(self, *, access: str = "", refresh: str = "", code: str = "") -> bool:
        """Tell whether a token or code was given out here."""
        return access in self._by_access or refresh in self._by_refresh or code in self._codes

    def expire(self, access: str | None = None) -> None:
        """End the life of one access token, or of all; refresh tokens live on."""
        for token in self._by_access.values():
            if access is None or token.access == access:
                token.expires = 0.0

    def revoke(self, client_id: str) -> None:
        """End all tokens of an application for good: reinstalling it does not bring them back."""
        for token in [*self._by_access.values(), *self._by_refresh.values()]:
            if token.client_id == client_id:
                token.revoked = True

    def who(self, access: str) -> tuple[Token, App, User]:
        """Check an access token as the portal does, with its errors (platform.md 3.6)."""
        if not access:
            raise RestError("NO_AUTH_FOUND", "Wrong authorization data", 401)
        token = self._by_access.get(access)
        if token is None:
            raise RestError("invalid_token", "Unable to get application by token", 401)
        app = self._portal.apps.by_client(token.client_id)
        if app is None or token.revoked:
            raise RestError("APPLICATION_NOT_FOUND", "Application not found", 401)
        if token.expires <= self._now():
            raise RestError("expired_token", "The access token provided has expired.", 401)
        user = self._portal.people.get(token.user_id)
        if user is None or not user.active:
            raise RestError("authorization_error", "Unable to authorize user", 401)
        if not user.uses_app:
            raise RestError("user_access_error", "The user does not have access to the application.", 403)
        return token, app, user

    def exchange(self, params: Params) -> tuple[int, dict[str, Json]]:
        """Answer ``/oauth/token/``: status and body."""
        status, said = self._exchanged(params)
        error = said.get("error")
        grant = Grant(
            at=self._portal.now(),
            grant_type=to_text(params.get("grant_type")),
            status=status,
            error=to_text(error) if error else None,
        )
        self._portal.journal.grants.append(grant)
        return status, said

    def _exchanged(self, params: Params) -> tuple[int, dict[str, Json]]:
        """A client that nobody knows is told with HTTP 200 (platform.md 3.6)."""
        client_id, secret = to_text(params.get("client_id")), to_text(params.get("client_secret"))
        app = self._portal.apps.by_client(client_id)
        if app is None and client_id in self._portal.apps.gone:
            return 401, _error("NOT_INSTALLED", "Application not installed")
        if app is None:
            return 200, _error("wrong_client", "Wrong client")
        if secret != app.client_secret:
            return 400, _error("invalid_client", "Invalid client data")
        if not app.paid:
            return 401, _error("PAYMENT_REQUIRED", "Payment required")
        match to_text(params.get("grant_type")):
            case "refresh_token":
                token = self._rotated(app, to_text(params.get("refresh_token")))
            case "authorization_code":
                token = self._redeemed(app, to_text(params.get("code")))
            case _:
                return 400, _error("invalid_request", "Wrong grant type")
        return (200, self._answer(app, token)) if token else (400, _error("invalid_grant", "Invalid grant"))

    def _rotated(self, app: App, refresh: str) -> Token | None:
        """Give a new pair for a refresh token; each is new every time (platform.md 3.5)."""
        old = self._by_refresh.get(refresh)
        if old is None or old.revoked or old.client_id != app.client_id or old.refresh_expires <= self._now():
            return None
        if old.used and self._portal.switches.old_refresh_token_dies:
            return None
        user = self._portal.people.get(old.user_id)
        if user is None or not user.active:
            return None
        old.used = True
        return self.issue(app, user)

    def _redeemed(self, app: App, code: str) -> Token | None:
        found = self._codes.pop(code, None)
        if found is None or found.client_id != app.client_id or found.expires <= self._now():
            return None
        user = self._portal.people.get(found.user_id)
        return self.issue(app, user) if user else None

    def _answer(self, app: App, token: Token) -> dict[str, Json]:
        portal = self._portal
        return {
            "access_token": token.access,
            "expires": int(token.expires),
            "expires_in": ACCESS_TOKEN_LIFE,
            "scope": ",".join(app.scope),
            "domain": portal.domain,  # of the OAuth host, which shares our port
            "server_endpoint": portal.endpoint,
            "status": app.status,
            "client_endpoint": portal.endpoint,
            "member_id": portal.member_id,
            "user_id": token.user_id,
            "refresh_token": token.refresh,
        }

    def auth_block(self, app: App, user: User | None, *, refreshable: bool) -> dict[str, Json]:
        """Make the ``auth`` part of an event or robot call; no user, no tokens (platform.md 2.2, 2.5, 3.3)."""
        portal = self._portal
        token = self.issue(app, user) if user else None
        block: dict[str, Json] = {}
        if token:
            block |= {"access_token": token.access, "expires": str(int(token.expires))}
            block |= {"expires_in": str(ACCESS_TOKEN_LIFE), "scope": ",".join(app.scope)}
        block |= {"domain": portal.domain, "server_endpoint": portal.endpoint, "status": app.status}
        block |= {"client_endpoint": portal.endpoint, "member_id": portal.member_id}
        if token:
            block["user_id"] = str(token.user_id)
            if refreshable:
                block["refresh_token"] = token.refresh
        block["application_token"] = app.application_token
        return block


def _error(code: str, description: str) -> dict[str, Json]:
    return {"error": code, "error_description": description}
