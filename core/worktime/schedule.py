"""A working-time schedule that people define themselves, as it is written, checked and turned into a calendar."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.bitrix24.command import Json
from core.texts.text import Text
from core.worktime.calendar import Calendar, NeverOpen
from core.worktime.country import COUNTRIES, with_country
from core.worktime.days import DatedDays, DayKind, Exceptions, SpecialDay, YearlyDays
from core.worktime.intervals import DAY_CODES, MINUTES_A_DAY, Hours, Interval, Week

#: The code of what is laid over the portal's, the lines' and the employees' own working time.
OVERLAY: Final = "portal"
CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
MOST_EXCEPTIONS: Final = 400
LONGEST_WORDS: Final = 100
_MOST_INTERVALS: Final = 6

_HOURS: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|(24:00))", re.ASCII)
_DATED: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_YEARLY: Final = re.compile(r"([0-9]{2})-([0-9]{2})", re.ASCII)
_LEAP_YEAR: Final = 2024


class BadSchedule(ValueError):
    """A schedule that cannot be kept; ``text`` says what is wrong with it in one sentence."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class NoSchedule(Exception):
    """There is no such working time, or the portal does not tell it; ``text`` says so in one sentence."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True)
class Schedule:
    """One schedule of a portal; ``week`` is None only where it is laid over another calendar."""

    code: str
    name: Text
    zone: str = ""
    week: Week | None = None
    dated: Mapping[date, SpecialDay] = field(default_factory=dict)
    yearly: Mapping[tuple[int, int], SpecialDay] = field(default_factory=dict)
    country: str = ""

    def calendar(self, portal_zone: ZoneInfo) -> Calendar:
        """Return the calendar of its own week. Raises BadSchedule where it has none."""
        if self.week is None:
            raise _bad("в графике нет недели", "the schedule has no week")
        return self.over(Calendar(self.week, ZoneInfo(self.zone) if self.zone else portal_zone, self.name))

    def over(self, calendar: Calendar) -> Calendar:
        """Lay what is special here over another calendar: days set by hand win, then the country's, then its own."""
        laid = with_country(calendar, self.country) if self.country else calendar
        layers: list[Exceptions] = [DatedDays(self.dated)] if self.dated else []
        layers += [YearlyDays(self.yearly)] if self.yearly else []
        return laid.with_exceptions(*layers)

    def as_json(self) -> dict[str, Json]:
        """Return what `read_schedule` reads."""
        days = [(day.isoformat(), special) for day, special in sorted(self.dated.items())]
        days += [(f"{month:02d}-{day:02d}", special) for (month, day), special in sorted(self.yearly.items())]
        hours = self.week.days if self.week is not None else None
        return {
            "code": self.code,
            "name": {"ru": self.name.ru, "en": self.name.en},
            "zone": self.zone,
            "week": {code: _written(hours[at]) for at, code in enumerate(DAY_CODES)} if hours is not None else None,
            "exceptions": [_special_json(day, special) for day, special in days],
            "country": self.country,
        }


def read_schedule(code: str, value: Mapping[str, Json], *, now: datetime) -> Schedule:
    """Read a schedule as it is stored and as the API takes it; ``now`` is for the question whether it ever opens.

    ``{"name": {"ru", "en"}, "zone": IANA, "week": {"MO": ["09:00-13:00", "14:00-18:00"], …}, "exceptions":
    [{"date": "2026-12-31" | "12-31", "kind": "off" | "short" | "working", "hours": […], "note": {…}}],
    "country": "RU"}``. Raises BadSchedule.
    """
    if not CODE.fullmatch(code):
        raise _bad("код — латинские буквы, цифры и подчёркивания", "the code is Latin letters, digits, underscores")
    week = value.get("week")
    if week is None and code != OVERLAY:
        raise _bad("не заданы часы недели", "the week has no hours")
    dated, yearly = _special_days(value.get("exceptions"))
    schedule = Schedule(
        code=code,
        name=_words(value.get("name"), "название", "the name") or Text(code, code),
        zone=_zone(value.get("zone")),
        week=None if week is None else _week(week),
        dated=dated,
        yearly=yearly,
        country=_country(value.get("country")),
    )
    if schedule.week is not None:
        _opens(schedule, now)
    return schedule


def schedule_of(code: str, calendar: Calendar) -> Schedule:
    """Write down a calendar whose special days all have dates, such as the portal's own."""
    dated: dict[date, SpecialDay] = {}
    yearly: dict[tuple[int, int], SpecialDay] = {}
    for layer in reversed(calendar.exceptions):
        match layer:
            case DatedDays(days):
                dated |= days
            case YearlyDays(each_year):
                yearly |= each_year
    return Schedule(code, calendar.name, calendar.zone.key, calendar.week, dated, yearly)


def _opens(schedule: Schedule, now: datetime) -> None:
    try:
        schedule.calendar(ZoneInfo("UTC")).next_open(now)
    except NeverOpen:
        raise _bad("в нём нет рабочего времени", "it has no working time") from None


def _week(value: Json) -> Week:
    if not isinstance(value, dict) or not set(value) <= set(DAY_CODES):
        raise _bad("дни недели: MO, TU, WE, TH, FR, SA, SU", "days of the week: MO, TU, WE, TH, FR, SA, SU")
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (_hours(value.get(day)) for day in DAY_CODES)
    return Week((monday, tuesday, wednesday, thursday, friday, saturday, sunday))


def _hours(value: Json) -> Hours:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > _MOST_INTERVALS:
        raise _bad("часы дня — до шести промежутков списком", "the hours of a day are a list of up to six intervals")
    intervals = sorted(_interval(part) for part in value)
    if any(left.end > right.start for left, right in pairwise(intervals)):
        raise _bad("часы дня пересекаются", "the hours of a day overlap")
    return tuple(intervals)


def _interval(value: Json) -> Interval:
    match = _HOURS.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _bad("часы пишут как 09:00-18:00", "hours are written as 09:00-18:00")
    start = int(match.group(1)) * 60 + int(match.group(2))
    end = MINUTES_A_DAY if match.group(5) else int(match.group(3)) * 60 + int(match.group(4))
    return Interval(start, end if end > start else end + MINUTES_A_DAY)


def _special_days(value: Json) -> tuple[dict[date, SpecialDay], dict[tuple[int, int], SpecialDay]]:
    rows = [] if value is None else value
    if not isinstance(rows, list) or len(rows) > MOST_EXCEPTIONS:
        raise _bad("особых дней — не больше 400, списком", "special days are a list of 400 at most")
    dated: dict[date, SpecialDay] = {}
    yearly: dict[tuple[int, int], SpecialDay] = {}
    for row in rows:
        if not isinstance(row, dict):
            raise _bad("особый день — дата, вид и часы", "a special day is a date, a kind and hours")
        day, special = _day(row.get("date")), _special(row)
        if day in dated or day in yearly:
            raise _bad("один и тот же день задан дважды", "the same day is set twice")
        if isinstance(day, date):
            dated[day] = special
        else:
            yearly[day] = special
    return dated, yearly


def _day(value: Json) -> date | tuple[int, int]:
    text = value if isinstance(value, str) else ""
    try:
        if _DATED.fullmatch(text):
            return date.fromisoformat(text)
        if match := _YEARLY.fullmatch(text):
            month, day = int(match.group(1)), int(match.group(2))
            return (date(_LEAP_YEAR, month, day).month, day)
    except ValueError:
        pass
    raise _bad("дата — 2026-12-31 или 12-31", "a date is 2026-12-31 or 12-31")


def _special(row: Mapping[str, Json]) -> SpecialDay:
    hours, note = _hours(row.get("hours")), _words(row.get("note"), "примечание", "the note")
    match row.get("kind"):
        case "off" if not hours:
            return SpecialDay.off(note)
        case "short" if hours:
            return SpecialDay.short(hours, note)
        case "working":
            return SpecialDay.working(hours or None, note)
        case _:
            raise _bad(
                "вид дня — off без часов, short с часами или working",
                "a day is off without hours, short with hours, or working",
            )


def _words(value: Json, ru: str, en: str) -> Text | None:
    """Read ``{"ru", "en"}`` or one text for both; blank is None."""
    both = {"ru": value, "en": value} if isinstance(value, str) else value
    if both is None:
        return None
    if not isinstance(both, dict) or not all(isinstance(part, str) for part in both.values()):
        raise _bad(f"{ru} — текст на двух языках", f"{en} is a text in two languages")
    said = {language: str(both.get(language) or "").strip() for language in ("ru", "en")}
    if any(len(part) > LONGEST_WORDS for part in said.values()):
        raise _bad(f"{ru} — до 100 знаков", f"{en} is up to 100 characters long")
    if not any(said.values()):
        return None
    return Text(said["ru"] or said["en"], said["en"] or said["ru"])


def _zone(value: Json) -> str:
    if value is None or value == "":
        return ""
    name = value if isinstance(value, str) and len(value) <= 64 and ".." not in value else ""
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _bad("нет такого часового пояса", "there is no such time zone") from None


def _country(value: Json) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or value not in COUNTRIES:
        raise _bad("праздники есть для RU, BY и KZ", "there are holidays of RU, BY and KZ")
    return value


def _special_json(day: str, special: SpecialDay) -> Json:
    kinds = {DayKind.HOLIDAY: "off", DayKind.SHORT: "short", DayKind.MOVED: "working"}
    written: dict[str, Json] = {"date": day, "kind": kinds[special.kind], "hours": _written(special.hours or ())}
    if special.note.ru or special.note.en:
        written["note"] = {"ru": special.note.ru, "en": special.note.en}
    return written


def _written(hours: Sequence[Interval]) -> list[Json]:
    return [f"{_clock(one.start)}-{_clock(one.end)}" for one in hours]


def _clock(minutes: int) -> str:
    in_day = minutes if minutes <= MINUTES_A_DAY else minutes - MINUTES_A_DAY
    return f"{in_day // 60:02d}:{in_day % 60:02d}"


def _bad(ru: str, en: str) -> BadSchedule:
    return BadSchedule(Text(f"График не сохранён: {ru}.", f"The schedule was not saved: {en}."))
