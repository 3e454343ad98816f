"""What an HTTP exchange left behind, as data that a log may keep and a page may put in words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self


class Sign(StrEnum):
    """What was seen. The first group proves that nothing was sent."""

    NO_ADDRESS = "no_address"
    ADDRESS_FORBIDDEN = "address_forbidden"
    CONNECT_FAILED = "connect_failed"
    CONNECT_TIMEOUT = "connect_timeout"
    TLS_FAILED = "tls_failed"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_OF_ANOTHER = "certificate_of_another"
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"
    NO_FREE_CONNECTION = "no_free_connection"
    NOT_REACHED = "not_reached"
    SILENT_BEFORE = "silent_before"

    READ_TIMEOUT = "read_timeout"
    CONNECTION_LOST = "connection_lost"
    PROTOCOL_BROKEN = "protocol_broken"
    DEADLINE = "deadline"
    GIVEN_UP = "given_up"
    TOO_LARGE = "too_large"
    UNREADABLE_ENCODING = "unreadable_encoding"

    NOT_JSON = "not_json"
    EMPTY = "empty"
    WRONG_SHAPE = "wrong_shape"
    SERVER_ERROR = "server_error"
    MISSING = "missing"
    MOVED = "moved"

    ERROR_CODE = "error_code"
    RESULT = "result"


UNSENT: Final = frozenset(
    {
        Sign.NO_ADDRESS,
        Sign.ADDRESS_FORBIDDEN,
        Sign.CONNECT_FAILED,
        Sign.CONNECT_TIMEOUT,
        Sign.TLS_FAILED,
        Sign.CERTIFICATE_EXPIRED,
        Sign.CERTIFICATE_OF_ANOTHER,
        Sign.CERTIFICATE_UNTRUSTED,
        Sign.NO_FREE_CONNECTION,
        Sign.NOT_REACHED,
        Sign.SILENT_BEFORE,
    }
)

_WORDS: Final = {
    Sign.NO_ADDRESS: "the host has no address",
    Sign.ADDRESS_FORBIDDEN: "the host may not be called",
    Sign.CONNECT_FAILED: "the connection was refused",
    Sign.CONNECT_TIMEOUT: "the connection took too long",
    Sign.TLS_FAILED: "no secure connection was made",
    Sign.CERTIFICATE_EXPIRED: "the certificate has expired",
    Sign.CERTIFICATE_OF_ANOTHER: "the certificate belongs to another host",
    Sign.CERTIFICATE_UNTRUSTED: "the certificate is not trusted",
    Sign.NO_FREE_CONNECTION: "all connections are busy",
    Sign.NOT_REACHED: "an earlier command of the batch failed",
    Sign.SILENT_BEFORE: "the host was silent a moment ago",
    Sign.READ_TIMEOUT: "the answer took too long",
    Sign.CONNECTION_LOST: "the connection was lost",
    Sign.PROTOCOL_BROKEN: "the answer broke off or was not HTTP",
    Sign.DEADLINE: "the answer did not end in time",
    Sign.GIVEN_UP: "we stopped waiting",
    Sign.TOO_LARGE: "the answer was too large",
    Sign.UNREADABLE_ENCODING: "the answer was in an unknown encoding",
    Sign.NOT_JSON: "the answer was not JSON",
    Sign.EMPTY: "the answer was empty",
    Sign.WRONG_SHAPE: "the answer had an unknown form",
    Sign.SERVER_ERROR: "the server failed",
    Sign.MISSING: "the answer lacked this command",
    Sign.MOVED: "the portal has another address now",
    Sign.ERROR_CODE: "an error code",
    Sign.RESULT: "a result",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sign with what helps to recognise the answer again.

    ``status`` is the HTTP status or None when there was none; ``size`` is in bytes; ``digest`` is the
    beginning of the body's SHA-256, because bodies are not kept.
    """

    sign: Sign
    status: int | None = None
    code: str = ""
    size: int = 0
    digest: str = ""

    @classmethod
    def of_body(cls, sign: Sign, *, status: int, body: bytes, code: str = "") -> Self:
        return cls(sign, status=status, code=code, size=len(body), digest=hashlib.sha256(body).hexdigest()[:16])

    def __str__(self) -> str:
        words = f"{_WORDS[self.sign]} {self.code}".rstrip()
        return words if self.status is None else f"{words} (HTTP {self.status})"
