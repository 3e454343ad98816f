"""Settings are checked while they are filled in: by the robot's own rules, each sentence at its field."""

from __future__ import annotations

import pytest

from activities import load
from core.robots import Choice, DialogInput, Input, LongText, UserRef, prop
from core.robots.checking import NOWHERE, is_expression, problems_of
from core.texts.text import Text

ROBOTS = load()
ESCALATE = ROBOTS["escalate_no_reply"].input_model
SEND = ROBOTS["send_message"].input_model


class Speed(Choice):
    SLOW = "slow", "Медленно", "Slow"
    FAST = "fast", "Быстро", "Fast"


class RaceInput(DialogInput):
    speed: Speed = prop(Speed.SLOW, ru="Скорость (как ехать)", en="Speed")
    minutes: int = prop(15, ru="Минуты", en="Minutes", minimum=1)
    driver: UserRef | None = prop(None, ru="Водитель", en="Driver")
    word: LongText = prop("", ru="Слово", en="Word", required=True)

    def problem(self) -> Text | None:
        if self.speed is Speed.FAST and self.minutes > 60:
            return Text("Так долго быстро не едут.", "Nobody drives fast for so long.")
        if self.minutes == 13:
            return Text("«Скорость»: не в чёртову дюжину.", "“Speed”: not by thirteen.")
        if self.word == "нет" and not self.driver:
            return Text("Нужен кто-нибудь.", "Somebody is needed.")
        return super().problem()


def names(properties: dict[str, object], model: type[Input] = RaceInput) -> dict[str, str]:
    return {name: text.ru for name, text in problems_of(model, properties).items()}


def test_every_field_has_its_own_sentence() -> None:
    assert names({"speed": "warp", "minutes": "0", "driver": "Анна", "line_ids": "x"}) == {
        "speed": "«Скорость (как ехать)»: нет такого варианта; есть slow, fast.",
        "minutes": "«Минуты»: нужно целое число от 1 до 525600.",
        "driver": "«Водитель»: нужен сотрудник или отдел, выбранный из списка.",
        "word": "«Слово»: не заполнено.",
        "line_ids": "«Только линии»: нужны номера линий через запятую, например 1, 4.",
    }


def test_good_settings_have_none() -> None:
    assert names({"word": "да", "minutes": "5", "driver": ["user_7"]}) == {}


def test_a_problem_is_told_at_the_field_that_it_names() -> None:
    assert list(names({"word": "да", "minutes": "13"})) == ["speed"]


def test_a_problem_that_names_none_is_told_at_a_field_that_causes_it() -> None:
    assert list(names({"word": "да", "speed": "fast", "minutes": "90"})) == ["speed"]
    assert list(names({"word": "нет"})) == ["word"]


def test_a_problem_of_nobody_is_told_all_the_same() -> None:
    class Never(Input):
        def problem(self) -> Text | None:
            return Text("Никогда.", "Never.")

    assert names({}, Never) == {NOWHERE: "Никогда."}


@pytest.mark.parametrize(
    "value", ["{=Document:ID}", "№ {=Document:TITLE}!", "{{Название}}", ["user_7", "{=Template:who}"], {"0": "{=A1:b}"}]
)
def test_what_the_portal_fills_in_is_no_mistake(value: object) -> None:
    assert is_expression(value)
    for name in ("speed", "minutes", "driver", "line_ids"):
        assert names({"word": "да", name: value}) == {}
    assert names({"word": value}) == {}


@pytest.mark.parametrize("value", ["", "{client.name}", "{= }", "{}", "=Document:ID", 5, None, ["x"], {"0": "x"}])
def test_what_only_looks_like_it(value: object) -> None:
    assert is_expression(value) is (value == "{= }")


def test_the_levels_of_an_escalation_name_their_line() -> None:
    told = names({"levels": "15: notify owner\n30: shout"}, ESCALATE)
    assert told == {"levels": "«Уровни», строка 2: непонятное действие «shout»."}


@pytest.mark.parametrize("text", ["Добрый день, {clien.name}!", "{=Document:TITLE}: {clien.name}"])
def test_a_typing_mistake_in_a_message(text: str) -> None:
    assert list(names({"text": text}, SEND)) == ["text"]


@pytest.mark.parametrize(
    "levels", ["15: notify {=Document:WHO}", "{=Document:LEVELS}", "{=Document:MINUTES}: notify head"]
)
def test_a_chain_of_levels_may_be_filled_in_by_the_portal(levels: str) -> None:
    assert names({"levels": levels}, ESCALATE) == {}
    assert names({"levels": f"30: shout\n{levels}"}, ESCALATE) != {}


@pytest.mark.parametrize("code", sorted(ROBOTS))
def test_an_empty_form_lacks_what_is_required_and_nothing_else(code: str) -> None:
    model = ROBOTS[code].input_model
    for text in problems_of(model, {}).values():
        assert "не заполнено" in text.ru or ROBOTS[code].check({}) == text


@pytest.mark.parametrize("code", sorted(ROBOTS))
@pytest.mark.parametrize("value", ["?", ["a", "b"], {"x": "y"}, "-1", "{=Document:ID}"])
def test_nothing_that_a_form_may_hold_breaks_the_check(code: str, value: object) -> None:
    """Whoever finds no problem lets a launch through, and the other way round."""
    model = ROBOTS[code].input_model
    for name in model.model_fields:
        found, refused = problems_of(model, {name: value}), ROBOTS[code].check({name: value})
        assert bool(found) == (refused is not None) or is_expression(value), refused
