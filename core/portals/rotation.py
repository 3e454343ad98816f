"""A change of SECRET_KEYS: data keys move to the newest key at once, secrets when their portal next calls."""

from __future__ import annotations

from dataclasses import dataclass

from core.portals.keyring import Keyring
from core.portals.store import PortalStore


@dataclass(frozen=True, slots=True)
class OldKeys:
    """How many portals still need a key that is not the newest; at 0 and 0 the old ones may be removed."""

    data_keys: int
    secrets: int


async def rewrap(store: PortalStore, keyring: Keyring) -> int:
    """Wrap every data key by the newest key; returns how many were not.

    Raises Unreadable when a data key needs a key that is gone: nothing of that portal can be read then.
    """
    moved = 0
    for portal in await store.all():
        data_key = keyring.rewrapped(portal.data_key, portal.id)
        if data_key is not None:
            await store.change(portal.id, data_key=data_key)
            moved += 1
    return moved


async def old_keys(store: PortalStore, keyring: Keyring) -> OldKeys:
    portals = await store.all()
    return OldKeys(
        data_keys=sum(keyring.needs_older(portal.data_key) for portal in portals),
        secrets=sum(
            bool(portal.application_token_hash) and not keyring.is_current(portal.application_token_hash)
            for portal in portals
        ),
    )
