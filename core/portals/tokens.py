"""The OAuth pair of one user of a portal: sealed in the database, refreshed once for all who need it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from core.bitrix24.errors import Revoked, Unavailable
from core.bitrix24.evidence import Evidence, Sign
from core.bitrix24.oauth_answers import Tokens
from core.bitrix24.secret import Secret
from core.bitrix24.tokens import RefreshGate
from core.crash import crashpoint
from core.db import Database, Row, Statement, Value, to_millis
from core.portals.info import PortalInfo
from core.portals.keyring import Vault

ACCESS: Final = "portal_user_token.access_token"
REFRESH: Final = "portal_user_token.refresh_token"
PREVIOUS: Final = "portal_user_token.previous_refresh_token"

#: Longer than the OAuth host is waited for, so that two processes never refresh at once.
_CLAIM_FOR: Final = timedelta(seconds=30)
_POLL_SECONDS: Final = 0.2

_SAVE: Final = """
INSERT INTO portal_user_token (portal_id, user_id, access_token, refresh_token, previous_refresh_token, expires_at,
    generation, refresh_until, updated_at)
VALUES (:portal_id, :user_id, :access, :refresh, NULL, :expires_at, 1, NULL, :at)
ON CONFLICT (portal_id, user_id) DO UPDATE
SET access_token = excluded.access_token, refresh_token = excluded.refresh_token, previous_refresh_token = NULL,
    expires_at = excluded.expires_at, generation = portal_user_token.generation + 1, refresh_until = NULL,
    updated_at = excluded.updated_at
"""
_READ: Final = """
SELECT access_token, refresh_token, previous_refresh_token, generation FROM portal_user_token
WHERE portal_id = :portal_id AND user_id = :user_id
"""
_CLAIM: Final = """
UPDATE portal_user_token SET refresh_until = {now} + :claim
WHERE portal_id = :portal_id AND user_id = :user_id AND generation = :generation
  AND (refresh_until IS NULL OR refresh_until < {now})
RETURNING generation
"""
_GIVE_UP: Final = """
UPDATE portal_user_token SET refresh_until = NULL
WHERE portal_id = :portal_id AND user_id = :user_id AND generation = :generation
"""
_ROTATE: Final = """
UPDATE portal_user_token SET access_token = :access, refresh_token = :refresh, previous_refresh_token = :previous,
    expires_at = :expires_at, generation = generation + 1, refresh_until = NULL, updated_at = :at
WHERE portal_id = :portal_id AND user_id = :user_id AND generation = :generation
RETURNING generation
"""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token with what renews it."""

    access: Secret
    refresh: Secret
    expires_at: datetime


class Refreshes(Protocol):
    """What is asked of the OAuth host; see `core.bitrix24.oauth.OAuth`."""

    async def refresh(self, refresh: Secret, host: str) -> Tokens: ...


async def save_tokens(vault: Vault, database: Database, *, user_id: int, pair: TokenPair, at: datetime) -> None:
    """Keep a pair that was proven to belong to this user of this portal."""
    await database.write(Statement(_SAVE, _sealed(vault, user_id, pair, at)))


def _sealed(vault: Vault, user_id: int, pair: TokenPair, at: datetime) -> dict[str, Value]:
    return {
        "portal_id": vault.portal_id,
        "user_id": user_id,
        "access": vault.seal(pair.access, ACCESS),
        "refresh": vault.seal(pair.refresh, REFRESH),
        "expires_at": to_millis(pair.expires_at),
        "at": to_millis(at),
    }


@dataclass(frozen=True, slots=True)
class _Kept:
    """The pair as the database has it."""

    access: Secret
    refresh: Secret
    previous: Secret | None
    generation: int


class StoredTokens:
    """A `TokenSource` over the row of one user.

    One refresh in this process (the gate) and among processes (the claim in the row). The new pair is in the database
    before anybody uses it; the refresh token before it is kept for one generation, because an answer may be lost.
    ``moved`` is told the endpoint that came with a new pair.
    """

    def __init__(
        self,
        portal: PortalInfo,
        user_id: int,
        *,
        database: Database,
        oauth: Refreshes,
        now: Callable[[], datetime],
        moved: Callable[[str], Awaitable[str]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.endpoint = portal.client_endpoint
        self._vault = portal.vault
        self._member_id = portal.member_id
        self._host = portal.oauth_host
        self._user_id = user_id
        self._database = database
        self._oauth = oauth
        self._now = now
        self._moved = moved
        self._sleep = sleep
        self._gate = RefreshGate()
        self._access: Secret | None = None

    async def access(self) -> Secret:
        if self._access is None:
            self._access = (await self._read()).access
        return self._access

    async def refreshed(self, stale: Secret) -> Secret:
        """Return a newer token than the one that failed; raises TryLater, Suspended or Revoked."""
        self._access = await self._gate.once(stale, self._refresh)
        return self._access

    async def _refresh(self, stale: Secret) -> Secret:
        for _ in range(int(_CLAIM_FOR.total_seconds() / _POLL_SECONDS) + 1):
            kept = await self._read()
            if kept.access != stale:
                return kept.access
            if await self._claimed(kept):
                return await self._exchange(kept)
            await self._sleep(_POLL_SECONDS)
        raise Unavailable(Evidence(Sign.DEADLINE))

    async def _exchange(self, kept: _Kept) -> Secret:
        try:
            fresh = await self._asked(kept)
        except BaseException:
            await self._write(_GIVE_UP, generation=kept.generation)
            raise
        crashpoint("after_refresh")
        if fresh is None:
            return (await self._read()).access
        pair = TokenPair(fresh.access, fresh.refresh, fresh.expires_at)
        saved = await self._write(
            _ROTATE,
            **_sealed(self._vault, self._user_id, pair, self._now()),
            previous=self._vault.seal(kept.refresh, PREVIOUS),
            generation=kept.generation,
        )
        self.endpoint = await self._moved(fresh.client_endpoint)
        # Without a row: somebody proved a newer pair while we asked, and that one counts.
        return fresh.access if saved else (await self._read()).access

    async def _asked(self, kept: _Kept) -> Tokens | None:
        """Ask for a new pair; None when the refusal is explained by a pair that another one has stored meanwhile."""
        try:
            fresh = await self._oauth.refresh(kept.refresh, self._host)
        except Revoked:
            if (await self._read()).generation != kept.generation:
                return None
            if kept.previous is None:
                raise
            fresh = await self._oauth.refresh(kept.previous, self._host)
        if fresh.member_id != self._member_id:
            raise Revoked("another_portal")
        return fresh

    async def _read(self) -> _Kept:
        rows = await self._write(_READ)
        if not rows:
            raise Revoked("no_tokens")
        row = rows[0]
        previous = row["previous_refresh_token"]
        return _Kept(
            access=self._vault.open(_bytes(row["access_token"]), ACCESS),
            refresh=self._vault.open(_bytes(row["refresh_token"]), REFRESH),
            previous=None if previous is None else self._vault.open(_bytes(previous), PREVIOUS),
            generation=int(row["generation"] or 0),
        )

    async def _claimed(self, kept: _Kept) -> bool:
        claim = _CLAIM_FOR // timedelta(milliseconds=1)
        return bool(await self._write(_CLAIM, generation=kept.generation, claim=claim))

    async def _write(self, sql: str, **more: Value) -> list[Row]:
        params: dict[str, Value] = {"portal_id": self._vault.portal_id, "user_id": self._user_id, **more}
        return (await self._database.write(Statement(sql, params)))[0]


def _bytes(value: Value) -> bytes:
    return value if isinstance(value, bytes) else b""
