"""The schedules of one portal with what they become when one of them is changed: calendars, and timers that move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from core.bitrix24.command import Answer, Command, Json, Reads
from core.bitrix24.errors import BitrixError
from core.clock import Clock
from core.db import Database
from core.portals.keyring import Unreadable
from core.portals.lane import LaneClosed, Lanes
from core.portals.schedules import portal_schedules
from core.robots import AnyRobot
from core.robots.calendars import Calendars
from core.runs.commands import Actor, NoSuchRun, NotNow, move
from core.runs.recount import Moved, lines_of, moved, waits
from core.texts.text import Text
from core.worktime.calendar import Calendar
from core.worktime.intervals import Interval, Week
from core.worktime.schedule import OVERLAY, Schedule, read_schedule, schedule_of
from server.ui.sessions import Visitor

#: What a portal has that does not tell its hours now.
_USUAL_WEEK = Week.of((Interval.between("09:00", "18:00"),), off=("SA", "SU"))
_USUAL = Text("9:00–18:00, пока портал не отвечает", "9:00–18:00 while the portal does not answer")


@dataclass(frozen=True, slots=True)
class Book:
    """Schedules by their codes, and how the portal itself is asked for its hours; None: it cannot be asked now."""

    visitor: Visitor
    schedules: Mapping[str, Schedule]
    read: Reads | None

    def calendars(self, *, changed: Schedule | None = None) -> Calendars:
        known = {**self.schedules, **({changed.code: changed} if changed is not None else {})}
        return Calendars(self.read or _silent, self.visitor.zone, known)

    async def calendar(self, schedule: Schedule) -> Calendar:
        """Return what a schedule means; the overlay lies over the hours of the portal."""
        if schedule.week is not None:
            return schedule.calendar(self.visitor.zone)
        with suppress(BitrixError):
            if self.read is not None:
                return await self.calendars(changed=schedule).company()
        return schedule.over(Calendar(_USUAL_WEEK, self.visitor.zone, _USUAL))

    async def of_portal(self) -> Schedule:
        """Return the portal's own hours as a schedule; raises what the lane raises."""
        calendars = Calendars(self.read or _silent, self.visitor.zone, {})
        return schedule_of("imported", await calendars.company())


class Books:
    """Opens the book of the portal that asks."""

    def __init__(self, database: Database, lanes: Lanes, clock: Clock, robots: Mapping[str, AnyRobot]) -> None:
        self._database = database
        self._lanes = lanes
        self._clock = clock
        self._robots = robots

    async def open(self, visitor: Visitor) -> Book:
        read: Reads | None = None
        with suppress(LaneClosed, Unreadable):
            read = (await self._lanes.lane(visitor.portal_id)).read
        return Book(visitor, await portal_schedules(visitor.portal_id, self._database), read)

    def draft(self, code: str, value: Mapping[str, Json]) -> Schedule:
        """Read what somebody is about to keep; raises BadSchedule."""
        return read_schedule(code, value, now=self._clock.now())

    async def moved(self, visitor: Visitor, draft: Schedule) -> Sequence[Moved]:
        """Return the timers that this change would move; raises what the lane raises when it must be asked."""
        book = await self.open(visitor)
        waiting = await waits(self._database, visitor.portal_id, self._robots, now=self._clock.now())
        lines = {}
        if draft.code == OVERLAY and waiting:
            lines = dict(await lines_of(await self._lanes.lane(visitor.portal_id), waiting))
        return await moved(draft.code, waiting, lines, before=book.calendars(), after=book.calendars(changed=draft))

    async def recount(self, visitor: Visitor, changes: Sequence[Moved]) -> int:
        """Move timers to when the changed working time has them; returns how many were still there."""
        actor, done = Actor(visitor.user_id, visitor.user_name), 0
        for change in changes:
            with suppress(NotNow, NoSuchRun):
                await move(
                    self._database,
                    visitor.portal_id,
                    change.wait.run_id,
                    action="move",
                    wake_at=max(change.due_at, self._clock.now()),
                    actor=actor,
                    clock=self._clock,
                )
                done += 1
        return done


async def _silent(commands: Mapping[str, Command], *, halt: bool = False) -> Mapping[str, Answer]:
    """A portal that cannot be asked tells nothing."""
    del halt
    return dict.fromkeys(commands, Answer(None, error="UNAVAILABLE"))
