"""Which addresses may be a portal's: the operator's list or the vendor's zones, https unless named otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from core.origins import BadOrigin, Origin, PortalRule, is_allowed


class EndpointNotAllowed(Exception):
    """The portal lies outside ALLOWED_PORTALS, or resolves to an address that we do not dial."""


def allowed_origin(endpoint: str, rules: Iterable[PortalRule]) -> Origin:
    """Return the origin of a REST address that the OAuth host told; raises EndpointNotAllowed."""
    parts = urlsplit(endpoint)
    try:
        origin = Origin.parse(f"{parts.scheme}://{parts.netloc}")
    except BadOrigin:
        raise EndpointNotAllowed("The portal's address is not a web address.") from None
    if not is_allowed(origin, rules):
        raise EndpointNotAllowed("The portal's address is not among the allowed ones.")
    return origin
