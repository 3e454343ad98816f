"""What a changed working time does to the timers that were counted by it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.bitrix24.command import Json
from core.bitrix24.documents import Item
from core.bitrix24.wire import as_dict, as_list, as_str
from core.db import Database, Row, Statement, Value, from_millis, to_millis
from core.dialogs.known import KnownDialog
from core.dialogs.line import Line, line_command, line_of
from core.portals.lane import Lane
from core.robots import AnyRobot, BadProperty, CalendarChoice
from core.robots.calendars import Calendars
from core.worktime.calendar import Calendar, NeverOpen
from core.worktime.schedule import OVERLAY, NoSchedule

#: Whoever has more timers than this sees the first ones; the others are counted anew when they fire.
MOST: Final = 500
_MINUTE: Final = timedelta(minutes=1)

_WAITS: Final = """
SELECT run.id, run.robot, run.title, run.entity_type_id, run.item_id, run.wake_at, run.properties, run.known,
    run_event.at, run_event.data
FROM run JOIN run_event ON run_event.id = (
    SELECT max(id) FROM run_event WHERE run_event.run_id = run.id AND run_event.kind = 'waits')
WHERE run.portal_id = :portal_id AND run.status = 'waiting' AND run.wake_at > :now
ORDER BY run.wake_at LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class Wait:
    """A timer that is counted in working time: so much of it since ``begun_at``, by one calendar."""

    run_id: str
    robot: str
    title: str
    item: Item | None
    due_at: datetime
    begun_at: datetime
    counted_for: timedelta
    calendar_name: str
    choice: CalendarChoice
    line_id: int

    @property
    def minutes(self) -> int:
        return -(-self.counted_for // _MINUTE)


@dataclass(frozen=True, slots=True)
class Moved:
    """A timer and when it fires by the changed working time."""

    wait: Wait
    due_at: datetime


async def waits(database: Database, portal_id: str, robots: Mapping[str, AnyRobot], *, now: datetime) -> list[Wait]:
    """Return the timers of a portal that are counted in working time, the soonest first."""
    params: dict[str, Value] = {"portal_id": portal_id, "now": to_millis(now), "most": MOST}
    [rows] = await database.read(Statement(_WAITS, params))
    return [wait for row in rows if (wait := _wait(row, robots)) is not None]


async def lines_of(lane: Lane, waiting: Iterable[Wait]) -> Mapping[int, Line]:
    """Return the open lines by whose hours some of these are counted; raises what the lane raises."""
    wanted = {wait.line_id for wait in waiting if wait.line_id and wait.choice is CalendarChoice.LINE}
    known = {line_id: line for line_id in wanted if (line := lane.lines.get(line_id)) is not None}
    if missing := sorted(wanted - known.keys()):
        answers = await lane.read({f"line{line_id}": line_command(line_id) for line_id in missing})
        read = [line_of(answer.result) for answer in answers.values() if answer.ok]
        known |= {line.id: line for line in read if line is not None}
    return known


async def moved(
    code: str, waiting: Iterable[Wait], lines: Mapping[int, Line], *, before: Calendars, after: Calendars
) -> list[Moved]:
    """Return the timers that a change of one schedule would move.

    A timer whose moment does not follow from the calendar as it was is left alone: it is not counted by it.
    """
    found: list[Moved] = []
    for wait in waiting:
        if (wait.calendar_name or OVERLAY) != code:
            continue
        old, new = await _calendar(wait, lines, before), await _calendar(wait, lines, after)
        if old is None or new is None or abs(_due(old, wait) - wait.due_at) > _MINUTE:
            continue
        due_at = _due(new, wait)
        if due_at != wait.due_at:
            found.append(Moved(wait, due_at))
    return found


def _due(calendar: Calendar, wait: Wait) -> datetime:
    """A calendar that does not open any more leaves the timer where it is."""
    try:
        return calendar.add(wait.begun_at, wait.minutes)
    except NeverOpen:
        return wait.due_at


async def _calendar(wait: Wait, lines: Mapping[int, Line], calendars: Calendars) -> Calendar | None:
    """Return the calendar that a timer is counted by; None for an employee's, which only the robot asks for."""
    if wait.calendar_name:
        try:
            return calendars.named(wait.calendar_name)
        except NoSchedule:
            return None
    match wait.choice:
        case CalendarChoice.PORTAL:
            return await calendars.company()
        case CalendarChoice.LINE:
            line = lines.get(wait.line_id)
            return calendars.line(line) if line is not None else None
        case _:
            return None


def _wait(row: Row, robots: Mapping[str, AnyRobot]) -> Wait | None:
    """Read a row; None for a wait that is not counted in working time, or not known how."""
    robot, spans = robots.get(str(row["robot"])), _spans(_read(row["data"]).get("counted"))
    if robot is None or not spans:
        return None
    try:
        given = robot.decoded(_read(row["properties"]))
    except BadProperty:
        return None
    choice = getattr(given, "calendar", None)
    known = KnownDialog.from_json(_read(row["known"]))
    item_id = int(row["item_id"] or 0)
    return Wait(
        run_id=str(row["id"]),
        robot=robot.code,
        title=str(row["title"]),
        item=Item(int(row["entity_type_id"] or 0), item_id) if item_id else None,
        due_at=from_millis(int(row["wake_at"] or 0)),
        begun_at=min(from_millis(int(row["at"] or 0)), spans[0][0]),
        counted_for=sum((end - start for start, end in spans), timedelta()),
        calendar_name=str(getattr(given, "calendar_name", "")).strip(),
        choice=choice if isinstance(choice, CalendarChoice) else CalendarChoice.ALWAYS,
        line_id=known.line_id if known is not None else 0,
    )


def _spans(counted: Json) -> list[tuple[datetime, datetime]]:
    spans: list[tuple[datetime, datetime]] = []
    for pair in as_list(counted):
        moments = [datetime.fromisoformat(as_str(moment)) for moment in as_list(pair)]
        if len(moments) == 2:
            spans.append((moments[0], moments[1]))
    return spans


def _read(value: object) -> dict[str, Json]:
    return as_dict(json.loads(value)) if isinstance(value, str) else {}
