"""The pages of schedules: the list, one in its editor with the year it makes, and a calculator to try it."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import available_timezones

from babel.dates import format_date, get_month_names
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.bitrix24.command import Json
from core.bitrix24.errors import BitrixError
from core.db import Database
from core.robots import AnyRobot
from core.runs.recount import waits
from core.texts.text import Text, as_text, joined
from core.worktime.calendar import Calendar, NeverOpen
from core.worktime.counting import add_days
from core.worktime.country import COUNTRIES
from core.worktime.intervals import DAY_CODES, Hours
from core.worktime.schedule import OVERLAY, BadSchedule, Schedule
from server.errors import Bad
from server.ui.api.schedules import NEW, code_of, refused
from server.ui.bars import bar_of
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.pages import Pages, Visit
from server.ui.queries import Query, bad_request
from server.ui.reader import Reader
from server.ui.schedule_book import Book, Books
from server.ui.words import schedules as words

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099
_MOST: Final = {"minutes": 525_600, "hours": 8_760, "days": 3_650}
_NEW_WEEK: Final[Json] = {day: ["09:00-18:00"] for day in DAY_CODES[:5]}


@dataclass(frozen=True, slots=True)
class Line:
    """One schedule in the list."""

    code: str
    name: Text
    hours: Text
    zone: str
    country: Text | None
    special: int
    timers: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the year: how it is drawn and what is said of it."""

    day: date
    kind: str
    own: bool
    said: str


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    #: Empty cells before the first day.
    blank: int
    days: tuple[Day, ...]


class Schedules:
    """Answers for ``/ui/schedules`` and what lies below it."""

    def __init__(
        self,
        door: Door,
        pages: Pages,
        books: Books,
        database: Database,
        *,
        catalogue: Mapping[str, AnyRobot],
    ) -> None:
        self._door = door
        self._pages = pages
        self._books = books
        self._database = database
        self._catalogue = catalogue

    async def page(self, visit: Visit, request: Request) -> Response:
        del request
        book = await self._books.open(visit.visitor)
        waiting = await waits(self._database, visit.visitor.portal_id, self._catalogue, now=visit.reader.now)
        timers = Counter(wait.calendar_name for wait in waiting)
        lines = [_line(one, timers[code]) for code, one in sorted(book.schedules.items()) if code != OVERLAY]
        overlay = book.schedules.get(OVERLAY)
        return self._pages.page(
            "schedules.html",
            visit,
            section="schedules",
            lines=lines,
            overlay=_line(overlay, 0) if overlay else None,
        )

    async def one(self, visit: Visit, request: Request) -> Response:
        """The editor; ``new`` begins a schedule, and the portal's overlay begins empty. Raises Bad 404."""
        code = code_of(request)
        book = await self._books.open(visit.visitor)
        schedule = book.schedules.get(code)
        if schedule is None and code not in {NEW, OVERLAY}:
            raise Bad(404, "not_found")
        year = visit.reader.day_start().year
        draft = schedule or self._books.draft(code, {"week": _NEW_WEEK} if code == NEW else {})
        draft, taken = await self._taken(book, draft, Query.of(request).text("from", 10))
        body = draft.as_json()
        return self._pages.page(
            "schedule.html",
            visit,
            http_status=200,
            section="schedule",
            code=code,
            is_new=schedule is None and code == NEW,
            is_overlay=code == OVERLAY,
            exists=schedule is not None,
            taken=taken,
            body=body if schedule else {**body, "name": {"ru": "", "en": ""}},
            countries=COUNTRIES,
            zones=sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
            script_words=_script_words(visit.reader),
            year=year,
            start=f"{visit.reader.now.astimezone(visit.reader.zone):%Y-%m-%dT%H:%M}",
            **await self._year(visit, book, draft, year),
        )

    async def _taken(self, book: Book, draft: Schedule, source: str) -> tuple[Schedule, bool | None]:
        """Put the portal's hours into a draft when that is asked for; whether they could be had, None: not asked."""
        if source != "portal" or draft.code == OVERLAY:
            return draft, None
        try:
            portals = await book.of_portal() if book.read is not None else None
        except BitrixError:
            portals = None
        if portals is None:
            return draft, False
        return replace(portals, code=draft.code, name=draft.name, country=draft.country), True

    async def year(self, request: Request) -> JSONResponse:
        """Draw the year that ``{"schedule", "year"}`` makes."""
        visit = self._pages.visit(await self._door.visitor(request))
        body = await json_object(request)
        year = body.get("year")
        if not isinstance(year, int) or isinstance(year, bool) or not FIRST_YEAR <= year <= LAST_YEAR:
            raise bad_request()
        try:
            draft = self._draft(request, body)
        except BadSchedule as bad:
            return refused(bad, visit.visitor)
        parts = await self._year(visit, await self._books.open(visit.visitor), draft, year)
        return JSONResponse({"html": self._pages.fragment("schedule_year.html", visit, year=year, **parts)})

    async def attempt(self, request: Request) -> JSONResponse:
        """Count ``{"schedule", "start", "amount", "unit"}`` and say how."""
        visit = self._pages.visit(await self._door.visitor(request))
        body = await json_object(request)
        try:
            draft = self._draft(request, body)
        except BadSchedule as bad:
            return refused(bad, visit.visitor)
        calendar = await (await self._books.open(visit.visitor)).calendar(draft)
        start, amount, unit = _start(body.get("start"), calendar), _amount(body), str(body.get("unit"))
        try:
            due = _counted(calendar, start, amount, unit)
        except NeverOpen:
            return JSONResponse({"html": self._pages.fragment("schedule_try.html", visit, due=None)})
        reader = Reader(visit.reader.language, calendar.zone, visit.reader.now)
        spans: list[Json] = [[span.start.isoformat(), span.end.isoformat()] for span in calendar.spans(start, due)]
        html = self._pages.fragment(
            "schedule_try.html",
            visit,
            due=reader.due(due),
            exact=reader.exact(due),
            why=calendar.explain(start, due, now=visit.reader.now),
            bar=bar_of(start, {"due": due.isoformat(), "counted": spans}, now=None),
            here=reader,
        )
        return JSONResponse({"at": due.isoformat(), "html": html})

    def _draft(self, request: Request, body: Mapping[str, Json]) -> Schedule:
        value = body.get("schedule")
        if not isinstance(value, dict):
            raise bad_request()
        return self._books.draft(code_of(request), {name: part for name, part in value.items() if name != "code"})

    async def _year(self, visit: Visit, book: Book, draft: Schedule, year: int) -> dict[str, list[Month]]:
        calendar = await book.calendar(draft)
        return {"months": [_month(calendar, draft, year, month, visit.reader) for month in range(1, 13)]}


def _line(schedule: Schedule, timers: int) -> Line:
    special = len(schedule.dated) + len(schedule.yearly)
    country = COUNTRIES.get(schedule.country)
    return Line(schedule.code, schedule.name, _hours_said(schedule), schedule.zone, country, special, timers)


def _hours_said(schedule: Schedule) -> Text:
    """Say ``Пн–Чт 09:00–13:00, 14:00–18:00; Пт 09:00–17:00``."""
    if schedule.week is None:
        return Text("", "")
    if schedule.week.never_closes:
        return words.ALWAYS
    return joined((_stretch(*stretch) for stretch in _stretches(schedule.week.days)), "; ")


def _stretches(days: tuple[Hours, ...]) -> Iterator[tuple[int, int, Hours]]:
    first = 0
    for number in range(1, 8):
        if number == 7 or days[number] != days[first]:
            if days[first]:
                yield first, number - 1, days[first]
            first = number


def _stretch(first: int, last: int, hours: Hours) -> Text:
    names = [words.WEEKDAYS[DAY_CODES[number]] for number in dict.fromkeys((first, last))]
    return joined(names, "–") + " " + joined(interval.text for interval in hours)


def _month(calendar: Calendar, draft: Schedule, year: int, month: int, reader: Reader) -> Month:
    name = get_month_names("wide", context="stand-alone", locale=reader.locale)[month]
    days = tuple(
        _day(calendar, draft, day, reader) for day in Weeks().itermonthdates(year, month) if day.month == month
    )
    return Month(name.capitalize(), date(year, month, 1).weekday(), days)


def _day(calendar: Calendar, draft: Schedule, day: date, reader: Reader) -> Day:
    kind, note = calendar.day_kind(day), calendar.note_on(day)
    parts = [as_text(format_date(day, "d MMMM", locale=reader.locale)), words.KINDS[kind.value], note]
    parts.append(joined(interval.text for interval in calendar.hours_on(day)))
    said = ", ".join(part for part in map(reader.said, parts) if part)
    own = day in draft.dated or (day.month, day.day) in draft.yearly
    return Day(day, kind.value, own, said)


def _counted(calendar: Calendar, start: datetime, amount: int, unit: str) -> datetime:
    if unit == "days":
        return add_days(calendar, start, amount)
    return calendar.add(start, amount * 60 if unit == "hours" else amount)


def _start(value: Json, calendar: Calendar) -> datetime:
    """Read a moment as a form sends it, in the zone of the calendar."""
    if not isinstance(value, str) or len(value) > 40:
        raise bad_request()
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise bad_request() from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise bad_request()
    return moment if moment.tzinfo else moment.replace(tzinfo=calendar.zone)


def _amount(body: Mapping[str, Json]) -> int:
    amount, unit = body.get("amount"), body.get("unit")
    if not isinstance(unit, str) or unit not in _MOST:
        raise bad_request()
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 <= amount <= _MOST[unit]:
        raise bad_request()
    return amount


def _script_words(reader: Reader) -> dict[str, Json]:
    monday = date(2024, 1, 1)
    said = reader.said
    return {
        "off": said(words.DAY_OFF),
        "add": said(words.ADD_INTERVAL),
        "remove": said(words.REMOVE_INTERVAL),
        "opens": said(words.OPENS),
        "closes": said(words.CLOSES),
        "none": said(words.NO_EXCEPTIONS),
        "kinds": {"off": said(words.OFF), "short": said(words.SHORT), "working": said(words.WORKING)},
        "eachYear": said(words.EACH_YEAR),
        "days": [
            [code, format_date(monday + timedelta(days=at), "EEE", locale=reader.locale).capitalize()]
            for at, code in enumerate(DAY_CODES)
        ],
        "affected": said(words.AFFECTED),
        "affectedText": said(words.AFFECTED_TEXT),
        "recount": said(words.RECOUNT),
        "leave": said(words.LEAVE),
    }
