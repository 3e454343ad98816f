"""Processes of automation as data: robots on stages, and the workflows that run them (platform.md 2, 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sandbox.apps import App, Registration
from sandbox.wire import Json


@dataclass(frozen=True, slots=True)
class PlacedRobot:
    """A robot as an administrator left it in a stage: its own copy of the settings (platform.md 1.4).

    ``timeout_seconds`` 0 waits for ever; only the designer of business processes sets it (platform.md 2.7).
    ``client_id`` is the application it was taken from: its code is hashed with that (platform.md 1.7); empty is any.
    ``delay_seconds`` is when it is to run after it is its turn, ``only_if`` what fields of the card must be for it to
    run at all. One that is ``stock`` is the portal's own: nobody is called for it, it is no more than its delay.
    """

    code: str
    properties: dict[str, Json]
    wait_previous: bool = False
    auth_user_id: int = 0
    use_subscription: str | None = None
    timeout_seconds: int = 0
    client_id: str = ""
    delay_seconds: int = 0
    only_if: dict[str, Json] = field(default_factory=dict)
    stock: bool = False

    def known_to(self, app: App) -> Registration | None:
        """Find what an application has registered for it; another's code is not found by the same name."""
        return app.registrations.get(self.code) if self.client_id in ("", app.client_id) else None


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    TERMINATED = "terminated"
    FAULTED = "faulted"
    NOT_STARTED = "not started"


@dataclass(slots=True)
class RobotRun:
    """One robot inside a workflow; ``token`` is made anew each time the step is executed (platform.md 2.4)."""

    placed: PlacedRobot
    activity: str
    state: State = State.NOT_STARTED
    token: str = ""
    returned: dict[str, Json] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    times_out_at: datetime | None = None
    #: When its delay is over; None before it is its turn, and for one that runs at once.
    begins_at: datetime | None = None
    timed_out: bool = False


@dataclass(slots=True)
class Workflow:
    """The robots of one stage entered once: parallel branches, each a sequence (platform.md 7.2)."""

    id: str
    item: tuple[int, int]
    document: tuple[str, str, str]
    stage_id: str
    branches: list[list[RobotRun]]
    started_at: datetime
    modified_at: datetime
    #: One number for all processes of a stage: they are made after one template.
    template_id: int = 1
    state: State = State.RUNNING
    said: str = ""

    @property
    def runs(self) -> list[RobotRun]:
        return [run for branch in self.branches for run in branch]


class Fault(Exception):
    """A step that cannot be executed ends its whole workflow; the text is what the process log says."""
