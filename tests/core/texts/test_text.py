"""Sentences in two languages: forms of numbers, moments, values inside of sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.texts.text import (
    Text,
    as_text,
    at_moment,
    for_minutes,
    joined,
    language_for,
    lasting,
    minutes,
    moment,
    neutral_moment,
    plural,
)

MOSCOW = ZoneInfo("Europe/Moscow")

FORMS = [
    (0, "0 минут", "0 minutes"),
    (1, "1 минута", "1 minute"),
    (2, "2 минуты", "2 minutes"),
    (4, "4 минуты", "4 minutes"),
    (5, "5 минут", "5 minutes"),
    (10, "10 минут", "10 minutes"),
    (11, "11 минут", "11 minutes"),
    (12, "12 минут", "12 minutes"),
    (14, "14 минут", "14 minutes"),
    (15, "15 минут", "15 minutes"),
    (20, "20 минут", "20 minutes"),
    (21, "21 минута", "21 minutes"),
    (22, "22 минуты", "22 minutes"),
    (25, "25 минут", "25 minutes"),
    (100, "100 минут", "100 minutes"),
    (101, "101 минута", "101 minutes"),
    (104, "104 минуты", "104 minutes"),
    (111, "111 минут", "111 minutes"),
    (112, "112 минут", "112 minutes"),
    (121, "121 минута", "121 minutes"),
    (1000, "1000 минут", "1000 minutes"),
    (1011, "1011 минут", "1011 minutes"),
    (1021, "1021 минута", "1021 minutes"),
    (-1, "-1 минута", "-1 minute"),
    (-11, "-11 минут", "-11 minutes"),
]


@pytest.mark.parametrize(("number", "ru", "en"), FORMS)
def test_a_number_and_its_noun(number: int, ru: str, en: str) -> None:
    assert minutes(number) == Text(ru, en)


@pytest.mark.parametrize(
    ("number", "ru"), [(1, "1 минуту"), (2, "2 минуты"), (5, "5 минут"), (11, "11 минут"), (21, "21 минуту")]
)
def test_how_long_something_lasts(number: int, ru: str) -> None:
    assert for_minutes(number).ru == ru


@given(st.integers(min_value=0, max_value=10**9))
def test_the_form_repeats_after_a_hundred(number: int) -> None:
    noun = ("день", "дня", "дней")
    assert plural(number, noun, ("day", "days")).ru.split()[1] == plural(number % 100, noun, ("", "")).ru.split()[1]


MOMENTS = [
    ("the day of now", datetime(2025, 11, 24, 12, 0, tzinfo=UTC), "15:00", "15:00"),
    ("another day", datetime(2025, 11, 25, 6, 5, tzinfo=UTC), "25 нояб., 09:05", "25 Nov, 09:05"),
    ("another year", datetime(2026, 1, 12, 6, 0, tzinfo=UTC), "12 янв. 2026, 09:00", "12 Jan 2026, 09:00"),
    ("tomorrow where the reader is", datetime(2025, 11, 24, 21, 30, tzinfo=UTC), "25 нояб., 00:30", "25 Nov, 00:30"),
]


@pytest.mark.parametrize(("why", "at", "ru", "en"), MOMENTS, ids=[row[0] for row in MOMENTS])
def test_a_moment(why: str, at: datetime, ru: str, en: str) -> None:
    assert moment(at, MOSCOW, now=datetime(2025, 11, 24, 6, 0, tzinfo=UTC)) == Text(ru, en)


def test_a_moment_inside_of_a_sentence() -> None:
    at = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)
    assert at_moment(at, MOSCOW, now=at) == Text("в 15:00", "at 15:00")
    assert at_moment(at, MOSCOW) == Text("24 нояб. в 15:00", "24 Nov at 15:00")


@pytest.mark.parametrize(
    ("number", "ru"), [(0, "0 минут"), (90, "90 минут"), (120, "2 ч"), (1440, "24 ч"), (200, "3 ч 20 мин")]
)
def test_long_waits_are_said_in_hours(number: int, ru: str) -> None:
    assert lasting(number).ru == ru


@pytest.mark.parametrize(
    ("alone", "inside"),
    [("Линия отвечает сама.", "линия отвечает сама"), ("CRM молчит", "CRM молчит"), ("«Окна»", "«Окна»"), ("", "")],
)
def test_a_sentence_inside_of_another(alone: str, inside: str) -> None:
    assert as_text(alone).inside() == as_text(inside)


def test_a_moment_without_a_present_names_its_day() -> None:
    assert moment(datetime(2025, 11, 24, 12, 0, tzinfo=UTC), MOSCOW) == Text("24 нояб., 15:00", "24 Nov, 15:00")


def test_a_text_inside_a_sentence_speaks_its_language() -> None:
    sentence = Text("Ждёт {how_long}: {who}", "Waits {how_long}: {who}")
    assert sentence.format(how_long=for_minutes(21), who="Анна") == Text(
        "Ждёт 21 минуту: Анна", "Waits 21 minutes: Анна"
    )


def test_values_are_never_filled_again() -> None:
    assert Text("{a}", "{a}").format(a="{b}", b="no") == Text("{b}", "{b}")
    assert Text("{{{a}}}", "{{{a}}}").format(a="client.name") == Text("{client.name}", "{client.name}")


def test_joining_and_adding() -> None:
    assert joined([Text("да", "yes"), "7"], "; ") == Text("да; 7", "yes; 7")
    assert joined([Text("а", "a"), Text("б", "b")], Text(" и ", " and ")) == Text("а и б", "a and b")
    assert Text("а", "a") + "!" == Text("а!", "a!")
    assert Text("а", "a") + Text("б", "b") == Text("аб", "ab")
    assert not joined([])
    assert as_text("7") == Text("7", "7")


def test_json_and_back() -> None:
    text = Text("да", "yes")
    assert Text.from_json(text.as_json()) == text
    assert Text.from_json("as it was") == Text("as it was", "as it was")
    assert Text.from_json({"ru": "да"}) == Text("да", "")


@pytest.mark.parametrize(
    ("portal", "speaks"),
    [("ru", "ru"), ("kz", "ru"), ("by", "ru"), ("RU", "ru"), ("en", "en"), ("de", "en"), ("", "ru"), (None, "ru")],
)
def test_the_language_we_speak_to_a_portal(portal: str | None, speaks: str) -> None:
    assert language_for(portal) == speaks


def test_the_fallback_language_is_a_setting() -> None:
    assert language_for(None, "en") == "en"
    assert Text("да", "yes").said_in("de") == "yes"


@pytest.mark.parametrize(
    ("zone", "ru", "en"),
    [
        (
            "Europe/Moscow",
            "в понедельник, 30 ноября, в 09:00 (UTC+3)",
            "on Monday, 30 November, at 09:00 (UTC+3)",
        ),
        (
            "Asia/Kolkata",
            "в понедельник, 30 ноября, в 11:30 (UTC+5:30)",
            "on Monday, 30 November, at 11:30 (UTC+5:30)",
        ),
        ("America/New_York", "в понедельник, 30 ноября, в 01:00 (UTC-5)", "on Monday, 30 November, at 01:00 (UTC-5)"),
    ],
)
def test_a_moment_for_somebody_far_away(zone: str, ru: str, en: str) -> None:
    at = datetime(2026, 11, 30, 6, tzinfo=UTC)
    assert neutral_moment(at, ZoneInfo(zone)) == Text(ru, en)


def test_every_weekday_has_its_form() -> None:
    said = [neutral_moment(datetime(2026, 11, day, tzinfo=UTC), UTC).ru.partition(",")[0] for day in range(23, 30)]
    assert said == ["в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье"]
