"""Whose the last word is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from core.dialogs.lexicon import SHIPPED
from core.robots.last_word import last_word, said_today
from tests.core.dialogs.talks import BEGAN
from tests.core.dialogs.test_view import view_of

MOSCOW = ZoneInfo("Europe/Moscow")

ENDS: list[tuple[tuple[str, ...], str, int | None, str | None]] = [
    ((), "nothing", None, None),
    (("H Здравствуйте",), "ours", None, None),
    (("C Где?", "A Автоответ"), "ours", None, None),
    (("C Где?", "R Автоответ"), "ours", None, None),
    (("C Спасибо",), "thanks", 1, "gratitude"),
    (("H Решено?", "C Да"), "thanks", 2, "confirmation"),
    (("H Вот", "C Ок", "C Спасибо"), "thanks", 2, "gratitude"),
    (("C Где?",), "question", 1, "question"),
    (("C Где?", "C Спасибо"), "question", 1, "question"),
    (("C Где?", "A Завтра", "C Спасибо"), "question", 1, "question"),
    (("C Где?", "H Едет", "C Спасибо"), "thanks", 3, "gratitude"),
    (("H Вот", "C Договор подписали"), "question", 2, "other"),
    (("H Вот", "C 123"), "question", 2, "number"),
    (("H Вот", "Cf Спасибо"), "question", 2, "other"),
    (("H Вот", "Cv [like]1"), "ours", None, None),
    (("H Вот", "Cd Спасибо"), "ours", None, None),
    (("H Вот", "C Спасибо", "X шёпот"), "thanks", 2, "gratitude"),
    (("H Вот", "C Спасибо", "S заметка"), "thanks", 2, "gratitude"),
    (("H Вот", "C Спасибо", "U непонятно кто"), "nothing", None, None),
]


@pytest.mark.parametrize(("talk", "kind", "first", "meaning"), ENDS)
def test_the_end_of_a_dialog(talk: tuple[str, ...], kind: str, first: int | None, meaning: str | None) -> None:
    word = last_word(view_of(*talk))
    assert word.kind == kind
    assert (word.first.id if word.first else None) == first
    assert (word.meaning.value if word.meaning else None) == meaning


def test_words_and_their_number_may_be_others() -> None:
    dialog = view_of("H Вот", "C Мерси боку")
    assert last_word(dialog).kind == "question"
    assert last_word(dialog, lexicon=SHIPPED.with_lists(gratitude="мерси боку")).kind == "thanks"
    assert last_word(view_of("H Вот", "C Большое спасибо"), most_words=1).kind == "question"


def test_only_what_robots_said_today_is_counted() -> None:
    dialog = view_of("R 🤝", "H 🤝", "R  🤝 ", "R Здравствуйте", "C 🤝")
    assert said_today(dialog, {"🤝"}, now=BEGAN, zone=MOSCOW) == 2
    assert said_today(dialog, {"🤝"}, now=BEGAN + timedelta(days=1), zone=MOSCOW) == 0
    assert said_today(replace(dialog, read=()), {"🤝"}, now=BEGAN, zone=MOSCOW) == 0
