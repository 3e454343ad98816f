"""Faults that a test or a person orders: how the next answers to a method go wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

#: Kinds that hit the whole HTTP request; the others hit one command. ``error:<CODE>`` is a command's too.
OF_REQUEST = frozenset(
    {
        "delay",
        "effect_then_drop",
        "drop_before_effect",
        "html_502",
        "html_200",
        "query_limit",
        "expired",
        "truncated",
        "redirect",
    }
)
OF_COMMAND = frozenset({"ok", "op_limit", "true_without_effect", "locked"})
ANY = "*"
#: Any method that changes something people see; a batch counts by its commands.
WRITES = "writes"
#: Families between the application and the portal alone: nobody sees what they change.
_UNSEEN = ("bizproc.", "event.", "placement.")
#: How the names of methods end that only look: whatever else is called changes something.
_LOOKS = frozenset(
    {
        "admin",
        "batch",
        "current",
        "get",
        "getbyentitytypeid",
        "getlastid",
        "info",
        "instances",
        "list",
        "log",
        "oauth",
        "open",
        "profile",
        "scope",
        "settings",
        "status",
        "time",
    }
)
#: HTTP statuses of the system's errors (platform.md 4); all others are refused with 400.
STATUSES = {
    "INTERNAL_SERVER_ERROR": 500,
    "ERROR_UNEXPECTED_ANSWER": 500,
    "PORTAL_DELETED": 500,
    "QUERY_LIMIT_EXCEEDED": 503,
    "OVERLOAD_LIMIT": 503,
    "OPERATION_TIME_LIMIT": 429,
    "ERROR_BATCH_METHOD_NOT_ALLOWED": 405,
    "ERROR_METHOD_NOT_FOUND": 404,
    "ERROR_MANIFEST_IS_NOT_AVAILABLE": 404,
    "ACCESS_DENIED": 403,
    "INVALID_CREDENTIALS": 403,
    "METHOD_CONFIRM_DENIED": 403,
    "WRONG_AUTH_TYPE": 403,
    "WRONG_LICENSE": 403,
    "insufficient_scope": 403,
    "user_access_error": 403,
    "METHOD_CONFIRM_WAITING": 401,
    "NO_AUTH_FOUND": 401,
    "expired_token": 401,
    "invalid_token": 401,
    "authorization_error": 401,
    "APPLICATION_NOT_FOUND": 401,
    "ERROR_OAUTH": 401,
    "CONNECTION_ERROR": 401,
}


@dataclass(slots=True)
class Fault:
    """``times`` answers to ``method`` go wrong in this way: ``*`` is any, ``writes`` any change, ``oauth`` tokens.

    ``status`` of an ``error:<CODE>`` is the one that the code has in the platform, unless it is named.
    """

    method: str
    kind: str
    times: int = 1
    seconds: float = 1.0
    location: str = ""
    status: int = 0

    @property
    def of_request(self) -> bool:
        return self.kind in OF_REQUEST

    @property
    def error_code(self) -> str | None:
        return self.kind.removeprefix("error:") if self.kind.startswith("error:") else None

    @property
    def error_status(self) -> int:
        return self.status or STATUSES.get(self.error_code or "", 400)

    def hits(self, method: str) -> bool:
        if self.method == WRITES:
            return method.rpartition(".")[2] not in _LOOKS and not method.startswith(_UNSEEN)
        return self.method in (ANY, method)


def is_known(kind: str) -> bool:
    return kind in OF_REQUEST or kind in OF_COMMAND or kind.startswith("error:")


@dataclass(slots=True)
class Faults:
    """Ordered faults, used up first come first served; ``ok`` lets one answer pass before the next fault."""

    ordered: list[Fault] = field(default_factory=list)

    def order(self, fault: Fault) -> None:
        fault.method = fault.method.lower()
        self.ordered.append(fault)

    def take(self, methods: Iterable[str], *, of_request: bool) -> Fault | None:
        """Use up the first fault of a method, if it is of the asked level; one of the other level waits its turn."""
        for method in methods:
            fault = next((one for one in self.ordered if one.hits(method)), None)
            if fault is not None and fault.of_request is of_request:
                fault.times -= 1
                if fault.times <= 0:
                    self.ordered.remove(fault)
                return fault
        return None
