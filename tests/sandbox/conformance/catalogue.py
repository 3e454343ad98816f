"""All rules, in the order in which one reads them."""

from __future__ import annotations

from tests.sandbox.conformance import (
    answers,
    batch,
    crm,
    events,
    finding,
    life,
    operators,
    people,
    placements,
    processes,
    registration,
    rest,
    robots,
    sending,
    sessions,
)
from tests.sandbox.conformance.rule import RULES, Rule

AREAS = (
    registration,
    robots,
    answers,
    processes,
    life,
    rest,
    batch,
    events,
    placements,
    sessions,
    finding,
    sending,
    operators,
    people,
    crm,
)


def by_area() -> list[tuple[str, list[Rule]]]:
    """Return each area's sentence and its rules."""
    return [(area.__doc__ or "", [one for one in RULES if one.check.__module__ == area.__name__]) for area in AREAS]
