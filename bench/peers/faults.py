"""What goes wrong, and when: the same for every contender, as far as it has the part that is hurt."""

from __future__ import annotations

import random
from collections.abc import Collection
from enum import StrEnum
from typing import Final

from bench.peers.effect import SECONDS

#: A worker stands still for so long; a server is away for so long.
STILL_SECONDS, AWAY_SECONDS = 5.0, 1.0


class Fault(StrEnum):
    KILL = "a worker is killed"
    STILL = "a worker stands still for five seconds"
    REDIS = "Redis is killed and away for a second"
    FORGET = "Redis forgets everything"
    DATABASE = "PostgreSQL crashes and is away for a second"


COUNTS: Final = {Fault.KILL: 15, Fault.STILL: 3, Fault.REDIS: 3, Fault.FORGET: 8, Fault.DATABASE: 3}


def planned(kinds: Collection[Fault], *, seed: int = 1) -> list[tuple[float, Fault]]:
    """Return the faults of these kinds with their seconds after the first timer, evenly over all of them."""
    faults = [kind for kind in Fault if kind in kinds for _ in range(COUNTS[kind])]
    random.Random(seed).shuffle(faults)
    apart = SECONDS / (len(faults) + 1)
    return [(apart * place, fault) for place, fault in enumerate(faults, 1)]
