"""When to look whether a closed portal is open again: a pure rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Literal

from core.bitrix24.errors import Revoked, Suspended

Closed = Literal["suspended", "needs_reinstall"]

#: A portal that is closed for payment or maintenance is looked at for thirty days.
_FIRST: Final = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
_THEN: Final = timedelta(hours=6)
_LONGEST: Final = timedelta(days=30)
#: Dead credentials are confirmed twice more within a quarter of an hour, and then left to a person.
_CONFIRM: Final = (timedelta(minutes=5), timedelta(minutes=10))
#: Asking more often than this while the vendor blocks us does harm.
_BLOCKED: Final = timedelta(hours=1)


def closed_by(trouble: Suspended | Revoked) -> Closed:
    """Tell what an error makes of a portal."""
    return "suspended" if isinstance(trouble, Suspended) else "needs_reinstall"


def next_probe(status: str, reason: str, probes: int) -> timedelta | None:
    """Return how long to wait before the next look after ``probes`` looks in vain, or None for no further one."""
    if status == "needs_reinstall":
        return _CONFIRM[probes] if probes < len(_CONFIRM) else None
    wait = _FIRST[probes] if probes < len(_FIRST) else _THEN
    spent = sum(_FIRST[:probes], timedelta()) + _THEN * max(0, probes - len(_FIRST))
    if spent + wait > _LONGEST:
        return None
    return max(wait, _BLOCKED) if reason == "OVERLOAD_LIMIT" else wait
