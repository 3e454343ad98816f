"""What can go wrong between us and a portal, grouped by what the engine does about it.

BitrixError
├── TryLater               the step waits and is done again; no attempt is counted
│   ├── LimitExceeded      too many requests from us: the whole lane rests
│   ├── MethodRests        one method used up its time: only its calls wait
│   ├── NotSent            nothing left this machine
│   └── Unavailable        no usable answer, and nothing was done
├── Suspended              the portal is closed to us for a while: its runs wait with it
├── Revoked                the app or its token is no longer known there
│   └── UserLocked         only the user behind the token is; another user's may work
├── Refused                the method said no: final for this call
└── OutcomeUnknown         a write that may have happened: only reading can tell

Every message is one sentence without addresses, secrets or texts of people.
"""

from __future__ import annotations

from datetime import timedelta

from core.bitrix24.evidence import Evidence


class BitrixError(Exception):
    """Trouble with a portal or with the OAuth host; ``after`` is how long to wait, where that is known."""

    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class TryLater(BitrixError):
    """The same call may succeed later; whatever was asked was not done."""


class LimitExceeded(TryLater):
    """The portal's leaky bucket is full (503 ``QUERY_LIMIT_EXCEEDED``), or ours is."""


class MethodRests(TryLater):
    """The method spent its operating time (429 ``OPERATION_TIME_LIMIT``)."""

    def __init__(self, method: str, *, after: timedelta) -> None:
        super().__init__(f"The portal lets {method} rest.", after=after)
        self.method = method


class NotSent(TryLater):
    """No connection was made: no address, a forbidden one, refused, too slow, or a bad certificate."""

    def __init__(self, evidence: Evidence, *, after: timedelta | None = None) -> None:
        super().__init__(f"Nothing was sent: {evidence}.", after=after)
        self.evidence = evidence


class Unavailable(TryLater):
    """A read got no answer that can be read, or the portal turned a call away before running it."""

    def __init__(self, evidence: Evidence, *, after: timedelta | None = None) -> None:
        super().__init__(f"There was no usable answer: {evidence}.", after=after)
        self.evidence = evidence


class Suspended(BitrixError):
    """The portal serves no REST now: unpaid, plan without REST, closed, or blocked by the vendor.

    ``reason`` is the portal's code. ``PORTAL_DELETED`` is often maintenance and never a reason to purge.
    """

    def __init__(self, reason: str, *, after: timedelta | None = None) -> None:
        super().__init__(f"The portal is closed to the application: {reason}.", after=after)
        self.reason = reason


class Revoked(BitrixError):
    """The application is not installed there, or our credentials are no longer good; ``reason`` is the code."""

    def __init__(self, reason: str, *, after: timedelta | None = None) -> None:
        super().__init__(f"The credentials are no longer good: {reason}.", after=after)
        self.reason = reason


class UserLocked(Revoked):
    """The user behind the token was dismissed or has no access to the application."""


class Refused(BitrixError):
    """The method's own error.

    ``code`` may be empty (Bitrix24 has such errors). ``description`` is the portal's text and may quote
    what people wrote, so it is kept out of the message.
    """

    def __init__(self, code: str, description: str = "", *, after: timedelta | None = None) -> None:
        super().__init__(f"The portal refused: {code or 'no code was given'}.", after=after)
        self.code = code
        self.description = description


class OutcomeUnknown(BitrixError):
    """A write left this machine and nothing proves that it was done, or that it was not."""

    def __init__(self, evidence: Evidence, *, after: timedelta | None = None) -> None:
        super().__init__(f"It is not known whether this was done: {evidence}.", after=after)
        self.evidence = evidence
