"""A rule of the platform, and the table of all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.sandbox.conformance.world import World

Check = Callable[[World], Awaitable[None] | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a real portal does, where it is written, and the case that shows that ours does it too.

    ``switch`` names the switch of the sandbox that chooses, where the sources do not agree or none proves it.
    """

    sentence: str
    source: str
    check: Check = field(repr=False)
    switch: str = ""

    @property
    def area(self) -> str:
        return self.check.__module__.rpartition(".")[2]


RULES: list[Rule] = []


def rule(source: str, sentence: str, *, switch: str = "") -> Callable[[Check], Check]:
    """Put a case into the table."""

    def keep(check: Check) -> Check:
        RULES.append(Rule(sentence, source, check, switch))
        return check

    return keep
