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


@dataclass(slots=True)
class Fault:
    """``times`` answers to ``method`` (``*`` for any, ``oauth`` for the token endpoint) go wrong in this way."""

    method: str
    kind: str
    times: int = 1
    seconds: float = 1.0
    location: str = ""

    @property
    def of_request(self) -> bool:
        return self.kind in OF_REQUEST

    @property
    def error_code(self) -> str | None:
        return self.kind.removeprefix("error:") if self.kind.startswith("error:") else None


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
            fault = next((one for one in self.ordered if one.method in (ANY, method)), None)
            if fault is not None and fault.of_request is of_request:
                fault.times -= 1
                if fault.times <= 0:
                    self.ordered.remove(fault)
                return fault
        return None
