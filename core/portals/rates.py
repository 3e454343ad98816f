"""How fast each portal may be called, by its plan."""

from __future__ import annotations

import re
from typing import Final

from core.bitrix24.limits import ENTERPRISE, STANDARD, LaneRate

#: ``LICENSE`` of ``app.info``: the family, often behind the region (``ru_ent250``).
_ENTERPRISE: Final = re.compile(r"(?:[a-z]{2}_)?ent[0-9]*", re.ASCII)


class Rates:
    """The rate of each lane, for a limiter; a portal not met yet is taken for one of the standard plans."""

    def __init__(self) -> None:
        self._enterprise: set[str] = set()

    def note(self, portal_id: str, license: str) -> None:
        if _ENTERPRISE.fullmatch(license.lower()):
            self._enterprise.add(portal_id)
        else:
            self._enterprise.discard(portal_id)

    def __call__(self, lane: str) -> LaneRate:
        return ENTERPRISE if lane in self._enterprise else STANDARD
