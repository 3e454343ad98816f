"""The hours of one employee: the company's days in his zone, with his own edges where they are far off."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.texts.text import Text
from core.worktime.calendar import Calendar
from core.worktime.intervals import Hours, Interval, Week
from core.worktime.person import from_person

MOSCOW = ZoneInfo("Europe/Moscow")
COMPANY = Calendar(Week.of((Interval(540, 1080),), off=("SA", "SU")), MOSCOW, Text("портал", "portal"))
USER: dict[str, Any] = {"ID": "8", "NAME": "Анна", "LAST_NAME": "Петрова", "TIME_ZONE": "Asia/Yekaterinburg"}
RULES: dict[str, Any] = {"UF_TIMEMAN": True, "UF_TM_FREE": False}


def monday(**rules: Any) -> Hours:
    return from_person(USER, {**RULES, **rules}, COMPANY).week.on(0)


def test_a_person_lives_in_a_zone_of_her_own() -> None:
    calendar = from_person(USER, {}, COMPANY)
    assert calendar.zone.key == "Asia/Yekaterinburg"
    assert calendar.name == Text("график сотрудника Анна Петрова", "hours of Анна Петрова")
    assert calendar.is_open(datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Asia/Yekaterinburg")))


@pytest.mark.parametrize("zone", ["", "Nowhere/Land", "../x", None])
def test_who_chose_no_zone_lives_in_the_companys(zone: str | None) -> None:
    assert from_person({**USER, "TIME_ZONE": zone}, {}, COMPANY).zone == MOSCOW


def test_a_nameless_person_is_a_number() -> None:
    assert from_person({"ID": "8"}, {}, COMPANY).name.ru == "график сотрудника #8"


def test_rules_of_arrival_are_no_hours() -> None:
    assert monday(UF_TM_MAX_START="09:15:00", UF_TM_MIN_FINISH="17:45:00") == (Interval(540, 1080),)


def test_edges_that_are_far_off_are_hers() -> None:
    assert monday(UF_TM_MAX_START="12:00:00", UF_TM_MIN_FINISH="20:30") == (Interval(720, 1230),)
    assert monday(UF_TM_MAX_START="07:00:00") == (Interval(420, 1080),)
    assert monday(UF_TM_MIN_FINISH="14:00:00") == (Interval(540, 840),)


def test_lunch_stays_where_it_is() -> None:
    lunch = Calendar(Week.of((Interval(540, 780), Interval(840, 1080))), MOSCOW, Text("портал", "portal"))
    moved = from_person(USER, {**RULES, "UF_TM_MAX_START": "12:00", "UF_TM_MIN_FINISH": "20:00"}, lunch)
    assert moved.week.on(0) == (Interval(720, 780), Interval(840, 1200))
    evening = from_person(USER, {**RULES, "UF_TM_MAX_START": "19:00", "UF_TM_MIN_FINISH": "23:00"}, lunch)
    assert evening.week.on(0) == (Interval(1140, 1380),)


@pytest.mark.parametrize(
    "rules",
    [
        {"UF_TIMEMAN": False, "UF_TM_MAX_START": "12:00:00"},
        {"UF_TM_FREE": True, "UF_TM_MAX_START": "12:00:00"},
        {"UF_TM_MAX_START": "soon"},
        {"UF_TM_MAX_START": "20:00:00"},
        {},
    ],
)
def test_no_edges_to_take(rules: dict[str, Any]) -> None:
    assert monday(**rules) == (Interval(540, 1080),)


def test_days_off_stay_days_off() -> None:
    assert from_person(USER, {**RULES, "UF_TM_MAX_START": "12:00:00"}, COMPANY).week.on(6) == ()
