"""The page of planned shifts: who works when, days that are different, who can do what, where shifts are known from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final
from zoneinfo import available_timezones

from babel.dates import format_date
from starlette.requests import Request
from starlette.responses import Response

from core.bitrix24.command import Json
from core.bitrix24.wire import as_dict, as_list, as_str
from core.db import Database
from core.portals.settings import portal_settings
from core.portals.shifts import planned_shifts
from core.robots.portal_settings import SCHEDULE_ID, SHIFT_SOURCES, SKILLS, UNKNOWN_SHIFT
from core.robots.shifts import Source
from core.texts.text import Text
from core.worktime.intervals import DAY_CODES, Interval
from core.worktime.rota import PlannedShift, Rota, shift_end
from server.ui.api.settings import SettingsApi
from server.ui.names import Names, named
from server.ui.pages import Pages, Visit
from server.ui.reader import Reader
from server.ui.robot_settings.eyes import MOST_PEOPLE
from server.ui.words import schedules as schedule_words
from server.ui.words import shifts as words

#: Names are asked for so many employees at most; the others have their numbers.
MOST_NAMED: Final = 6 * MOST_PEOPLE
#: Where the settings may know shifts from; a time of day is given in a robot only.
_SOURCES: Final[Mapping[str, Text]] = {one.value: one.label for one in Source if one is not Source.FIXED_TIME}


class Shifts:
    """Answers for ``/ui/shifts``."""

    def __init__(self, pages: Pages, database: Database, settings: SettingsApi, *, names: Names) -> None:
        self._pages = pages
        self._database = database
        self._settings = settings
        self._names = names

    async def page(self, visit: Visit, request: Request) -> Response:
        del request
        visitor, reader = visit.visitor, visit.reader
        shifts = await planned_shifts(visitor.portal_id, self._database)
        stored = await portal_settings(visitor.portal_id, self._database)
        skills = {int(user): as_list(known) for user, known in as_dict(stored.get(SKILLS)).items() if user.isdigit()}
        people = sorted({*skills, *(shift.user_id for shift in shifts)})
        names = await self._named(visit, people)
        rota = Rota.of(shifts)
        values = await self._settings.values(visitor)
        return self._pages.page(
            "shifts.html",
            visit,
            section="shifts",
            people=[
                _person(user, names, [one for one in shifts if one.user_id == user], skills.get(user, ()), rota, reader)
                for user in people
            ],
            days=_dated(shifts, reader),
            today=DAY_CODES[reader.day_start().weekday()],
            zones=sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
            script_words=_script_words(reader),
            weekdays=_weekdays(reader),
            sources=_SOURCES,
            chosen=as_str(values[SHIFT_SOURCES]).split(","),
            knows_all=values[UNKNOWN_SHIFT] == "off",
            schedule_id=values[SCHEDULE_ID],
        )

    async def _named(self, visit: Visit, people: list[int]) -> Mapping[int, str]:
        known: dict[int, str] = {}
        for at in range(0, min(len(people), MOST_NAMED), MOST_PEOPLE):
            known |= await self._names.of(visit.visitor, people[at : at + MOST_PEOPLE])
        return known


def _person(
    user: int,
    names: Mapping[int, str],
    lines: list[PlannedShift],
    skills: Iterable[Json],
    rota: Rota,
    reader: Reader,
) -> dict[str, Json]:
    week: dict[str, list[Interval]] = {}
    for line in lines:
        if line.weekday is not None and line.hours is not None:
            week.setdefault(DAY_CODES[line.weekday], []).append(line.hours)
    calendar = rota.of_user(user)
    until = shift_end(calendar, reader.now) if calendar is not None and calendar.is_open(reader.now) else None
    return {
        "user": user,
        "name": named(user, names),
        "zone": (lines[0].zone if lines else reader.zone).key,
        "week": {code: _said(hours) for code, hours in week.items()},
        "skills": ", ".join(map(as_str, skills)),
        "now": reader.said(words.NOW.format(until=f"{until.astimezone(reader.zone):%H:%M}")) if until else "",
    }


def _dated(shifts: Iterable[PlannedShift], reader: Reader) -> list[dict[str, Json]]:
    """Return days that are different, of those that are over only the last weeks'."""
    oldest = (reader.day_start() - timedelta(days=14)).date()
    found: dict[tuple[str, int], list[Interval]] = {}
    for line in shifts:
        if line.day is not None and line.day >= oldest:
            hours = found.setdefault((line.day.isoformat(), line.user_id), [])
            hours.extend([line.hours] if line.hours else [])
    return [{"date": day, "user": user, "hours": _said(hours)} for (day, user), hours in sorted(found.items())]


def _said(hours: list[Interval]) -> str:
    return ", ".join(f"{_clock(one.start)}-{_clock(one.end)}" for one in hours)


def _clock(minutes: int) -> str:
    """Write the end of the day as 24:00, and what is beyond it as the next day's."""
    day = 24 * 60
    return "24:00" if minutes == day else f"{minutes % day // 60:02d}:{minutes % 60:02d}"


def _weekdays(reader: Reader) -> list[Json]:
    monday = reader.day_start() - timedelta(days=reader.day_start().weekday())
    return [
        [code, format_date((monday + timedelta(days=at)).date(), "EEE", locale=reader.locale).capitalize()]
        for at, code in enumerate(DAY_CODES)
    ]


def _script_words(reader: Reader) -> dict[str, Json]:
    said = reader.said
    return {
        "days": _weekdays(reader),
        "off": said(words.OFF),
        "zone": said(schedule_words.ZONE),
        "skills": said(words.SKILLS),
        "skillsHint": said(words.SKILLS_HINT),
        "remove": said(words.REMOVE),
        "wrong": said(words.WRONG),
    }
