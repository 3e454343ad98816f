"""A long tail of messages without an answer is judged message by message as far as somebody needs it."""

from __future__ import annotations

import pytest

from core.dialogs.ball import Ball, Episode, judge
from core.dialogs.talk import wanting
from tests.core.dialogs.talks import talk

MANY = 500


def test_whoever_needs_the_first_one_does_not_pay_for_the_rest() -> None:
    messages = talk(*["C Когда будет расчёт?"] * MANY)
    rest = iter(messages)
    assert next(wanting(rest)) is messages[0]
    assert next(rest) is messages[1], "nothing behind it was looked at"


def test_all_that_wait_are_counted() -> None:
    verdict = judge(talk(*["C Когда будет расчёт?", "C Спасибо"] * (MANY // 2)), session_id=1, is_open=True)
    assert (verdict.ball, verdict.episode) == (Ball.US, Episode(1, 1))
    assert "без ответа 250 сообщений" in verdict.why.ru


@pytest.mark.parametrize(
    ("said", "ball"),
    [
        (("H Вопрос решён?", "C Да"), Ball.ACK),
        (("H Пришлёте акт?", "C Да"), Ball.US),
        (("H Вопрос решён?", "C Да", "C А где акт?"), Ball.US),
    ],
)
def test_what_was_asked_before_the_tail_still_counts(said: tuple[str, ...], ball: Ball) -> None:
    assert judge(talk(*said), session_id=1, is_open=True).ball is ball
