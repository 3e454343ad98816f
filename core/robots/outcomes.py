"""What a step may return: what should happen next, as plain data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from core.dialogs.view import DialogView
from core.effects import Effect
from core.robots.fields import Output
from core.texts.text import Text
from core.worktime.calendar import Calendar

#: A bound method of a robot marked with ``@step``; the engine stores its name, never the function.
Step: TypeAlias = Callable[[Any], Awaitable["Outcome"]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was compared, and how it came out (None: it did not decide anything)."""

    text: Text
    passed: bool | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: one paragraph for a person, and the checks it rests on."""

    text: Text
    checks: tuple[Check, ...] = ()

    @classmethod
    def of(cls, because: Text | Reason) -> Reason:
        return because if isinstance(because, Reason) else cls(because)

    def adding(self, text: Text, *checks: Check) -> Reason:
        """Return the same with more words and checks behind it."""
        return Reason(self.text + text, (*self.checks, *checks))


@dataclass(frozen=True, slots=True)
class Watch:
    """Wake the waiting step early when this chat has a message newer than the one we know."""

    chat_id: int
    message_id: int

    @classmethod
    def of(cls, dialog: DialogView) -> Watch:
        return cls(dialog.chat.id, dialog.chat.last_message_id)


@dataclass(frozen=True, slots=True)
class Next:
    """Go on with another step at once; what the state holds is saved first."""

    then: Step
    because: Text | Reason


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Sleep until ``due`` (aware), or until ``watch`` sees a new message, then run ``then``.

    ``counted`` are the stretches of working time that the wait is made of, for the log. ``quiet``: the same wait goes
    on after a look in between, which nobody needs to read again. ``answer`` is what the process gets now, when the run
    has something to do after it that would end a process which still waits.

    People count on ``due``, so they are asked what shall become of it when the service could not keep it. ``looks``:
    they do not, for it is only a look in between or the end of a watch; then they count on ``promised`` if on anything.
    """

    due: datetime
    then: Step
    because: Text | Reason
    watch: Watch | None = None
    counted: tuple[tuple[datetime, datetime], ...] = ()
    quiet: bool = False
    answer: Done | None = None
    looks: bool = False
    promised: datetime | None = None

    @property
    def timer_at(self) -> datetime | None:
        """The moment that people count on."""
        return self.promised if self.looks else self.due


@dataclass(frozen=True, slots=True)
class Act:
    """Have the engine perform the effects in order, then run ``then`` with what came of them."""

    effects: tuple[Effect, ...]
    then: Step
    because: Text | Reason


@dataclass(frozen=True, slots=True)
class Done:
    """The run is over with one of the result codes of the catalogue."""

    result: str
    because: Text | Reason
    output: Output = field(default_factory=Output)


@dataclass(frozen=True, slots=True)
class Failed:
    """The run cannot go on; the process is answered with the reason."""

    because: Text | Reason
    output: Output = field(default_factory=Output)


Outcome: TypeAlias = Next | WaitUntil | Act | Done | Failed


def counted(calendar: Calendar, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Return the open stretches that a wait is made of, as WaitUntil keeps them for the log."""
    return tuple((span.start, span.end) for span in calendar.spans(start, end))
