"""Words that administrators look for in messages."""

import pytest

from core.robots.keywords import BadRules, Keywords, bad_keywords, read_rules
from core.texts.text import Text

LABEL = Text("Слова", "Words")

FOUND: list[tuple[str, str, str | None]] = [
    ("счёт", "Пришлите СЧЕТ, пожалуйста", "счет"),
    ("счёт", "Насчёт оплаты", None),
    ("оплат*", "Когда оплатить?", "оплат*"),
    ("где заказ | статус", "Подскажите, где заказ?", "где заказ"),
    ("срочно, горит", "У нас всё горит!", "горит"),
    ("срочно\nre:\\d{6}", "Мой номер 123456", "re:\\d{6}"),
    ("re:^да", "ДА, верно", "re:^да"),
    ("re:да", "[b]нет[/b]", None),
    ("заказ", "-----------------------------------\nгде заказ\n-----------------------------------\nспасибо", None),
    ("заказ", "", None),
]


@pytest.mark.parametrize(("words", "message", "found"), FOUND)
def test_what_is_found(words: str, message: str, found: str | None) -> None:
    assert Keywords.read(words).found_in(message) == found


def test_nothing_written_is_nothing_to_find() -> None:
    assert not Keywords.read(" \n ,|; ")
    assert Keywords.read("").found_in("что угодно") is None


@pytest.mark.parametrize(
    ("words", "ru"),
    [
        ("счёт\nre:(", "«Слова», строка 2: такое выражение не подходит (до 200 знаков, синтаксис RE2)."),
        ("re:" + "a" * 201, "«Слова», строка 1: такое выражение не подходит (до 200 знаков, синтаксис RE2)."),
        ("re:(?=a)b", "«Слова», строка 1: такое выражение не подходит (до 200 знаков, синтаксис RE2)."),
        ("счёт\n!!!", "«Слова», строка 2: нет ни одного слова."),
    ],
)
def test_what_cannot_be_looked_for(words: str, ru: str) -> None:
    said = bad_keywords(words, LABEL)
    assert said is not None
    assert said.ru == ru


@pytest.mark.parametrize("words", ["", "счёт|оплат*", "re:^\\d+$\n\nсрочно"])
def test_what_can(words: str) -> None:
    assert bad_keywords(words, LABEL) is None


def test_rules_in_their_order() -> None:
    rules = read_rules("зарплат*|отпуск => zp\n\nre:\\d+ => number\nстарый => новый => код\n")
    assert [rule.code for rule in rules] == ["zp", "number", "код"]
    assert rules[0].keywords.found_in("Вопрос про зарплату") == "зарплат*"
    assert rules[1].keywords.found_in("счёт 15") == "re:\\d+"
    assert read_rules("  \n") == ()


@pytest.mark.parametrize(
    ("rules", "ru"),
    [
        ("зарплата", "«Правила шаблонов», строка 1: нужно «слово1|слово2 => код»."),
        ("a => b\nзарплата =>", "«Правила шаблонов», строка 2: нужно «слово1|слово2 => код»."),
        ("=> zp", "«Правила шаблонов», строка 1: нужно «слово1|слово2 => код»."),
        ("re:( => zp", "«Правила шаблонов», строка 1: такое выражение не подходит (до 200 знаков, синтаксис RE2)."),
        ("!! => zp", "«Правила шаблонов», строка 1: нет ни одного слова."),
    ],
)
def test_rules_that_make_no_sense(rules: str, ru: str) -> None:
    with pytest.raises(BadRules) as bad:
        read_rules(rules)
    assert bad.value.text.ru == ru
    assert bad.value.text.en
