"""Which words of the client a rule is held against."""

import pytest

from core.robots.keywords import read_rules
from core.robots.wording import matched, request_of
from tests.core.dialogs.test_view import view_of

REQUESTS: list[tuple[tuple[str, ...], str]] = [
    ((), ""),
    (("C Где?",), "Где?"),
    (("C Где?", "C Ау"), "Где?\nАу"),
    (("C Старое", "H Ответ", "C Новое"), "Новое"),
    (("C Старое", "R Ответ", "C Новое"), "Новое"),
    (("C Вопрос", "A Автоответ", "C Ещё"), "Вопрос\nЕщё"),
    (("C Вопрос", "X Шёпот", "C Ещё"), "Вопрос\nЕщё"),
    (("C Вопрос", "H Ответ"), "Вопрос"),
    (("C Вопрос", "Cv [like]1"), "Вопрос"),
    (("C Вопрос", "Cd Ой"), "Вопрос"),
]


@pytest.mark.parametrize(("talk", "request_text"), REQUESTS)
def test_the_request(talk: tuple[str, ...], request_text: str) -> None:
    assert request_of(view_of(*talk)) == request_text


def test_the_first_rule_that_fits() -> None:
    rules = read_rules("счёт => bill\nгде => status\nгде => other")
    rule, why = matched(view_of("C Где заказ?"), rules)
    assert rule is not None
    assert rule.code == "status"
    assert (why.text.ru, why.passed) == ("Правило «где => status»", True)
    rule, why = matched(view_of("C Ау"), rules)
    assert rule is None
    assert why.passed is False
