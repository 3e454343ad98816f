"""Schedules that people write: what is kept, what is refused, and what they come to as calendars."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.texts.text import Text
from core.worktime.calendar import Calendar
from core.worktime.days import DatedDays, DayKind, SpecialDay, YearlyDays
from core.worktime.intervals import Interval, Week
from core.worktime.portal import from_portal
from core.worktime.schedule import BadSchedule, Schedule, read_schedule, schedule_of

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = ["09:00-13:00", "14:00-18:00"]
WEEK = dict.fromkeys(("MO", "TU", "WE", "TH", "FR"), DAY)
FULL: dict[str, Any] = {
    "name": {"ru": "Поддержка", "en": "Support"},
    "zone": "Asia/Yekaterinburg",
    "week": WEEK,
    "exceptions": [
        {"date": "2026-12-31", "kind": "short", "hours": ["09:00-15:00"], "note": {"ru": "Канун", "en": "Eve"}},
        {"date": "2026-12-26", "kind": "working"},
        {"date": "12-30", "kind": "off"},
    ],
    "country": "RU",
}


def read(code: str = "support", **changes: Any) -> Schedule:
    return read_schedule(code, {**FULL, **changes}, now=NOW)


def local(text: str, zone: str = "Asia/Yekaterinburg") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def test_what_was_written_is_read_again() -> None:
    written = read().as_json()
    assert read_schedule("support", written, now=NOW) == read()
    assert written["week"] == {**WEEK, "SA": [], "SU": []}
    assert [row["date"] for row in written["exceptions"]] == ["2026-12-26", "2026-12-31", "12-30"]  # type: ignore[union-attr,index,call-overload]


def test_its_calendar_has_hours_lunch_and_days_of_its_own() -> None:
    calendar = read().calendar(MOSCOW)
    assert calendar.zone.key == "Asia/Yekaterinburg"
    assert calendar.is_open(local("2026-11-24T12:59"))
    assert not calendar.is_open(local("2026-11-24T13:30"))
    assert calendar.day_kind(date(2026, 12, 31)) is DayKind.SHORT
    assert calendar.note_on(date(2026, 12, 31)) == Text("Канун", "Eve")
    assert calendar.day_kind(date(2026, 12, 26)) is DayKind.MOVED
    assert calendar.day_kind(date(2027, 12, 30)) is DayKind.HOLIDAY


def test_the_country_knows_its_holidays_and_a_hand_may_say_otherwise() -> None:
    assert read().calendar(MOSCOW).day_kind(date(2027, 1, 4)) is DayKind.HOLIDAY
    at_work = read(exceptions=[{"date": "2027-01-04", "kind": "working"}])
    assert at_work.calendar(MOSCOW).is_open(local("2027-01-04T10:00"))
    assert read(country="").calendar(MOSCOW).is_open(local("2027-01-04T10:00"))


def test_without_a_zone_it_lives_in_the_portals() -> None:
    assert read(zone="").calendar(MOSCOW).zone == MOSCOW


def test_hours_over_midnight_and_around_the_clock() -> None:
    night = read(week={"FR": ["22:00-06:00"], "SA": ["00:00-24:00"]}, country="", exceptions=[])
    assert night.calendar(MOSCOW).is_open(local("2026-11-28T05:00"))
    assert night.as_json()["week"]["FR"] == ["22:00-06:00"]  # type: ignore[index,call-overload]
    assert night.as_json()["week"]["SA"] == ["00:00-24:00"]  # type: ignore[index,call-overload]


def test_laid_over_another_calendar_it_changes_only_its_days() -> None:
    overlay = read_schedule("portal", {"exceptions": [{"date": "2026-11-24", "kind": "off"}], "country": "BY"}, now=NOW)
    office = Calendar(Week.of((Interval(540, 1080),)), MOSCOW, Text("часы", "hours"))
    laid = overlay.over(office.with_exceptions(DatedDays({date(2026, 11, 25): SpecialDay.off()})))
    assert [laid.day_kind(date(2026, 11, day)) for day in (24, 25, 26)] == [
        DayKind.HOLIDAY,
        DayKind.HOLIDAY,
        DayKind.WORKDAY,
    ]
    assert laid.day_kind(date(2027, 7, 3)) is DayKind.HOLIDAY
    with pytest.raises(BadSchedule):
        overlay.calendar(MOSCOW)


def test_the_portals_own_calendar_can_be_written_down() -> None:
    settings: dict[str, Any] = {
        "work_time_start": "9.30",
        "work_time_end": "18",
        "week_holidays": ["SA", "SU"],
        "year_holidays": "1.01,4.11.2026",
        "year_workdays": "28.11.2026",
    }
    company = from_portal(settings, zone=MOSCOW)
    kept = schedule_of("office", company)
    again = read_schedule("office", kept.as_json(), now=NOW)
    assert again == kept
    calendar = again.calendar(ZoneInfo("UTC"))
    for day in (date(2026, 11, 28), date(2026, 11, 4), date(2027, 1, 1), date(2026, 11, 24)):
        assert calendar.day_kind(day) is company.day_kind(day)
        assert calendar.hours_on(day) == company.hours_on(day)


def test_of_two_layers_the_upper_is_written() -> None:
    day = date(2026, 11, 24)
    layers = (DatedDays({day: SpecialDay.working()}), DatedDays({day: SpecialDay.off()}), YearlyDays({}))
    office = Calendar(Week.of((Interval(540, 1080),)), MOSCOW, Text("часы", "hours"), layers)
    assert schedule_of("office", office).dated == {day: SpecialDay.working()}


BAD: list[tuple[str, dict[str, Any]]] = [
    ("no week", {"week": None}),
    ("a week that never opens", {"week": {}, "exceptions": []}),
    ("a week without hours", {"week": {"MO": []}, "exceptions": []}),
    ("an unknown day", {"week": {"MONDAY": DAY}}),
    ("hours that are no list", {"week": {"MO": "09:00-18:00"}}),
    ("hours in another writing", {"week": {"MO": ["9-18"]}}),
    ("hours that do not exist", {"week": {"MO": ["24:00-25:00"]}}),
    ("overlapping hours", {"week": {"MO": ["09:00-13:00", "12:00-18:00"]}}),
    ("seven stretches", {"week": {"MO": [f"0{hour}:00-0{hour}:30" for hour in range(7)]}}),
    ("no such zone", {"zone": "Europe/Atlantis"}),
    ("a path for a zone", {"zone": "../../etc/passwd"}),
    ("a zone that is a number", {"zone": 3}),
    ("holidays of nowhere", {"country": "XX"}),
    ("days that are no list", {"exceptions": {}}),
    ("a day that is no object", {"exceptions": ["2026-12-31"]}),
    ("no date", {"exceptions": [{"kind": "off"}]}),
    ("a date that is none", {"exceptions": [{"date": "2026-02-30", "kind": "off"}]}),
    ("a yearly date that is none", {"exceptions": [{"date": "02-30", "kind": "off"}]}),
    ("no kind", {"exceptions": [{"date": "2026-12-31"}]}),
    ("off with hours", {"exceptions": [{"date": "2026-12-31", "kind": "off", "hours": DAY}]}),
    ("short without hours", {"exceptions": [{"date": "2026-12-31", "kind": "short"}]}),
    ("a day twice", {"exceptions": [{"date": "2026-12-31", "kind": "off"}] * 2}),
    ("too many days", {"exceptions": [{"date": "2026-12-31", "kind": "off"}] * 401}),
    ("a name that is a number", {"name": 7}),
    ("a name without end", {"name": "и" * 101}),
    ("a note of numbers", {"exceptions": [{"date": "2026-12-31", "kind": "off", "note": {"ru": 1}}]}),
]


@pytest.mark.parametrize(("why", "changes"), BAD, ids=[row[0] for row in BAD])
def test_what_cannot_be_kept(why: str, changes: dict[str, Any]) -> None:
    with pytest.raises(BadSchedule) as bad:
        read(**changes)
    assert bad.value.text.ru.startswith("График не сохранён: ")
    assert bad.value.text.en.startswith("The schedule was not saved: ")


@pytest.mark.parametrize("code", ["", "Support", "1st", "a" * 33, "график", "a-b"])
def test_codes(code: str) -> None:
    with pytest.raises(BadSchedule):
        read(code)


def test_one_name_serves_both_languages() -> None:
    assert read(name="Support").name == Text("Support", "Support")
    assert read(name={"ru": "Поддержка"}).name == Text("Поддержка", "Поддержка")
    assert read(name=None).name == Text("support", "support")
