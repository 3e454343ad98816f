"""Web origins: what PUBLIC_URL, OAUTH_HOSTS and ALLOWED_PORTALS are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

Scheme = Literal["http", "https"]

#: Zones in which Bitrix24 hosts portals itself (``<portal>.bitrix24.ru`` …).
CLOUD_ZONES: Final = tuple(
    f"bitrix24.{zone}"
    for zone in (
        *("ru", "by", "kz", "uz", "com", "eu", "de", "fr", "es", "it", "pl", "in", "com.br", "com.tr"),
        *("mx", "co", "id", "vn", "jp", "cn", "uk", "ua"),
    )
)

_PORTS: Final = {"http": 80, "https": 443}
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]{{2,45}}\]", re.ASCII)


class BadOrigin(ValueError):
    """The text is not an origin; the message says in a few words what it should have been."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port; the host is in lower case, the port is always a number."""

    scheme: Scheme
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Origin:
        """Read ``https://host``, ``http://host:8088``; a final slash is forgiven, a path is not.

        Raises BadOrigin.
        """
        return _read(text, must="must look like https://host or https://host:port, without a path")

    def __str__(self) -> str:
        if self.port == _PORTS[self.scheme]:
            return f"{self.scheme}://{self.host}"
        return f"{self.scheme}://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class PortalRule:
    """One entry of ALLOWED_PORTALS: an origin, or every host below a zone."""

    origin: Origin
    whole_zone: bool

    @classmethod
    def parse(cls, text: str) -> PortalRule:
        """Read ``host``, ``host:port``, ``scheme://host[:port]``, and each of them with ``*.`` before the host.

        Without a scheme https is meant. Raises BadOrigin.
        """
        must = "must list hosts such as portal.example.ru, *.example.ru or https://portal.example.ru:8443"
        scheme, separator, rest = text.strip().rpartition("://")
        whole_zone = rest.startswith("*.")
        origin = _read(f"{scheme}{separator or 'https://'}{rest.removeprefix('*.')}", must=must)
        if whole_zone and "." not in origin.host:
            raise BadOrigin(must)
        return cls(origin, whole_zone)

    def allows(self, origin: Origin) -> bool:
        if (origin.scheme, origin.port) != (self.origin.scheme, self.origin.port):
            return False
        if self.whole_zone:
            return origin.host.endswith(f".{self.origin.host}")
        return origin.host == self.origin.host


CLOUD_RULES: Final = tuple(PortalRule(Origin("https", zone, 443), whole_zone=True) for zone in CLOUD_ZONES)


def is_allowed(origin: Origin, rules: Iterable[PortalRule]) -> bool:
    return any(rule.allows(origin) for rule in rules)


def _read(text: str, *, must: str) -> Origin:
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise BadOrigin(must) from None
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else (parts.hostname or "")
    if not _HOST.fullmatch(host) or port == 0 or _has_more_than_origin(parts):
        raise BadOrigin(must)
    match parts.scheme:
        case "http" | "https" as scheme:
            return Origin(scheme, host, port or _PORTS[scheme])
        case _:
            raise BadOrigin(must)


def _has_more_than_origin(parts: SplitResult) -> bool:
    return bool(parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc)
