"""The record of an HTTP request: what the log keeps of it, which is never a value or a secret."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

BATCH: Final = "batch"

#: Whose commands these are: the engine sets it to the run's key around a step.
current_run: ContextVar[str | None] = ContextVar("current_run", default=None)


@dataclass(frozen=True, slots=True)
class CommandCall:
    """One command of a request; ``error`` is the portal's code, None when it succeeded or was never answered."""

    method: str
    run: str | None = None
    error: str | None = None
    operating: float | None = None


@dataclass(frozen=True, slots=True)
class RestCall:
    """One HTTP request to a portal; ``status`` is None when there was no answer.

    ``ms`` is the time it took, ``error`` the code or sign of what went wrong with the request as a whole,
    ``attempt`` 2 for the repeat after a refresh. Several runs may share one request.
    """

    at: datetime
    lane: str
    method: str
    commands: tuple[CommandCall, ...]
    ms: int
    status: int | None
    error: str | None
    attempt: int

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(command.method for command in self.commands)

    @property
    def runs(self) -> tuple[str, ...]:
        """The runs that share the request, each once."""
        return tuple(dict.fromkeys(command.run for command in self.commands if command.run))

    @property
    def complaint(self) -> str:
        """What went wrong with the request or with the first command that failed; empty when nothing did."""
        return self.error or next((command.error for command in self.commands if command.error), "")

    @property
    def operating(self) -> float | None:
        """Seconds that the portal put on our account, of all commands together."""
        known = [command.operating for command in self.commands if command.operating is not None]
        return sum(known) if known else None


class CallSink(Protocol):
    """Take a record; called after each request, so it must be quick and must not raise."""

    def __call__(self, call: RestCall, /) -> None: ...
