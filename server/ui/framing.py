"""Headers of pages: who may frame them, and that nothing but our own files runs in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from core.origins import PortalRule

_CONTENT: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors "
)
#: For pages that nobody frames.
NOBODY: Final = "'none'"


def page_headers(ancestors: str) -> dict[str, str]:
    """Return the headers of a page; ``ancestors`` is an exact origin, a list of sources, or NOBODY."""
    return {
        "Content-Security-Policy": f"{_CONTENT}{ancestors}",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }


def allowed_ancestors(rules: Iterable[PortalRule]) -> str:
    """Name every portal that may install us, for pages without data that are shown before we know the portal.

    The installed portals would be a shorter list, and one of our customers for everybody to read.
    """
    return " ".join(_source(rule) for rule in rules)


def _source(rule: PortalRule) -> str:
    if not rule.whole_zone:
        return str(rule.origin)
    scheme, _, host = str(rule.origin).partition("://")
    return f"{scheme}://*.{host}"
