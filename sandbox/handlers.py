"""Addresses that an application may register as handlers."""

from __future__ import annotations

from urllib.parse import urlsplit

from sandbox.errors import RestError

LONGEST = 1_000


def check_handler(url: str) -> None:
    """Check an address as the portal does: http or https, a host with a dot in it (platform.md 1.2)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise RestError("ERROR_WRONG_HANDLER_URL", "Wrong handler URL") from None
    if parts.scheme not in ("http", "https"):
        raise RestError("ERROR_UNSUPPORTED_PROTOCOL", "Unsupported handler protocol")
    if "." not in host or len(url) > LONGEST:
        raise RestError("ERROR_WRONG_HANDLER_URL", "Wrong handler URL")
