"""Error codes that the platform itself raises, whichever method was called.

Sources: system errors of the REST documentation, platform.md 3.6 and 4, security.md 2.3. A code that is not here
is the method's own. The HTTP status is not trusted: documentation, portals and the vendor's SDK disagree on it.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final


class Meaning(Enum):
    """What a platform code says about the call. Only UNCLEAR leaves open whether the method ran."""

    LIMIT = auto()
    METHOD_RESTS = auto()
    STALE_TOKEN = auto()
    LATER = auto()
    SUSPENDED = auto()
    REVOKED = auto()
    USER_LOCKED = auto()
    FINAL = auto()
    UNCLEAR = auto()


_MEANINGS: Final = {
    "QUERY_LIMIT_EXCEEDED": Meaning.LIMIT,
    "OPERATION_TIME_LIMIT": Meaning.METHOD_RESTS,
    "EXPIRED_TOKEN": Meaning.STALE_TOKEN,
    "INVALID_TOKEN": Meaning.STALE_TOKEN,
    "NO_AUTH_FOUND": Meaning.STALE_TOKEN,
    "OVERLOAD_LIMIT": Meaning.SUSPENDED,
    "PAYMENT_REQUIRED": Meaning.SUSPENDED,
    "PORTAL_DELETED": Meaning.SUSPENDED,
    "INVALID_GRANT": Meaning.REVOKED,
    "INVALID_CLIENT": Meaning.REVOKED,
    "WRONG_CLIENT": Meaning.REVOKED,
    "NOT_INSTALLED": Meaning.REVOKED,
    "APPLICATION_NOT_FOUND": Meaning.REVOKED,
    "ERROR_OAUTH": Meaning.REVOKED,
    "AUTHORIZATION_ERROR": Meaning.USER_LOCKED,
    "USER_ACCESS_ERROR": Meaning.USER_LOCKED,
    "INSUFFICIENT_SCOPE": Meaning.FINAL,
    "INVALID_SCOPE": Meaning.FINAL,
    "INVALID_CREDENTIALS": Meaning.FINAL,
    "INVALID_REQUEST": Meaning.FINAL,
    "METHOD_CONFIRM_WAITING": Meaning.FINAL,
    "METHOD_CONFIRM_DENIED": Meaning.FINAL,
    "WRONG_AUTH_TYPE": Meaning.FINAL,
    "WRONG_LICENSE": Meaning.FINAL,
    "ERROR_METHOD_NOT_FOUND": Meaning.FINAL,
    "ERROR_BATCH_METHOD_NOT_ALLOWED": Meaning.FINAL,
    "ERROR_BATCH_LENGTH_EXCEEDED": Meaning.FINAL,
    "ERROR_MANIFEST_IS_NOT_AVAILABLE": Meaning.FINAL,
    "INTERNAL_SERVER_ERROR": Meaning.UNCLEAR,
    "ERROR_UNEXPECTED_ANSWER": Meaning.UNCLEAR,
}


def meaning(code: str, description: str, *, status: int | None) -> Meaning | None:
    """Tell what a code means, or None for a method's own error.

    ``status`` is None for a command inside a batch, which has none of its own.
    """
    match code.upper():
        case "ACCESS_DENIED":
            # The same code is used by methods for lack of rights; only the plan's refusal has this text.
            return Meaning.SUSPENDED if "commercial plan" in description.lower() else None
        case "CONNECTION_ERROR":
            # A box that cannot reach the OAuth host says so while it checks the token.
            return Meaning.LATER if status in {401, 403} else None
        case known:
            return _MEANINGS.get(known)
