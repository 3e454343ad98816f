"""Planned shifts: weeks, dates, nights, breaks; the table of ours and a schedule of the portal."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.bitrix24.command import Json
from core.worktime.intervals import Interval
from core.worktime.rota import PlannedShift, Rota, from_schedule, on_break, shift_end

MOSCOW = ZoneInfo("Europe/Moscow")
OMSK = ZoneInfo("Asia/Omsk")
ANNA, BORIS = 8, 9
DAY, NIGHT = Interval.between("09:00", "18:00"), Interval.between("20:00", "08:00")
MORNING, AFTERNOON = Interval.between("09:00", "13:00"), Interval.between("14:00", "18:00")


def at(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    """A moment of the week of Monday, 23 November 2026: ``mo 10:00``."""
    name, clock = text.split()
    hours, minutes = map(int, clock.split(":"))
    return datetime(2026, 11, 23 + ["mo", "tu", "we", "th", "fr", "sa", "su"].index(name), hours, minutes, tzinfo=zone)


def weekly(hours: Interval, *days: int, user: int = ANNA, zone: ZoneInfo = MOSCOW) -> list[PlannedShift]:
    return [PlannedShift(user, hours, zone, weekday=day) for day in days]


DAYS = weekly(DAY, 0, 1)
NIGHTS = weekly(NIGHT, 0, 2)
WITH_LUNCH = [*weekly(MORNING, 0, 1), *weekly(AFTERNOON, 0, 1)]

#: when, whether the shift is on, its end
CASES = [
    ("in the day", DAYS, "mo 10:00", True, "mo 18:00"),
    ("at the opening", DAYS, "mo 09:00", True, "mo 18:00"),
    ("at the closing", DAYS, "mo 18:00", False, "tu 18:00"),
    ("in the evening", DAYS, "mo 20:00", False, "tu 18:00"),
    ("in the night", NIGHTS, "mo 23:00", True, "tu 08:00"),
    ("in the small hours", NIGHTS, "tu 03:00", True, "tu 08:00"),
    ("after the night", NIGHTS, "tu 08:00", False, "th 08:00"),
    ("before lunch", WITH_LUNCH, "mo 12:00", True, "mo 18:00"),
    ("at lunch", WITH_LUNCH, "mo 13:30", False, "mo 18:00"),
    ("after lunch", WITH_LUNCH, "mo 15:00", True, "mo 18:00"),
]


@pytest.mark.parametrize(("why", "lines", "moment", "is_on", "ends"), CASES, ids=[row[0] for row in CASES])
def test_when_a_shift_is_on(why: str, lines: list[PlannedShift], moment: str, is_on: bool, ends: str) -> None:
    calendar = Rota.of(lines).of_user(ANNA)
    assert calendar is not None
    assert calendar.is_open(at(moment)) is is_on
    assert shift_end(calendar, at(moment)) == at(ends)


BREAKS = [
    ("at lunch", WITH_LUNCH, "mo 13:30", "mo 14:00"),
    ("in the shift", WITH_LUNCH, "mo 12:00", None),
    ("after the shift", WITH_LUNCH, "mo 18:10", None),
    ("before the shift", WITH_LUNCH, "mo 08:00", None),
    ("between two days", DAYS, "mo 19:00", None),
    ("after the last shift there is", weekly(DAY, 4), "fr 19:00", None),
]


@pytest.mark.parametrize(("why", "lines", "moment", "until"), BREAKS, ids=[row[0] for row in BREAKS])
def test_a_break_is_no_end(why: str, lines: list[PlannedShift], moment: str, until: str | None) -> None:
    calendar = Rota.of(lines).of_user(ANNA)
    assert calendar is not None
    assert on_break(calendar, at(moment)) == (at(until) if until else None)


def test_a_date_takes_the_place_of_the_week() -> None:
    late, off = Interval.between("12:00", "21:00"), None
    lines = [
        *DAYS,
        PlannedShift(ANNA, late, MOSCOW, day=date(2026, 11, 23)),
        PlannedShift(ANNA, off, MOSCOW, day=date(2026, 11, 24)),
    ]
    calendar = Rota.of(lines).of_user(ANNA)
    assert calendar is not None
    assert not calendar.is_open(at("mo 10:00"))
    assert shift_end(calendar, at("mo 13:00")) == at("mo 21:00")
    assert not calendar.is_open(at("tu 10:00"))
    assert calendar.is_open(at("mo 10:00").replace(day=30))


def test_two_shifts_on_one_date() -> None:
    lines = [PlannedShift(ANNA, part, MOSCOW, day=date(2026, 11, 23)) for part in (MORNING, AFTERNOON)]
    calendar = Rota.of(lines).of_user(ANNA)
    assert calendar is not None
    assert shift_end(calendar, at("mo 10:00")) == at("mo 18:00")


def test_dates_alone_come_to_an_end() -> None:
    calendar = Rota.of([PlannedShift(ANNA, DAY, MOSCOW, day=date(2026, 11, 23))]).of_user(ANNA)
    assert calendar is not None
    assert shift_end(calendar, at("mo 10:00")) == at("mo 18:00")
    assert shift_end(calendar, at("mo 19:00")) is None


def test_each_works_by_his_own_table_and_clock() -> None:
    rota = Rota.of([*weekly(DAY, 0), *weekly(DAY, 0, user=BORIS, zone=OMSK)])
    anna, boris = rota.of_user(ANNA), rota.of_user(BORIS)
    assert anna is not None
    assert boris is not None
    assert shift_end(anna, at("mo 08:00")) == at("mo 18:00")
    assert shift_end(boris, at("mo 08:00")) == at("mo 15:00")
    assert rota.of_user(7) is None
    assert Rota.of([]).of_user(ANNA) is None


def test_whoever_works_around_the_clock_has_no_end() -> None:
    whole = Interval.between("00:00", "00:00")
    calendar = Rota.of(weekly(whole, *range(7))).of_user(ANNA)
    assert calendar is not None
    assert shift_end(calendar, at("mo 10:00")) is None


# --- a schedule of the portal ----------------------------------------------------------------------------------------


def schedule(*shifts: dict[str, Json], exclusions: Json = None) -> Json:
    usual: dict[str, Json] = {
        "WORK_TIME_START": 9 * 3600,
        "WORK_TIME_END": 18 * 3600,
        "WORK_DAYS": "12345",
        "DELETED": False,
    }
    rows: list[Json] = [{**usual, **shift} for shift in shifts]
    return {"ID": 1, "NAME": "Все", "SHIFTS": rows, "CALENDAR": {"EXCLUSIONS": exclusions or []}}


def test_a_schedule_of_the_portal() -> None:
    calendar = from_schedule(schedule({}), zone=MOSCOW)
    assert calendar is not None
    assert shift_end(calendar, at("fr 12:00")) == at("fr 18:00")
    assert not calendar.is_open(at("sa 12:00"))
    assert calendar.name.ru == "график портала «Все»"


def test_a_schedule_with_nights_and_numbers_as_text() -> None:
    night: dict[str, Json] = {"WORK_TIME_START": "72000", "WORK_TIME_END": "28800", "WORK_DAYS": "67"}
    calendar = from_schedule(schedule(night), zone=MOSCOW)
    assert calendar is not None
    assert shift_end(calendar, at("sa 23:00")) == at("su 08:00")


def test_days_off_in_a_schedule() -> None:
    calendar = from_schedule(schedule({}, exclusions={"2026": {"10": {"23": "0"}}}), zone=MOSCOW)
    assert calendar is not None
    assert not calendar.is_open(at("mo 12:00"))
    assert calendar.is_open(at("tu 12:00"))


NONE: list[tuple[str, Json]] = [
    ("there is none", []),
    ("no shifts", schedule()),
    ("deleted", schedule({"DELETED": True})),
    ("deleted, as text", schedule({"DELETED": "1"})),
    ("no days", schedule({"WORK_DAYS": ""})),
    ("nonsense", schedule({"WORK_TIME_START": "x"})),
    ("out of the day", schedule({"WORK_TIME_START": 90_000})),
    ("not a schedule", "no"),
    ("exclusions alone", {"CALENDAR": {"EXCLUSIONS": {"2026": {"12": {"40": "0"}}}}}),
]


@pytest.mark.parametrize(("why", "answer"), NONE, ids=[row[0] for row in NONE])
def test_what_is_no_schedule(why: str, answer: Json) -> None:
    assert from_schedule(answer, zone=MOSCOW) is None


def test_strange_exclusions_do_no_harm() -> None:
    strange: Json = {"2026": {"12": {"1": "0"}, "x": 5, "1": {"31": "0"}}, "y": []}
    calendar = from_schedule(schedule({}, exclusions=strange), zone=MOSCOW)
    assert calendar is not None
    assert calendar.is_open(at("mo 12:00"))
