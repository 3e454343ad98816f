"""Where a portal's address and access token come from, and how a refresh happens once for all who need it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

from core.bitrix24.errors import Revoked
from core.bitrix24.secret import Secret


class TokenSource(Protocol):
    """The stored credentials of one user on one portal.

    ``refreshed`` is told which token failed and gives a newer one; it makes sure that many callers cause one
    refresh, and stores the new pair before it returns. It raises TryLater, Suspended or Revoked.
    """

    @property
    def endpoint(self) -> str:
        """The portal's REST address, ending with a slash; a refresh may change it."""
        ...

    async def access(self) -> Secret: ...

    async def refreshed(self, stale: Secret) -> Secret: ...


class FixedToken:
    """A token that came with a request and cannot be refreshed by us; for one question about its bearer."""

    def __init__(self, endpoint: str, access: Secret) -> None:
        self.endpoint = endpoint
        self._access = access

    async def access(self) -> Secret:
        return self._access

    async def refreshed(self, stale: Secret) -> Secret:  # noqa: ARG002 — the protocol's name
        raise Revoked("expired_token")


class RefreshGate:
    """One refresh at a time within this process: who comes while it runs, or with the old token, shares it.

    A refresh once begun ends even when its caller is cancelled, for the server has already replaced the token.
    """

    def __init__(self) -> None:
        self._flight: asyncio.Task[Secret] | None = None
        self._newest: Secret | None = None
        self._replaced: deque[Secret] = deque(maxlen=8)

    async def once(self, stale: Secret, refresh: Callable[[Secret], Awaitable[Secret]]) -> Secret:
        """Return the token that replaced ``stale``, calling ``refresh`` only if nobody did yet."""
        if self._newest is not None and stale in self._replaced:
            return self._newest
        if self._flight is None:
            self._flight = asyncio.create_task(self._fly(stale, refresh))
        return await asyncio.shield(self._flight)

    async def _fly(self, stale: Secret, refresh: Callable[[Secret], Awaitable[Secret]]) -> Secret:
        try:
            fresh = await refresh(stale)
            if fresh != stale:
                self._replaced.append(stale)
            self._newest = fresh
            return fresh
        finally:
            self._flight = None
