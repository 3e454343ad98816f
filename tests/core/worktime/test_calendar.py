"""Working minutes: tables of what people expect, and the laws that hold for every calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.texts.text import Text
from core.worktime.calendar import Calendar, NeverOpen
from core.worktime.days import DatedDays, DayKind, SpecialDay, YearlyDays
from core.worktime.intervals import ALL_DAY, Hours, Interval, Week

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
ALMATY = ZoneInfo("Asia/Almaty")
NAME = Text("пробный", "trial")

NINE_TO_SIX: Hours = (Interval.between("09:00", "18:00"),)
WITH_LUNCH: Hours = (Interval.between("09:00", "13:00"), Interval.between("14:00", "18:00"))
NIGHT: Hours = (Interval.between("22:00", "06:00"),)


def office(zone: ZoneInfo = MOSCOW, hours: Hours = NINE_TO_SIX) -> Calendar:
    return Calendar(Week.of(hours, off=("SA", "SU")), zone, NAME)


def at(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def local(moment: datetime, zone: ZoneInfo = MOSCOW) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


# 24 November 2025 is a Monday.
ADDED = [
    ("within the day", "2025-11-24 10:00", 30, "2025-11-24 10:30"),
    ("two minutes before closing, the rest tomorrow", "2025-11-24 17:58", 15, "2025-11-25 09:13"),
    ("what would end at closing ends at the opening", "2025-11-24 17:58", 2, "2025-11-25 09:00"),
    ("one minute less ends today", "2025-11-24 17:58", 1, "2025-11-24 17:59"),
    ("before the opening counting begins with it", "2025-11-24 07:00", 15, "2025-11-24 09:15"),
    ("in the night after closing", "2025-11-24 23:30", 15, "2025-11-25 09:15"),
    ("over the weekend", "2025-11-28 17:30", 60, "2025-12-01 09:30"),
    ("on a Sunday", "2025-11-30 12:00", 5, "2025-12-01 09:05"),
    ("a whole week of work", "2025-11-24 09:00", 5 * 9 * 60, "2025-12-01 09:00"),
    ("zero in open time stays", "2025-11-24 10:00", 0, "2025-11-24 10:00"),
    ("zero in closed time moves to the opening", "2025-11-24 18:00", 0, "2025-11-25 09:00"),
]


@pytest.mark.parametrize(("why", "start", "minutes", "expected"), ADDED, ids=[row[0] for row in ADDED])
def test_minutes_are_added_inside_open_time(why: str, start: str, minutes: int, expected: str) -> None:
    assert local(office().add(at(start), minutes)) == expected


def test_lunch_does_not_count() -> None:
    calendar = office(hours=WITH_LUNCH)
    assert local(calendar.add(at("2025-11-24 12:50"), 30)) == "2025-11-24 14:20"
    assert not calendar.is_open(at("2025-11-24 13:30"))
    assert calendar.between(at("2025-11-24 12:00"), at("2025-11-24 15:00")) == 120


def test_a_night_shift_goes_over_midnight() -> None:
    calendar = Calendar(Week.of(NIGHT, off=("SA", "SU")), MOSCOW, NAME)
    assert local(calendar.add(at("2025-11-24 23:00"), 8 * 60)) == "2025-11-25 23:00"
    assert calendar.is_open(at("2025-11-29 05:59"))  # the shift that began on Friday
    assert not calendar.is_open(at("2025-11-29 06:00"))
    assert local(calendar.next_open(at("2025-11-29 06:00"))) == "2025-12-01 22:00"


def test_overlapping_hours_count_once() -> None:
    hours = (Interval.between("09:00", "15:00"), Interval.between("12:00", "18:00"))
    calendar = office(hours=hours)
    assert calendar.between(at("2025-11-24 00:00"), at("2025-11-25 00:00")) == 9 * 60


def test_between_is_whole_minutes_and_never_negative() -> None:
    calendar = office()
    start = at("2025-11-24 10:00")
    assert calendar.between(start, start + timedelta(seconds=119)) == 1
    assert calendar.seconds_between(start, start + timedelta(seconds=119)) == 119
    assert calendar.between(start, start - timedelta(hours=3)) == 0
    assert calendar.between(at("2025-11-29 00:00"), at("2025-11-30 23:59")) == 0


def test_open_time_holds_its_opening_and_not_its_closing() -> None:
    calendar = office()
    assert calendar.is_open(at("2025-11-24 09:00"))
    assert calendar.is_open(at("2025-11-24 17:59"))
    assert not calendar.is_open(at("2025-11-24 18:00"))
    assert not calendar.is_open(at("2025-11-24 08:59"))


def test_next_open_and_next_close() -> None:
    calendar = office(hours=WITH_LUNCH)
    noon, night = at("2025-11-24 12:00"), at("2025-11-24 20:00")
    assert calendar.next_open(noon) == noon.astimezone(UTC)
    assert local(calendar.next_open(night)) == "2025-11-25 09:00"
    close = calendar.next_close(noon)
    assert close is not None
    assert local(close) == "2025-11-24 13:00"
    assert local(calendar.next_open(close)) == "2025-11-24 14:00"
    after = calendar.next_close(night)
    assert after is not None
    assert local(after) == "2025-11-25 13:00"


def test_around_the_clock_never_closes() -> None:
    calendar = Calendar.always(MOSCOW)
    start = at("2025-11-29 23:59")
    assert calendar.add(start, 525_600) == start + timedelta(minutes=525_600)
    assert calendar.next_close(start) is None
    assert calendar.is_open(start)
    assert len(calendar.spans(start, start + timedelta(days=30))) == 1


def test_around_the_clock_with_a_holiday_closes_for_it() -> None:
    calendar = Calendar.always(MOSCOW).with_exceptions(YearlyDays({(1, 1): SpecialDay.off()}))
    close = calendar.next_close(at("2025-12-30 12:00"))
    assert close is not None
    assert local(close) == "2026-01-01 00:00"
    assert local(calendar.next_open(close)) == "2026-01-02 00:00"


def test_around_the_clock_with_exceptions_that_never_come_never_closes() -> None:
    calendar = Calendar.always(MOSCOW).with_exceptions(DatedDays({}))
    assert calendar.next_close(at("2025-12-30 12:00")) is None


def test_the_first_layer_of_exceptions_wins() -> None:
    day = date(2025, 11, 24)
    calendar = office().with_exceptions(DatedDays({day: SpecialDay.off(Text("карантин", "quarantine"))}))
    by_hand = calendar.with_exceptions(DatedDays({day: SpecialDay.short((Interval.between("10:00", "12:00"),))}))
    assert calendar.between(at("2025-11-24 00:00"), at("2025-11-25 00:00")) == 0
    assert by_hand.between(at("2025-11-24 00:00"), at("2025-11-25 00:00")) == 120
    assert by_hand.day_kind(day) is DayKind.SHORT
    assert calendar.note_on(day).en == "quarantine"
    assert calendar.note_on(date(2025, 11, 25)) == Text("", "")


KINDS = [
    ("an ordinary day", date(2025, 11, 24), DayKind.WORKDAY),
    ("a Sunday", date(2025, 11, 30), DayKind.WEEKEND),
    ("a holiday", date(2025, 11, 25), DayKind.HOLIDAY),
    ("a short day", date(2025, 11, 26), DayKind.SHORT),
    ("a working Saturday", date(2025, 11, 29), DayKind.MOVED),
    ("a day called working that works anyway", date(2025, 11, 27), DayKind.WORKDAY),
]


@pytest.mark.parametrize(("why", "day", "kind"), KINDS, ids=[row[0] for row in KINDS])
def test_the_kind_of_a_day(why: str, day: date, kind: DayKind) -> None:
    days = {
        date(2025, 11, 25): SpecialDay.off(),
        date(2025, 11, 26): SpecialDay.short((Interval.between("09:00", "17:00"),)),
        date(2025, 11, 27): SpecialDay.working(),
        date(2025, 11, 29): SpecialDay.working(),
    }
    assert office().with_exceptions(DatedDays(days)).day_kind(day) is kind


def test_a_moved_working_day_takes_the_usual_hours() -> None:
    calendar = office().with_exceptions(DatedDays({date(2025, 11, 29): SpecialDay.working()}))
    assert local(calendar.add(at("2025-11-28 17:30"), 60)) == "2025-11-29 09:30"


# --- clocks that change -----------------------------------------------------------------------------------------

CHANGES = [
    # Berlin, 30 March 2025: 02:00 becomes 03:00.
    ("Berlin spring: two hours are absolute", BERLIN, ALL_DAY, "2025-03-30 01:00", 120, "2025-03-30 04:00"),
    # Berlin, 26 October 2025: 03:00 becomes 02:00.
    ("Berlin autumn: two hours are absolute", BERLIN, ALL_DAY, "2025-10-26 01:30", 120, "2025-10-26 02:30"),
    # New York, 9 March 2025: 02:00 becomes 03:00.
    ("New York spring: an office is not touched", NEW_YORK, NINE_TO_SIX, "2025-03-09 17:00", 90, "2025-03-10 09:30"),
    # New York, 2 November 2025: 02:00 becomes 01:00.
    ("New York autumn: a night shift is longer", NEW_YORK, NIGHT, "2025-11-01 22:00", 9 * 60, "2025-11-02 22:00"),
    # Almaty, 1 March 2024: 00:00 becomes 23:00 of 29 February, for good.
    ("Almaty 2024: the same hours on the other side", ALMATY, NINE_TO_SIX, "2024-02-29 17:00", 90, "2024-03-01 09:30"),
    ("Almaty 2024: an evening with one hour twice", ALMATY, ALL_DAY, "2024-02-29 22:00", 180, "2024-03-01 00:00"),
]


@pytest.mark.parametrize(
    ("why", "zone", "hours", "start", "minutes", "expected"), CHANGES, ids=[row[0] for row in CHANGES]
)
def test_durations_are_absolute_when_clocks_change(
    why: str, zone: ZoneInfo, hours: Hours, start: str, minutes: int, expected: str
) -> None:
    calendar = Calendar(Week.of(hours), zone, NAME)
    assert local(calendar.add(at(start, zone), minutes), zone) == expected


def test_an_opening_that_clocks_jump_over_is_the_first_moment_after() -> None:
    calendar = Calendar(Week.of((Interval.between("02:30", "05:00"),)), BERLIN, NAME)
    opening = calendar.next_open(at("2025-03-30 00:00", BERLIN))
    assert opening == datetime(2025, 3, 30, 1, 0, tzinfo=UTC)  # 03:00 in Berlin, not 03:30
    assert calendar.between(at("2025-03-30 00:00", BERLIN), at("2025-03-30 12:00", BERLIN)) == 120


def test_hours_wholly_inside_the_jump_are_no_hours() -> None:
    calendar = Calendar(Week.of((Interval.between("02:10", "02:50"),)), BERLIN, NAME)
    assert local(calendar.next_open(at("2025-03-30 00:00", BERLIN)), BERLIN) == "2025-03-31 02:10"


def test_f_24_a_time_that_comes_twice_is_its_first_coming() -> None:
    calendar = Calendar(Week.of((Interval.between("01:00", "02:30"),)), BERLIN, NAME)
    night = (at("2025-10-26 00:00", BERLIN), at("2025-10-26 12:00", BERLIN))
    (span,) = calendar.spans(*night)
    assert span.end == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert calendar.between(*night) == 90


def test_a_day_that_an_island_skipped_has_no_hours() -> None:
    apia = ZoneInfo("Pacific/Apia")  # went from 29 to 31 December 2011
    calendar = Calendar(Week.of(NINE_TO_SIX), apia, NAME)
    assert local(calendar.add(at("2011-12-29 17:00", apia), 90), apia) == "2011-12-31 09:30"


# --- calendars without an end -----------------------------------------------------------------------------------


def test_a_calendar_without_hours_says_so_in_one_sentence() -> None:
    never = Calendar(Week.of(()), MOSCOW, Text("выходной", "day off"))
    asks: tuple[Callable[[datetime], datetime | None], ...] = (never.next_open, never.next_close)
    for ask in asks:
        with pytest.raises(NeverOpen) as raised:
            ask(at("2025-11-24 10:00"))
        assert raised.value.text.ru == "Впереди нет рабочего времени: выходной."
        assert str(raised.value) == "There is no working time ahead: day off."
    assert never.between(at("2025-11-24 10:00"), at("2025-12-24 10:00")) == 0
    assert not never.is_open(at("2025-11-24 10:00"))


def test_a_last_working_day_still_closes() -> None:
    calendar = Calendar(Week.of(()), MOSCOW, NAME, (DatedDays({date(2025, 11, 24): SpecialDay.short(NINE_TO_SIX)}),))
    close = calendar.next_close(at("2025-11-24 10:00"))
    assert close is not None
    assert local(close) == "2025-11-24 18:00"
    with pytest.raises(NeverOpen):
        calendar.add(at("2025-11-24 10:00"), 9 * 60)


def test_a_wait_that_no_calendar_can_hold_ends_in_a_word_and_soon() -> None:
    minute_a_week = Calendar(
        Week((Hours((Interval(540, 541),)), (), (), (), (), (), ())), MOSCOW, Text("понедельники", "Mondays")
    )
    began = process_time()
    with pytest.raises(NeverOpen):
        minute_a_week.add(at("2025-11-24 10:00"), 525_600)
    assert process_time() - began < 10


def test_the_end_of_time_is_no_crash() -> None:
    with pytest.raises(NeverOpen):
        office().add(datetime(9999, 11, 1, tzinfo=UTC), 525_600)


def test_naive_times_and_negative_minutes_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        office().add(datetime(2025, 11, 24, 10), 5)  # noqa: DTZ001
    with pytest.raises(ValueError, match="forwards"):
        office().add(at("2025-11-24 10:00"), -1)


# --- laws -------------------------------------------------------------------------------------------------------

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Almaty", "Europe/Moscow", "Australia/Lord_Howe", "Pacific/Apia")
intervals = st.builds(lambda start, length: Interval(start, start + length), st.integers(0, 1439), st.integers(1, 1440))
day_hours = st.lists(intervals, max_size=3).map(tuple)
specials = st.one_of(
    st.builds(SpecialDay.off), st.builds(SpecialDay.short, day_hours), st.builds(SpecialDay.working, st.none())
)
days_of_decade = st.dates(date(2024, 1, 1), date(2030, 12, 31))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC, microsecond=0)
)
waits = st.integers(0, 20_000)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    days = [draw(day_hours) for _ in range(7)]
    days[draw(st.integers(0, 6))] = (draw(intervals),)
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = days
    week = Week((monday, tuesday, wednesday, thursday, friday, saturday, sunday))
    special = DatedDays(draw(st.dictionaries(days_of_decade, specials, max_size=3)))
    return Calendar(week, ZoneInfo(draw(st.sampled_from(ZONES))), NAME, (special,))


laws = settings(max_examples=80, deadline=None)


@laws
@given(calendar=calendars(), start=moments, minutes=waits)
def test_the_sum_lies_in_open_time_and_not_in_the_past(calendar: Calendar, start: datetime, minutes: int) -> None:
    due = calendar.add(start, minutes)
    assert due >= start + timedelta(minutes=minutes)
    assert calendar.is_open(due)


@laws
@given(calendar=calendars(), start=moments, a=waits, b=waits)
def test_two_waits_are_one_of_their_sum(calendar: Calendar, start: datetime, a: int, b: int) -> None:
    assert calendar.add(calendar.add(start, a), b) == calendar.add(start, a + b)


@laws
@given(calendar=calendars(), first=moments, later=st.integers(0, 500_000), minutes=waits, more=waits)
def test_f_24_later_and_longer_never_end_earlier(
    calendar: Calendar, first: datetime, later: int, minutes: int, more: int
) -> None:
    due = calendar.add(first, minutes)
    assert calendar.add(first + timedelta(seconds=later), minutes) >= due
    assert calendar.add(first, minutes + more) >= due


@laws
@given(calendar=calendars(), start=moments, minutes=waits)
def test_between_takes_back_what_add_gave(calendar: Calendar, start: datetime, minutes: int) -> None:
    assert calendar.between(start, calendar.add(start, minutes)) == minutes


@settings(max_examples=40, deadline=None)
@given(
    calendar=calendars(),
    start=moments,
    ahead=st.integers(20, 300),
    days=st.dictionaries(st.integers(0, 400), specials, max_size=12),
)
def test_whole_weeks_are_counted_as_their_days_are(
    calendar: Calendar, start: datetime, ahead: int, days: dict[int, SpecialDay]
) -> None:
    """``between`` goes day by day, ``add`` does not; nights, clocks and special days may lie anywhere."""
    near = DatedDays({start.date() + timedelta(days=number): special for number, special in days.items()})
    full = calendar.with_exceptions(near)
    minutes = full.between(start, start + timedelta(days=ahead))
    due = full.add(start, minutes)
    assert full.between(start, due) == minutes
    assert full.is_open(due)


@laws
@given(calendar=calendars(), a=moments, hours=st.integers(0, 400), middle=st.floats(0, 1))
def test_open_time_adds_up_over_any_cut(calendar: Calendar, a: datetime, hours: int, middle: float) -> None:
    b = a + timedelta(hours=hours)
    cut = a + timedelta(seconds=int((b - a).total_seconds() * middle))
    assert calendar.seconds_between(a, cut) + calendar.seconds_between(cut, b) == calendar.seconds_between(a, b)


@laws
@given(calendar=calendars(), at=moments)
def test_openings_and_closings_are_the_edges_of_open_time(calendar: Calendar, at: datetime) -> None:
    opening = calendar.next_open(at)
    assert calendar.is_open(opening)
    assert calendar.seconds_between(at, opening) == 0
    close = calendar.next_close(at)
    if close is not None:
        assert close > opening
        assert not calendar.is_open(close)
        assert calendar.is_open(close - timedelta(seconds=1))


@laws
@given(calendar=calendars(), start=moments, minutes=waits)
def test_every_wait_can_be_explained(calendar: Calendar, start: datetime, minutes: int) -> None:
    text = calendar.explain(start, calendar.add(start, minutes), zone=MOSCOW, now=start)
    assert text.ru
    assert text.en
    assert len(text.ru) < 200
