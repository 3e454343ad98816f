"""Everything said to people exists in both languages, and statuses are never a colour alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest

from core.texts.text import Text
from server.ui import words
from server.ui.reader import Reader
from server.ui.results import RESULTS, result_of
from server.ui.statuses import EFFECT_STATES, STATUSES, effect_state, status_of, statuses_called
from tests.core.runs.rows import NOON


def texts(value: object) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)


@pytest.mark.parametrize("module", [getattr(words, name) for name in words.__all__])
def test_both_languages(module: ModuleType) -> None:
    said = [text for value in vars(module).values() for text in texts(value)]
    assert said
    assert all(text.ru and text.en for text in said)
    assert not [text.en for text in said if any("а" <= letter.lower() <= "я" for letter in text.en.split("robot:")[0])]


def test_every_status_of_the_engine_has_a_word() -> None:
    assert set(STATUSES) == {
        *("waiting", "running", "retrying", "done", "skipped", "cancelled", "failed", "unknown", "rejected"),
        *("refused", "parked", "quarantined", "held"),
    }
    assert set(EFFECT_STATES) == {"planned", "prepared", "confirmed", "refused", "unknown", "skipped", "dry"}
    assert len({status.word.ru for status in STATUSES.values()}) == len(STATUSES)


def test_a_code_of_another_release_is_shown_as_it_is() -> None:
    assert status_of("levitating").word == Text("levitating", "levitating")
    assert effect_state("levitating").word.en == "levitating"
    assert result_of("levitating").ru == "levitating"
    assert result_of("") == Text("", "")


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("failed", ("failed",)),
        ("ОШИБКА", ("failed",)),
        ("waiting", ("waiting",)),
        ("ждёт", ("waiting", "retrying")),
        ("nonsense", ()),
    ],
)
def test_statuses_by_name(word: str, codes: tuple[str, ...]) -> None:
    assert statuses_called(word) == codes


def test_results_are_those_of_the_catalogue() -> None:
    assert {"scheduled", "cancelled_reply", "no_dialog", "unknown", "timeout_exceeded"} <= set(RESULTS)


@pytest.mark.parametrize(
    ("minutes", "russian", "english"),
    [
        (1, "через 1 минуту", "in 1 minute"),
        (2, "через 2 минуты", "in 2 minutes"),
        (5, "через 5 минут", "in 5 minutes"),
        (21, "через 21 минуту", "in 21 minutes"),
        (-1, "1 минуту назад", "1 minute ago"),
    ],
)
def test_numbers_agree_with_their_nouns(minutes: int, russian: str, english: str) -> None:
    zone = ZoneInfo("Europe/Moscow")
    at = NOON + timedelta(minutes=minutes)
    assert Reader("ru", zone, NOON).left(at) == russian
    assert Reader("en", zone, NOON).left(at) == english


def test_moments_in_the_zone_of_the_portal() -> None:
    reader = Reader("ru", ZoneInfo("Asia/Yekaterinburg"), NOON)
    assert reader.clock(NOON) == "14:00:00"
    assert reader.due(NOON + timedelta(hours=20)) == "24 нояб., 10:00"
    assert reader.clock(NOON - timedelta(days=400)) == "19 окт. 2025, 14:00"
    assert reader.exact(NOON) == "23 ноября 2026, 14:00:00 +05"
    assert Reader("en", ZoneInfo("Europe/Moscow"), NOON).due(NOON + timedelta(days=1)) == "24 Nov, 12:00"
    assert reader.lasted(timedelta(minutes=134)) == "2 ч 14 мин"
