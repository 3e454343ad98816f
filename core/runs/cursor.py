"""Where a list of runs goes on: a key, not a number of lines, so that new runs do not shift it."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, cast

from sqlalchemy import ColumnElement, UnaryExpression, and_, or_

from core.db import from_millis, to_millis
from core.runs.tables import Run

_run_id = cast("ColumnElement[str]", Run.id)
_CREATED: Final = cast("ColumnElement[datetime]", Run.created_at)
_WAKES: Final = cast("ColumnElement[datetime]", Run.wake_at)
_STATUS: Final = cast("ColumnElement[str]", Run.status)
_LONGEST: Final = 120
_WRITTEN: Final = re.compile(r"(-?[a-z_]{1,20}) ([0-9]{1,15}) ([0-9a-z]{1,40})", re.ASCII)


#: Statuses of runs that a timer will wake.
ASLEEP: Final = ("waiting", "retrying", "parked")


class BadCursor(ValueError):
    """The text is not a cursor of this list."""


class Sort(StrEnum):
    """The orders a list may have; ``wake_at`` holds only runs that have a timer."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    SOONEST = "wake_at"

    @property
    def column(self) -> ColumnElement[datetime]:
        return _WAKES if self is Sort.SOONEST else _CREATED

    def order(self) -> tuple[UnaryExpression[datetime], UnaryExpression[str]]:
        if self is Sort.NEWEST:
            return self.column.desc(), _run_id.desc()
        return self.column.asc(), _run_id.asc()

    def needs(self) -> tuple[ColumnElement[bool], ...]:
        """Conditions without which the order has no meaning."""
        return (_WAKES.is_not(None), _STATUS.in_(ASLEEP)) if self is Sort.SOONEST else ()

    def key(self, run: Run) -> datetime:
        return run.wake_at if self is Sort.SOONEST and run.wake_at else run.created_at


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last line of a page, by its sort key and its id."""

    sort: Sort
    key: datetime
    id: str

    @classmethod
    def at(cls, sort: Sort, run: Run) -> Cursor:
        return cls(sort, sort.key(run), run.id)

    @classmethod
    def read(cls, text: str, sort: Sort) -> Cursor:
        """Decode what `write` wrote; raises BadCursor, also for the cursor of another order."""
        try:
            plain = base64.b64decode(text[:_LONGEST] + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
        except (binascii.Error, ValueError):
            raise BadCursor("unreadable") from None
        match = _WRITTEN.fullmatch(plain)
        if match is None or match[1] != sort.value:
            raise BadCursor("of another list")
        return cls(sort, from_millis(int(match[2])), match[3])

    def write(self) -> str:
        plain = f"{self.sort.value} {to_millis(self.key)} {self.id}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    def beyond(self) -> ColumnElement[bool]:
        """The condition of the lines that follow."""
        column = self.sort.column
        if self.sort is Sort.NEWEST:
            return or_(column < self.key, and_(column == self.key, _run_id < self.id))
        return or_(column > self.key, and_(column == self.key, _run_id > self.id))
