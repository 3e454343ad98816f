"""A portal as the rest of the service sees it: who it is, where it is, in what time and language it lives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.portals.keyring import Keyring, Vault
from core.portals.tables import Portal

#: Where Bitrix24 itself lives; for a row whose zone this machine does not know.
_DEFAULT_ZONE: Final = "Europe/Moscow"


@dataclass(frozen=True, slots=True)
class PortalInfo:
    """One installed portal.

    ``origin`` is ``scheme://host[:port]``, ``client_endpoint`` ends with a slash; ``admin_user_id`` is the user whose
    rights robots use. ``vault`` seals and opens this portal's secrets.
    """

    id: str
    member_id: str
    origin: str
    client_endpoint: str
    oauth_host: str
    zone: ZoneInfo
    language: str
    admin_user_id: int
    license: str
    status: str
    status_reason: str
    vault: Vault = field(repr=False, compare=False)

    @property
    def is_active(self) -> bool:
        return self.status == "active"


def info_of(portal: Portal, keyring: Keyring) -> PortalInfo:
    """Read a row; raises Unreadable when its data key was wrapped by a key that we do not have."""
    return PortalInfo(
        id=portal.id,
        member_id=portal.member_id,
        origin=portal.origin,
        client_endpoint=portal.client_endpoint,
        oauth_host=portal.oauth_host,
        zone=_zone(portal.time_zone),
        language=portal.language,
        admin_user_id=portal.admin_user_id,
        license=portal.license,
        status=portal.status,
        status_reason=portal.status_reason,
        vault=keyring.vault(portal.data_key, portal.id),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(_DEFAULT_ZONE)
