"""The parts of a ready text: greeting, essence, what to do, ending."""

from __future__ import annotations

import pytest

from core.robots.structure import Part, missing_parts

GREETING, ESSENCE = "Здравствуйте, Анна!", "Ваш заказ № 1042 передан в доставку и приедет завтра."
DEED, ENDING = "Ответьте на это сообщение, если время неудобно.", "С уважением, служба поддержки."


def test_a_whole_text_misses_nothing() -> None:
    assert missing_parts(f"{GREETING}\n\n{ESSENCE}\n{DEED}\n\n{ENDING}") == ()
    english = (
        "Hello, Anna! Your order is on its way and arrives tomorrow. Please reply to move it. Kind regards, Boris."
    )
    assert missing_parts(english) == ()


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (f"{ESSENCE} {DEED} {ENDING}", (Part.GREETING,)),
        (f"{GREETING} {DEED} {DEED} {ENDING}", (Part.ESSENCE,)),
        (f"{GREETING} {ESSENCE} {ENDING}", (Part.DEED,)),
        (f"{GREETING} {ESSENCE} {DEED}", (Part.ENDING,)),
        (f"{ESSENCE} {ESSENCE}", (Part.GREETING, Part.DEED, Part.ENDING)),
    ],
)
def test_what_is_missing_is_named(text: str, missing: tuple[Part, ...]) -> None:
    assert missing_parts(text) == missing


@pytest.mark.parametrize("text", ["", "🤝", "Спасибо!", "Приняли, уточняем.", "...!!!", "\n\n"])
def test_a_remark_needs_no_parts(text: str) -> None:
    assert missing_parts(text) == ()


def test_a_greeting_may_begin_the_sentence_that_says_it_all() -> None:
    whole = "Здравствуйте, ваш заказ № 1042 передан в доставку и приедет завтра. Напишите нам. До свидания."
    assert missing_parts(whole) == ()
