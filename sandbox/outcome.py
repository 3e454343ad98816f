"""What one REST command gave: a result or an error, never both."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.errors import RestError
from sandbox.wire import Json


@dataclass(frozen=True, slots=True)
class Outcome:
    result: Json = None
    error: RestError | None = None
    total: int | None = None
    next: int | None = None
    time: Json = None
