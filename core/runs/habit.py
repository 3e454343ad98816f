"""What processes of one template use to do, by those that were seen; pure.

REST does not show what stands in a template, so a process that has not called us is only known to be strange by others
of its template: all of them called, and did so as soon as they began.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

#: So many processes have to be seen before anything is expected of the next one.
KNOWN: Final = 3
#: A first call that comes later than this may come behind a pause.
PROMPT: Final = timedelta(minutes=1)
#: One in so many may be silent for a reason that we do not see; where more are, silence is nothing strange.
ONE_IN: Final = 10
#: So many processes in a row have to call with the same properties before we say that we know them.
ALIKE: Final = 5
#: What was slow once is remembered for a while, and not for ever.
_FADES: Final = 0.9
_LONGEST: Final = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that a process made; ``properties_hash`` is empty when they are kept no more."""

    run_id: str
    robot: str
    properties_hash: str
    delay: timedelta


@dataclass(frozen=True, slots=True)
class Habit:
    """Of one template: the most calls of each robot in one process, how many processes were seen, how they called.

    ``silent`` are processes that had not called while it was not known yet whether they should. ``slowest`` is the
    longest between a start and the first call. ``alike`` processes in a row gave the same properties, ``run_id`` is the
    last that did. ``last_at`` is when the newest of the processes first called; older ones are not counted any more, so
    that none is counted twice.
    """

    template_id: str
    first_at: datetime
    last_at: datetime
    robots: Mapping[str, int] = field(default_factory=dict)
    processes: int = 0
    silent: int = 0
    slowest: timedelta = timedelta()
    alike: int = 0
    properties_hash: str = ""
    run_id: str = ""

    @property
    def is_known(self) -> bool:
        return self.processes >= KNOWN

    @property
    def expects_a_call(self) -> bool:
        """Whether a process that lives for minutes without a call has probably lost it."""
        return self.is_known and self.slowest <= PROMPT and self.silent * ONE_IN <= self.processes

    @property
    def only_robot(self) -> str:
        """The robot that each process calls one time, where there is no other; else empty."""
        return next(iter(self.robots)) if list(self.robots.values()) == [1] else ""

    @property
    def settings_are_known(self) -> bool:
        return bool(self.only_robot) and self.alike >= ALIKE


def learned(habit: Habit, calls: Sequence[Call], *, at: datetime) -> Habit:
    """Take in what one process called, the first call first, which came ``at``."""
    counted = Counter(call.robot for call in calls)
    robots = {code: max(habit.robots.get(code, 0), counted[code]) for code in sorted({*habit.robots, *counted})}
    habit = replace(habit, robots=robots)
    if not calls or at <= habit.last_at:
        return habit
    first = calls[0]
    same = first.properties_hash != "" and first.properties_hash == habit.properties_hash
    return replace(
        habit,
        last_at=at,
        processes=habit.processes + 1,
        slowest=min(max(first.delay, habit.slowest * _FADES), _LONGEST),
        alike=habit.alike + 1 if same else 1,
        properties_hash=first.properties_hash,
        run_id=first.run_id,
    )


def silence(habit: Habit, processes: int) -> Habit:
    """Take in that so many processes had not called while it was still being learned what is usual."""
    return replace(habit, silent=habit.silent + processes)
