"""Who is on shift, by which source, until when, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.bitrix24.command import Answer
from core.robots.people import Person
from core.robots.shifts import Plans, Presence, Shift, Source, WorkingDay, shift_of, shifts_of, working_day
from core.texts.text import Text
from core.worktime.calendar import Calendar
from core.worktime.intervals import Interval, Week
from core.worktime.rota import PlannedShift, Rota

MOSCOW = ZoneInfo("Europe/Moscow")
ANNA = Person(8, "Анна Смирнова")
ON, PAUSED, OFF, UNKNOWN = Presence.ON, Presence.PAUSED, Presence.OFF, Presence.UNKNOWN
TIMEMAN, SCHEDULE, OUR, FIXED = Source.TIMEMAN, Source.SCHEDULE, Source.OUR_SHIFT, Source.FIXED_TIME
DAY = Interval.between("09:00", "18:00")


def at(clock: str, day: int = 23) -> datetime:
    """A moment of Monday, 23 November 2026, in Moscow."""
    hours, minutes = map(int, clock.split(":"))
    return datetime(2026, 11, day, hours, minutes, tzinfo=MOSCOW)


def day(status: str, *, counted: bool | None = True, began: str = "", ended: str = "") -> WorkingDay:
    return WorkingDay(status, counted, at(began) if began else None, at(ended) if ended else None)


UNTOLD = WorkingDay()
SCHEDULED = Calendar(Week.of((DAY,), off=("SA", "SU")), MOSCOW, Text("график", "schedule"))
TABLE = Rota.of(
    [PlannedShift(8, Interval.between(*hours), MOSCOW, weekday=0) for hours in (("10:00", "14:00"), ("15:00", "20:00"))]
)
PLANS = Plans(SCHEDULED, TABLE, 17 * 60 + 30, MOSCOW)


def seen(
    working: WorkingDay,
    *sources: Source,
    clock: str = "12:00",
    person: Person = ANNA,
    plans: Plans = PLANS,
    on: int = 23,
) -> Shift:
    return shift_of(person, working, plans, sources, now=at(clock, on), zone=MOSCOW)


CASES = [
    ("the day is open", day("OPENED", began="08:55"), (TIMEMAN,), "12:00", ON, "рабочий день открыт с 08:55"),
    ("the day is open, since when is not told", day("OPENED"), (TIMEMAN,), "12:00", ON, "рабочий день открыт"),
    ("lunch", day("PAUSED"), (TIMEMAN,), "12:00", PAUSED, "рабочий день на паузе"),
    ("closed", day("CLOSED", ended="11:40"), (TIMEMAN,), "12:00", OFF, "рабочий день закрыт в 11:40"),
    ("never opened", day("CLOSED"), (TIMEMAN,), "12:00", OFF, "рабочий день закрыт"),
    ("forgotten", day("EXPIRED"), (TIMEMAN,), "12:00", OFF, "рабочий день забыли закрыть"),
    (
        "days are not counted",
        day("CLOSED", counted=False),
        (TIMEMAN,),
        "23:00",
        ON,
        "рабочий день не учитывается, считаем на смене",
    ),
    ("settings were refused", day("CLOSED", counted=None), (TIMEMAN,), "12:00", OFF, "рабочий день закрыт"),
    ("nothing is told", UNTOLD, (TIMEMAN,), "12:00", UNKNOWN, "смена неизвестна: ни один источник о ней не знает"),
    (
        "a word of next year",
        day("HOLIDAY"),
        (TIMEMAN,),
        "12:00",
        UNKNOWN,
        "смена неизвестна: ни один источник о ней не знает",
    ),
    ("the schedule", UNTOLD, (SCHEDULE,), "12:00", ON, "график: смена до 18:00"),
    ("the schedule, too late", UNTOLD, (SCHEDULE,), "18:00", OFF, "график: смена начнётся 24 нояб., 09:00"),
    ("our table", UNTOLD, (OUR,), "12:00", ON, "наша таблица смен: смена до 20:00"),
    ("our table, at lunch", UNTOLD, (OUR,), "14:30", PAUSED, "наша таблица смен: перерыв до 15:00"),
    ("our table, too early", UNTOLD, (OUR,), "09:30", OFF, "наша таблица смен: смена начнётся 10:00"),
    ("a given time", UNTOLD, (FIXED,), "12:00", ON, "смена до 17:30"),
    ("a given time, past", UNTOLD, (FIXED,), "17:30", OFF, "смена закончилась в 17:30"),
    ("timeman wins", day("CLOSED"), (TIMEMAN, SCHEDULE), "12:00", OFF, "рабочий день закрыт"),
    ("the schedule wins", day("CLOSED"), (SCHEDULE, TIMEMAN), "12:00", ON, "график: смена до 18:00"),
    (
        "timeman is silent, the next one is asked",
        UNTOLD,
        (TIMEMAN, OUR),
        "21:00",
        OFF,
        "наша таблица смен: смена начнётся 30 нояб., 10:00",
    ),
    (
        "days are not counted, the next one knows better",
        day("CLOSED", counted=False),
        (TIMEMAN, SCHEDULE),
        "20:00",
        OFF,
        "график: смена начнётся 24 нояб., 09:00",
    ),
]


@pytest.mark.parametrize(
    ("why", "working", "sources", "clock", "presence", "words"), CASES, ids=[row[0] for row in CASES]
)
def test_who_is_on_shift(
    why: str, working: WorkingDay, sources: tuple[Source, ...], clock: str, presence: Presence, words: str
) -> None:
    shift = seen(working, *sources, clock=clock)
    assert (shift.presence, shift.why.ru) == (presence, words)
    assert shift.why.en
    assert (shift.is_on, shift.is_over, shift.is_known) == (presence is ON, presence is OFF, presence is not UNKNOWN)


GONE = [
    ("dismissed", Person(8, "A", active=False), "уволен или отключён"),
    ("on vacation", Person(8, "A", absent=True), "отсутствует: отпуск, болезнь или отгул"),
    ("a bot", Person(8, "A", bot=True), "это бот"),
]


@pytest.mark.parametrize(("why", "person", "words"), GONE, ids=[row[0] for row in GONE])
def test_who_is_gone_is_off_whatever_the_sources_say(why: str, person: Person, words: str) -> None:
    shift = seen(day("OPENED"), TIMEMAN, SCHEDULE, person=person)
    assert (shift.presence, shift.why.ru, shift.ends_at) == (OFF, words, None)


ENDS = [
    ("timeman plans nothing", (TIMEMAN,), "12:00", None),
    ("the schedule does", (TIMEMAN, SCHEDULE), "12:00", at("18:00")),
    ("in overtime the next end is tomorrow's", (TIMEMAN, SCHEDULE), "18:30", at("18:00", 24)),
    ("our table, with a break in it", (OUR, SCHEDULE), "12:00", at("20:00")),
    ("a given time", (FIXED, OUR), "12:00", at("17:30")),
    ("a given time, of tomorrow", (FIXED,), "18:00", at("17:30", 24)),
    ("nobody planned it", (), "12:00", None),
]


@pytest.mark.parametrize(("why", "sources", "clock", "end"), ENDS, ids=[row[0] for row in ENDS])
def test_when_it_is_planned_to_end(why: str, sources: tuple[Source, ...], clock: str, end: datetime | None) -> None:
    assert seen(day("OPENED"), *sources, clock=clock).ends_at == end


def test_what_is_not_planned_is_not_known() -> None:
    nothing = Plans(zone=MOSCOW)
    for source in (SCHEDULE, OUR, FIXED):
        assert seen(UNTOLD, source, plans=nothing).presence is UNKNOWN
    assert seen(UNTOLD, OUR, person=Person(9, "B")).presence is UNKNOWN


def test_no_more_shifts() -> None:
    last = Rota.of([PlannedShift(8, DAY, MOSCOW, day=at("12:00").date())])
    shift = seen(UNTOLD, OUR, plans=Plans(rota=last, zone=MOSCOW), clock="19:00")
    assert (shift.presence, shift.why.ru, shift.ends_at) == (OFF, "наша таблица смен: смен больше нет", None)


def test_what_was_observed_goes_along() -> None:
    shift = seen(day("CLOSED", began="09:00", ended="11:40"), TIMEMAN, SCHEDULE)
    assert (shift.since, shift.ended_at, shift.ends_at) == (at("09:00"), at("11:40"), at("18:00"))
    assert seen(day("OPENED", counted=False), TIMEMAN, SCHEDULE, plans=Plans()).free


def test_reading_a_working_day() -> None:
    told = Answer(
        {"STATUS": "CLOSED", "TIME_START": "2026-11-23T09:00:00+03:00", "TIME_FINISH": "2026-11-23T18:00:00+03:00"}
    )
    counted, refused = Answer({"UF_TIMEMAN": True}), Answer(error="", description="no access")
    expected = WorkingDay("CLOSED", True, datetime(2026, 11, 23, 6, tzinfo=UTC), datetime(2026, 11, 23, 15, tzinfo=UTC))
    assert working_day(told, counted) == expected
    assert working_day(refused, refused) == WorkingDay()
    assert working_day(None, None) == WorkingDay()
    assert working_day(Answer([]), Answer({"UF_TIMEMAN": "N"})) == WorkingDay("", False)
    assert working_day(Answer({"STATUS": "CLOSED"}), Answer({})) == WorkingDay("CLOSED")


def test_many_at_once() -> None:
    persons = {8: ANNA, 9: Person(9, "Дмитрий")}
    answers = {"day8": Answer({"STATUS": "OPENED"}), "set8": Answer({"UF_TIMEMAN": True})}
    found = shifts_of(persons, answers, Plans(zone=MOSCOW), (TIMEMAN,), now=at("12:00"), zone=MOSCOW)
    assert {user_id: shift.presence for user_id, shift in found.items()} == {8: ON, 9: UNKNOWN}
