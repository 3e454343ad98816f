"""Several portals of one server, told apart by the host they are called by, with one OAuth server between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.portal import Portal


class Portals:
    """The portals that share a server; the first also answers to every name that is nobody else's."""

    def __init__(self, first: Portal) -> None:
        self.all = [first]
        self.listeners: list[Callable[[Portal], None]] = []

    def add(self, portal: Portal) -> None:
        """Take in another portal; raise ValueError when its host is taken."""
        if any(portal.domain in (one.domain, *one.former_domains) for one in self.all):
            raise ValueError(f"There is a portal at {portal.domain} already.")
        portal.neighbours = self
        self.all.append(portal)
        for tell in self.listeners:
            tell(portal)

    def at(self, host: str) -> Portal:
        """Return the portal that a request to this host means, by its present name or a former one."""
        named = (one for one in self.all if host in (one.domain, *one.former_domains))
        return next(named, self.all[0])

    def issuer(self, here: Portal, *, access: str = "", refresh: str = "", code: str = "") -> Portal:
        """Return the portal that gave out a token: all share one OAuth server, whatever its host (platform.md 3.5)."""
        knows = (one for one in self.all if one.oauth.knows(access=access, refresh=refresh, code=code))
        return next(knows, here)
