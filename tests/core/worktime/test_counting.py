"""Counting back and counting days: the inverse of counting ahead, in any calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.texts.text import Text
from core.worktime.calendar import Calendar, NeverOpen
from core.worktime.counting import add_days, back, minutes_between, shifted
from core.worktime.country import with_country
from core.worktime.days import DatedDays, SpecialDay
from core.worktime.intervals import Interval, Week

MOSCOW = ZoneInfo("Europe/Moscow")
OFFICE = Calendar(Week.of((Interval(540, 1080),), off=("SA", "SU")), MOSCOW, Text("офис", "office"))
LUNCH = Calendar(Week.of((Interval(540, 780), Interval(840, 1080)), off=("SU",)), MOSCOW, Text("обед", "lunch"))
NIGHT = Calendar(Week.of((Interval(1320, 1800),)), ZoneInfo("Europe/Berlin"), Text("ночь", "night"))
CALENDARS = st.sampled_from([OFFICE, LUNCH, NIGHT, with_country(OFFICE, "RU"), Calendar.always(MOSCOW)])
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0)
)
MINUTES = st.integers(1, 20_000)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@settings(deadline=None, max_examples=60)
@given(CALENDARS, MOMENTS, MINUTES)
def test_ahead_again_is_where_we_were(calendar: Calendar, at: datetime, minutes: int) -> None:
    earlier = back(calendar, at, minutes)
    assert calendar.add(earlier, minutes) == calendar.next_open(at)
    assert calendar.seconds_between(earlier, at) == minutes * 60
    assert calendar.is_open(earlier)


@settings(deadline=None, max_examples=60)
@given(CALENDARS, MOMENTS, MINUTES, MINUTES)
def test_back_is_monotone_and_additive(calendar: Calendar, at: datetime, some: int, more: int) -> None:
    assert back(calendar, at, some + more) == back(calendar, back(calendar, at, some), more)
    assert back(calendar, at, some + more) < back(calendar, at, some)
    assert back(calendar, at, some) <= back(calendar, at + timedelta(minutes=more), some)


@settings(deadline=None, max_examples=60)
@given(CALENDARS, MOMENTS, MOMENTS)
def test_minutes_between_have_a_sign(calendar: Calendar, a: datetime, b: datetime) -> None:
    assert minutes_between(calendar, a, b) == -minutes_between(calendar, b, a)
    assert (minutes_between(calendar, a, b) > 0) <= (b > a)


@settings(deadline=None, max_examples=60)
@given(CALENDARS, MOMENTS, st.integers(-200, 200))
def test_days_keep_their_order_and_end_on_working_days(calendar: Calendar, at: datetime, days: int) -> None:
    moved = add_days(calendar, at, days)
    assert (moved > at) if days > 0 else (moved < at) if days < 0 else (moved >= at)
    assert calendar.is_open(moved) or calendar.is_open(moved - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("end", "minutes", "begins"),
    [
        ("2026-11-24T12:00", 60, "2026-11-24T11:00"),
        ("2026-11-24T09:10", 30, "2026-11-23T17:40"),
        ("2026-11-24T09:00", 30, "2026-11-23T17:30"),
        ("2026-11-23T09:15", 30, "2026-11-20T17:45"),
        ("2026-11-22T13:00", 1, "2026-11-20T17:59"),
        ("2026-11-24T20:00", 540, "2026-11-24T09:00"),
        ("2026-11-24T20:00", 541, "2026-11-23T17:59"),
    ],
)
def test_minutes_back(end: str, minutes: int, begins: str) -> None:
    assert back(OFFICE, local(end), minutes) == local(begins)
    assert shifted(OFFICE, local(end), -minutes) == local(begins)


@pytest.mark.parametrize(
    ("start", "days", "ends"),
    [
        ("2026-11-24T12:30", 1, "2026-11-25T12:30"),
        ("2026-11-27T12:30", 1, "2026-11-30T12:30"),
        ("2026-11-24T12:30", 10, "2026-12-08T12:30"),
        ("2026-11-24T20:00", 1, "2026-11-26T09:00"),
        ("2026-11-28T12:00", 1, "2026-12-01T09:00"),
        ("2026-11-28T12:00", 0, "2026-11-30T09:00"),
        ("2026-11-24T12:30", -1, "2026-11-23T12:30"),
        ("2026-11-24T12:30", -2, "2026-11-20T12:30"),
        ("2026-11-22T20:00", -1, "2026-11-20T18:00"),
        ("2026-11-24T07:00", -1, "2026-11-23T09:00"),
    ],
)
def test_working_days(start: str, days: int, ends: str) -> None:
    assert add_days(OFFICE, local(start), days) == local(ends)


def test_a_short_day_ends_what_would_end_after_it() -> None:
    eve = local("2026-12-31T00:00").date()
    short = OFFICE.with_exceptions(DatedDays({eve: SpecialDay.short((Interval(540, 900),))}))
    assert add_days(short, local("2026-12-30T17:00"), 1) == local("2026-12-31T15:00")


def test_lunch_moves_to_its_end() -> None:
    long = Calendar(Week.of((Interval(540, 1080),)), MOSCOW, Text("без обеда", "no lunch"))
    assert add_days(LUNCH, local("2026-11-24T12:59"), 1) == local("2026-11-25T12:59")
    day = local("2026-11-25T00:00").date()
    odd = long.with_exceptions(DatedDays({day: SpecialDay.short((Interval(540, 720), Interval(780, 900)))}))
    assert add_days(odd, local("2026-11-24T12:30"), 1) == local("2026-11-25T13:00")


def test_the_new_year_of_russia_is_jumped_over() -> None:
    calendar = with_country(OFFICE, "RU")
    assert add_days(calendar, local("2025-12-30T12:00"), 1) == local("2026-01-12T12:00")
    assert back(calendar, local("2026-01-12T09:30"), 60) == local("2025-12-30T17:30")


def test_a_calendar_that_never_opens_is_said_so() -> None:
    closed = Calendar(Week.of(()), MOSCOW, Text("закрыто", "closed"))
    with pytest.raises(NeverOpen):
        back(closed, local("2026-11-24T12:00"), 1)
    with pytest.raises(NeverOpen):
        add_days(closed, local("2026-11-24T12:00"), -1)


def test_nothing_is_not_counted_back() -> None:
    with pytest.raises(ValueError, match="a minute or more"):
        back(OFFICE, local("2026-11-24T12:00"), 0)
