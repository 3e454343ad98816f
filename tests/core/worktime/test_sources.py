"""Calendars from what Bitrix24 says, and from the production calendars of countries."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.bitrix24.command import Json
from core.texts.text import Text
from core.worktime.calendar import Calendar, NeverOpen
from core.worktime.country import with_country
from core.worktime.days import DatedDays, DayKind, SpecialDay
from core.worktime.intervals import Interval, Week
from core.worktime.line import clock_minutes, from_line
from core.worktime.portal import from_portal

MOSCOW = ZoneInfo("Europe/Moscow")
KALININGRAD = ZoneInfo("Europe/Kaliningrad")
MONDAY = date(2025, 11, 24)


def line(**changes: Json) -> dict[str, Json]:
    """Give the fields of ``imopenlines.config.get`` that matter, as the documented sample has them."""
    return {
        "ID": "22",
        "LINE_NAME": "Поддержка",
        "WORKTIME_ENABLE": "Y",
        "WORKTIME_FROM": "9",
        "WORKTIME_TO": "18.30",
        "WORKTIME_TIMEZONE": "Europe/Kaliningrad",
        "WORKTIME_HOLIDAYS": [""],
        "WORKTIME_DAYOFF": [""],
        **changes,
    }


def at(text: str, zone: ZoneInfo = KALININGRAD) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def minutes_of(calendar: Calendar, day: str) -> int:
    start = at(f"{day} 00:00", calendar.zone)
    return calendar.between(start, start.replace(hour=23, minute=59)) + calendar.is_open(
        start.replace(hour=23, minute=59)
    )


@pytest.mark.parametrize(
    ("number", "minutes"),
    [
        ("9", 540),
        ("18.30", 1110),
        ("18.3", 1110),
        ("9.05", 545),
        ("0", 0),
        ("23.59", 1439),
        ("24", 1440),
        ("18:30", 1110),
        (9, 540),
        (18.3, 1110),
        ("9.75", 600),
        ("", 0),
        (None, 0),
        ("nine", 0),
        ("-5", 0),
        ("99", 1440),
    ],
)
def test_hours_are_numbers_and_the_point_parts_minutes(number: Json, minutes: int) -> None:
    assert clock_minutes(number) == minutes


def test_a_line_has_the_hours_of_its_zone() -> None:
    calendar = from_line(line(), portal_zone=MOSCOW)
    assert calendar.zone == KALININGRAD
    assert calendar.is_open(at("2025-11-24 18:29"))
    assert not calendar.is_open(at("2025-11-24 18:30"))
    assert calendar.name == Text("часы линии «Поддержка»", "hours of the line “Поддержка”")


@pytest.mark.parametrize("zone", ["", None, "Mars/Olympus", "../etc/passwd"])
def test_a_line_without_a_usable_zone_lives_in_the_portals(zone: Json) -> None:
    assert from_line(line(WORKTIME_TIMEZONE=zone), portal_zone=MOSCOW).zone == MOSCOW


def test_a_line_with_hours_switched_off_is_always_open_but_keeps_its_name() -> None:
    calendar = from_line(line(WORKTIME_ENABLE="N"), portal_zone=MOSCOW)
    assert calendar.next_close(at("2025-11-24 03:00")) is None
    assert "Поддержка" in calendar.name.ru


def test_from_0_to_23_59_is_the_whole_day() -> None:
    calendar = from_line(line(WORKTIME_FROM="0", WORKTIME_TO="23.59"), portal_zone=MOSCOW)
    assert calendar.next_close(at("2025-11-24 03:00")) is None


def test_days_off_and_holidays_of_a_line() -> None:
    calendar = from_line(
        line(
            WORKTIME_DAYOFF=["SA", "SU"], WORKTIME_HOLIDAYS=["24.11", "01.01", "32.13", "x", "²4.11", "9" * 5000 + ".1"]
        ),
        portal_zone=MOSCOW,
    )
    assert calendar.day_kind(MONDAY) is DayKind.HOLIDAY
    assert calendar.day_kind(date(2030, 11, 24)) is DayKind.HOLIDAY  # each year
    assert calendar.day_kind(date(2025, 11, 29)) is DayKind.WEEKEND
    assert calendar.day_kind(date(2025, 11, 25)) is DayKind.WORKDAY


def test_days_off_may_come_as_a_string() -> None:
    calendar = from_line(line(WORKTIME_DAYOFF="SA,SU"), portal_zone=MOSCOW)
    assert calendar.day_kind(date(2025, 11, 29)) is DayKind.WEEKEND


@pytest.mark.parametrize(("opens", "closes"), [("22", "6"), ("9", "9"), ("", "")])
def test_a_line_that_never_opens_in_bitrix24_never_opens_here(opens: str, closes: str) -> None:
    calendar = from_line(line(WORKTIME_FROM=opens, WORKTIME_TO=closes), portal_zone=MOSCOW)
    with pytest.raises(NeverOpen) as raised:
        calendar.add(at("2025-11-24 10:00"), 5)
    assert "Поддержка" in raised.value.text.ru


def test_a_message_two_minutes_before_closing() -> None:
    calendar = from_line(line(WORKTIME_TO="18", WORKTIME_DAYOFF=["SA", "SU"]), portal_zone=MOSCOW)
    friday = at("2025-11-28 17:58")
    due = calendar.add(friday, 15)
    assert due == at("2025-12-01 09:13")
    assert calendar.explain(friday, due).ru == "2 мин сегодня до 18:00, 13 мин 1 дек. с 09:00"


PORTAL: dict[str, Json] = {
    "work_time_start": "9",
    "work_time_end": "19",
    "year_holidays": "1.01,2.01,7.01,23.02,8.03,1.05,9.05,12.06,4.11",
    "year_workdays": "31.12",
    "week_holidays": ["SA", "SU"],
}


def test_the_portals_own_hours() -> None:
    calendar = from_portal(PORTAL, zone=MOSCOW)
    assert minutes_of(calendar, "2025-11-24") == 600
    assert calendar.day_kind(date(2025, 11, 4)) is DayKind.HOLIDAY
    assert calendar.day_kind(date(2027, 11, 4)) is DayKind.HOLIDAY
    assert calendar.day_kind(date(2022, 12, 31)) is DayKind.MOVED  # a Saturday that the list calls a working day
    assert minutes_of(calendar, "2022-12-31") == 600
    assert calendar.day_kind(date(2025, 12, 31)) is DayKind.WORKDAY


def test_half_hours_full_dates_and_empty_settings() -> None:
    settings: dict[str, Json] = {
        "work_time_start": "9.30",
        "work_time_end": "18",
        "year_holidays": "24.11.2025,31.02.2025,1.1.1.1,²4.11.2025,1.1." + "9" * 400,
        "week_holidays": ["SU"],
    }
    calendar = from_portal(settings, zone=MOSCOW)
    assert calendar.day_kind(MONDAY) is DayKind.HOLIDAY
    assert calendar.day_kind(date(2026, 11, 24)) is DayKind.WORKDAY
    assert minutes_of(calendar, "2025-11-25") == 510
    assert minutes_of(from_portal({}, zone=MOSCOW), "2025-11-25") == 540


def test_a_portal_that_opens_at_midnight() -> None:
    calendar = from_portal({"work_time_start": 0, "work_time_end": "6"}, zone=MOSCOW)
    assert calendar.is_open(at("2025-11-24 00:00", MOSCOW))


OFFICE = Calendar(Week.of((Interval.between("09:00", "18:00"),), off=("SA", "SU")), MOSCOW, Text("офис", "office"))

COUNTRY_DAYS = [
    # The New Year of 2025 in Russia: 28 December 2024 works, 31 December is off, people come back on 9 January.
    ("RU", date(2024, 12, 28), DayKind.MOVED),
    ("RU", date(2024, 12, 30), DayKind.HOLIDAY),
    ("RU", date(2024, 12, 31), DayKind.HOLIDAY),
    ("RU", date(2025, 1, 8), DayKind.HOLIDAY),
    ("RU", date(2025, 1, 9), DayKind.WORKDAY),
    ("RU", date(2025, 11, 1), DayKind.MOVED),
    ("RU", date(2025, 11, 3), DayKind.HOLIDAY),
    ("RU", date(2026, 1, 9), DayKind.HOLIDAY),
    ("BY", date(2025, 1, 11), DayKind.MOVED),
    ("BY", date(2025, 7, 3), DayKind.HOLIDAY),
    ("KZ", date(2025, 3, 21), DayKind.HOLIDAY),
    ("KZ", date(2025, 1, 3), DayKind.HOLIDAY),
    ("KZ", date(2025, 11, 24), DayKind.WORKDAY),
]


@pytest.mark.parametrize(("country", "day", "kind"), COUNTRY_DAYS)
def test_production_calendars(country: str, day: date, kind: DayKind) -> None:
    assert with_country(OFFICE, country).day_kind(day) is kind


def test_a_deadline_over_the_russian_new_year() -> None:
    calendar = with_country(OFFICE, "RU")
    start = at("2024-12-27 17:30", MOSCOW)
    assert calendar.add(start, 60) == at("2024-12-28 09:30", MOSCOW)  # the moved working Saturday
    assert calendar.add(at("2024-12-28 17:30", MOSCOW), 60) == at("2025-01-09 09:30", MOSCOW)


def test_holidays_have_names_in_both_languages_where_the_library_knows_them() -> None:
    assert with_country(OFFICE, "RU").note_on(date(2025, 5, 9)) == Text("День Победы", "Victory Day")
    assert with_country(OFFICE, "KZ").note_on(date(2025, 1, 1)) == Text("праздничный день", "New Year's Day")
    assert with_country(OFFICE, "RU").note_on(date(2025, 11, 1)).ru == "перенесённый рабочий день"


def test_what_people_set_by_hand_lies_over_the_country() -> None:
    by_hand = DatedDays({date(2025, 11, 3): SpecialDay.working()})
    assert with_country(OFFICE, "RU").with_exceptions(by_hand).day_kind(date(2025, 11, 3)) is DayKind.WORKDAY


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(ValueError, match="XX"):
        with_country(OFFICE, "XX")


@pytest.mark.parametrize("name", ["Europe/Nowhere", "../../etc/passwd", "/etc/passwd", "x" * 300, "\ufffd", "²"])
def test_a_zone_that_is_none_is_the_portals(name: str) -> None:
    assert from_line(line(WORKTIME_TIMEZONE=name), portal_zone=MOSCOW).zone == MOSCOW
