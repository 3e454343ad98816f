"""States of a portal kept and brought back: all that a person sees in it, and the applications it knows."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.journal import Journal

if TYPE_CHECKING:
    from sandbox.portal import Portal

#: What is kept. Tokens are not: those given out stay as good as they are. Nor are identifiers: they go on, so that an
#: application which remembers a process or a message never meets its name again.
PARTS = (
    "apps",
    "bizproc",
    "company",
    "crm",
    "faults",
    "lang",
    "office",
    "openlines",
    "operating",
    "people",
    "quick_answers",
    "switches",
    "triggers",
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Copies of the parts, and where the clock stood."""

    parts: dict[str, object]
    journal: Journal
    now: datetime
    speed: float


def take(portal: Portal) -> Snapshot:
    parts = _copied({name: getattr(portal, name) for name in PARTS}, portal)
    return Snapshot(parts, portal.journal.copy(), portal.now(), portal.clock.speed)


def restore(portal: Portal, kept: Snapshot) -> None:
    """Bring a state back; what is on its way to handlers is dropped, the request limit starts afresh."""
    for name, part in _copied(kept.parts, portal).items():
        setattr(portal, name, part)
    portal.journal = kept.journal.copy()
    portal.queue.forget()
    portal.bucket.level = 0.0
    portal.clock.run_at(kept.speed)
    portal.clock.set(kept.now)
    portal.touch()


def _copied(parts: dict[str, object], portal: Portal) -> dict[str, object]:
    """Copy parts together, so that they refer to one another as before; all of them go on naming the one portal."""
    return copy.deepcopy(parts, {id(portal): portal})
