"""A dialog of Anna's near the end of her shift, for the tests of the hand-over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.worktime.intervals import Interval
from core.worktime.rota import PlannedShift, Rota
from tests.activities.scene import MONDAY, Scene
from tests.core.dialogs.portal import ANNA
from tests.core.robots.office import BORIS, VERA

CODE = "reassign_shift_end"
MOSCOW = ZoneInfo("Europe/Moscow")
#: Our table has her on shift until 18:00, which is this many minutes after the scene begins.
ENDS = 180
LEAD = 10
Change = Callable[[Scene], object]


def armed(*changes: Change, **form: Any) -> Scene:
    """Anna works until 18:00 by our table and her day is open; the client asked at 15:00, a minute before the robot."""
    it = Scene(CODE, {"shift_source": "timeman,our_shift", **form})
    it.client()
    it.minute = 1
    it.started_at = it.now
    day = Interval.between("09:00", "18:00")
    it.desk.shifts = Rota.of(
        [PlannedShift(user, day, MOSCOW, weekday=number) for user in (ANNA,) for number in range(5)]
    )
    for change in changes:
        change(it)
    return it


def workday(number: int, state: str, *, ended: float | None = None) -> Change:
    def change(it: Scene) -> None:
        person = it.office.staff[number]
        person.workday = state
        person.ended_at = (MONDAY + timedelta(minutes=ended)).isoformat() if ended is not None else ""

    return change


def nothing(it: Scene) -> None:
    """Leave all as it is."""


def everybody_off(it: Scene) -> None:
    for number in it.office.staff:
        it.office.staff[number].workday = "CLOSED"


def gone_home(it: Scene, *people: int) -> None:
    for number in people:
        it.office.staff[number].workday = "CLOSED"


COLLEAGUES = (BORIS, VERA)
