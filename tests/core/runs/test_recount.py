"""Timers under a working time that changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from activities import load
from core.bitrix24.command import Answer, Command, Json
from core.db import Database
from core.dialogs.line import Line, line_of
from core.robots.calendars import Calendars
from core.runs.recount import Moved, Wait, moved, waits
from core.texts.text import Text
from core.worktime.schedule import Schedule, read_schedule
from tests.core.runs.rows import NOON, event, portal, store, waiting

MOSCOW = ZoneInfo("Europe/Moscow")
DAYS = ("MO", "TU", "WE", "TH", "FR")
#: 12:00 on Monday in Moscow; the client waits since 11:30.
BEGUN = NOON - timedelta(minutes=30)


def schedule(code: str, hours: str, **more: Json) -> Schedule:
    body: dict[str, Json] = {"week": {day: [hours] for day in DAYS}, "zone": "Europe/Moscow", **more}
    return read_schedule(code, body, now=NOON)


def overlay(*days: str) -> Schedule:
    exceptions: list[Json] = [{"date": day, "kind": "off"} for day in days]
    return read_schedule("portal", {"exceptions": exceptions}, now=NOON)


def calendars(*schedules: Schedule) -> Calendars:
    async def read(commands: Mapping[str, Command], *, halt: bool = False) -> Mapping[str, Answer]:
        hours: Json = {"work_time_start": "9", "work_time_end": "18", "week_holidays": ["SA", "SU"]}
        return dict.fromkeys(commands, Answer(hours))

    return Calendars(read, MOSCOW, {one.code: one for one in schedules})


def line() -> Line:
    found = line_of(
        {
            "ID": 3,
            "WORKTIME_ENABLE": "Y",
            "WORKTIME_FROM": "9",
            "WORKTIME_TO": "20",
            "WORKTIME_TIMEZONE": "Europe/Moscow",
            "WORKTIME_DAYOFF": ["SA", "SU"],
        }
    )
    assert found is not None
    return found


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as opened:
        await store(opened, portal("alpha"), portal("beta"))
        yield opened


async def asleep(
    database: Database, minutes: int, by: Calendars, properties: Mapping[str, str], *, portal_id: str = "alpha"
) -> str:
    """Store a run that waits so many working minutes by the calendar that its form names."""
    choice = properties.get("calendar", "line")
    named = properties.get("calendar_name")
    calendar = by.named(named) if named else by.line(line()) if choice == "line" else await by.company()
    due = calendar.add(BEGUN, minutes)
    counted: list[Json] = [[span.start.isoformat(), span.end.isoformat()] for span in calendar.spans(BEGUN, due)]
    fields: dict[str, Any] = {"known": {"chat_id": 5, "session_id": 6, "line_id": 3}}
    one = waiting(portal_id, properties=dict(properties), wakes_in=(due - NOON) / timedelta(minutes=1), **fields)
    data: dict[str, Json] = {"due": due.isoformat(), "counted": counted}
    await store(database, one, event(one, "waits", Text("Ждёт", "Waits"), data=data))
    return one.id


async def changes(database: Database, code: str, before: Calendars, after: Calendars) -> list[Moved]:
    found = await waits(database, "alpha", load(), now=NOON)
    return await moved(code, found, {3: line()}, before=before, after=after)


def at(hour: int, minute: int = 0, *, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW).astimezone(UTC)


async def test_a_named_schedule_that_opens_later_and_has_lunch(database: Database) -> None:
    before = calendars(schedule("support", "09:00-18:00"))
    after = calendars(
        read_schedule("support", {"week": {day: ["09:00-13:00", "14:00-18:00"] for day in DAYS}}, now=NOON)
    )
    run_id = await asleep(database, 120, before, {"calendar_name": "support"})
    await asleep(database, 60, before, {"calendar_name": "support"})
    await asleep(database, 120, before, {"calendar": "portal"})
    await asleep(database, 120, before, {"calendar_name": "support"}, portal_id="beta")
    [change] = await changes(database, "support", before, after)
    assert (change.wait.run_id, change.wait.due_at, change.due_at) == (run_id, at(13, 30), at(14, 30))


async def test_a_wait_that_began_while_it_was_closed_is_counted_from_there(database: Database) -> None:
    before, after = calendars(schedule("late", "14:00-18:00")), calendars(schedule("late", "13:00-18:00"))
    await asleep(database, 30, before, {"calendar_name": "late"})
    [change] = await changes(database, "late", before, after)
    assert (change.wait.due_at, change.due_at) == (at(14, 30), at(13, 30))


async def test_a_day_off_over_the_portals_and_the_lines_hours(database: Database) -> None:
    before, after = calendars(), calendars(overlay("2026-11-24"))
    await asleep(database, 8 * 60, before, {"calendar": "portal"})
    await asleep(database, 10 * 60, before, {"calendar": "line"})
    await asleep(database, 5, before, {"calendar": "line"})
    changed = await changes(database, "portal", before, after)
    assert [(change.wait.due_at, change.due_at) for change in changed] == [
        (at(10, 30, day=24), at(10, 30, day=25)),
        (at(10, 30, day=24), at(10, 30, day=25)),
    ]


async def test_what_is_counted_otherwise_is_left_alone(database: Database) -> None:
    before, after = calendars(schedule("support", "09:00-18:00")), calendars(schedule("support", "15:00-18:00"))
    elsewhere = calendars(schedule("support", "10:00-12:00"))
    await asleep(database, 120, elsewhere, {"calendar_name": "support"})
    always = waiting(properties={"calendar": "always"})
    uncounted, broken, strange = waiting(), waiting(properties={"after_minutes": "x"}), waiting(robot="gone")
    await store(database, always, uncounted, broken, strange)
    data: dict[str, Json] = {"counted": [[BEGUN.isoformat(), NOON.isoformat()]]}
    for one in (always, broken, strange):
        await store(database, event(one, "waits", Text("Ждёт", "Waits"), data=data))
    assert await changes(database, "support", before, after) == []
    assert await changes(database, "portal", calendars(), calendars(overlay("2026-11-23"))) == []


async def test_a_calendar_that_never_opens_moves_nothing(database: Database) -> None:
    before = calendars(schedule("support", "09:00-18:00"))
    await asleep(database, 60, before, {"calendar_name": "support"})
    assert await changes(database, "support", before, calendars()) == []


def test_minutes_are_whole() -> None:
    wait = Wait("id", "r", "", None, NOON, NOON, timedelta(seconds=61), "", None, 0)  # type: ignore[arg-type]  # unused
    assert wait.minutes == 2
