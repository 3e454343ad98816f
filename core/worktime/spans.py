"""An open stretch of real time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """From ``start`` (in) to ``end`` (out), aware datetimes."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start
