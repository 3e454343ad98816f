"""The arithmetic as people read it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.texts.text import Text
from core.worktime.calendar import Calendar
from core.worktime.intervals import Interval, Week
from core.worktime.words import duration

MOSCOW = ZoneInfo("Europe/Moscow")
OMSK = ZoneInfo("Asia/Omsk")
OFFICE = Calendar(Week.of((Interval.between("09:00", "18:00"),), off=("SA", "SU")), MOSCOW, Text("офис", "office"))
LUNCH = Calendar(
    Week.of((Interval.between("09:00", "13:00"), Interval.between("14:00", "18:00"))), MOSCOW, Text("офис", "office")
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


EXPLAINED = [
    (OFFICE, "2025-11-24 17:50", 30, "10 мин сегодня до 18:00, 20 мин завтра с 09:00",
     "10 min today until 18:00, 20 min tomorrow from 09:00"),
    (OFFICE, "2025-11-24 10:00", 15, "15 мин сегодня с 10:00 до 10:15", "15 min today from 10:00 to 10:15"),
    (OFFICE, "2025-11-24 19:00", 15, "15 мин завтра с 09:00 до 09:15", "15 min tomorrow from 09:00 to 09:15"),
    (OFFICE, "2025-11-28 17:00", 90, "1 ч сегодня до 18:00, 30 мин 1 дек. с 09:00",
     "1 h today until 18:00, 30 min 1 Dec from 09:00"),
    (LUNCH, "2025-11-24 12:30", 300, "30 мин сегодня до 13:00, 4 ч сегодня, 30 мин завтра с 09:00",
     "30 min today until 13:00, 4 h today, 30 min tomorrow from 09:00"),
    (OFFICE, "2025-11-24 10:00", 40 * 60, "40 ч рабочего времени за 5 дней: сегодня 10:00 — 28 нояб. 14:00",
     "40 h of working time over 5 days: today 10:00 – 28 Nov 14:00"),
    (OFFICE, "2025-11-24 10:00", 0, "сразу, сегодня 10:00", "at once, today 10:00"),
]  # fmt: skip


@pytest.mark.parametrize(("calendar", "start", "minutes", "ru", "en"), EXPLAINED)
def test_a_wait_in_words(calendar: Calendar, start: str, minutes: int, ru: str, en: str) -> None:
    assert calendar.explain(at(start), calendar.add(at(start), minutes)) == Text(ru, en)


def test_the_reader_sees_his_own_clock_and_his_own_today() -> None:
    start = at("2025-11-24 17:50")
    text = OFFICE.explain(start, OFFICE.add(start, 30), zone=OMSK, now=start + timedelta(days=1))
    assert text.ru == "10 мин вчера до 21:00, 20 мин сегодня с 12:00"


def test_a_wait_over_midnight_names_both_days() -> None:
    start = at("2025-12-31 23:30")
    calendar = Calendar.always(MOSCOW)
    text = calendar.explain(start, calendar.add(start, 60))
    assert text == Text("1 ч: сегодня 23:30 — завтра 00:30", "1 h: today 23:30 – tomorrow 00:30")


def test_another_year_is_named() -> None:
    start = at("2025-12-31 23:30")
    calendar = Calendar.always(MOSCOW)
    text = calendar.explain(start, calendar.add(start, 60), now=at("2026-02-01 12:00"))
    assert text.ru == "1 ч: 31 дек. 2025 23:30 — 1 янв. 00:30"


@pytest.mark.parametrize(
    ("length", "ru", "en"),
    [
        (timedelta(seconds=40), "40 с", "40 s"),
        (timedelta(minutes=5), "5 мин", "5 min"),
        (timedelta(hours=2), "2 ч", "2 h"),
        (timedelta(hours=2, minutes=5), "2 ч 05 мин", "2 h 05 min"),
    ],
)
def test_durations_in_words(length: timedelta, ru: str, en: str) -> None:
    assert duration(length) == Text(ru, en)
