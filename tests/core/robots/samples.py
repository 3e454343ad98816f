"""A robot with a field of every kind, for tests of forms and wires."""

from __future__ import annotations

from datetime import datetime

from core.robots import (
    Choice,
    Ctx,
    Done,
    Input,
    LongText,
    Next,
    Outcome,
    Output,
    Robot,
    State,
    UserRef,
    prop,
    step,
)
from core.texts.text import Text


class Colour(Choice):
    RED = "red", "Красный", "Red"
    BLUE = "blue", "Синий", "Blue"


class EveryInput(Input):
    word: str = prop("", ru="Слово", en="Word")
    words: LongText = prop("", ru="Слова", en="Words", required=True, help=Text("Подсказка", "A hint"))
    number: int = prop(5, ru="Число", en="Number", minimum=-10, maximum=100)
    yes: bool = prop(True, ru="Да", en="Yes")
    colour: Colour = prop(Colour.RED, ru="Цвет", en="Colour")
    colours: list[Colour] = prop([], ru="Цвета", en="Colours")
    person: UserRef | None = prop(None, ru="Сотрудник", en="Employee")
    people: list[UserRef] = prop([], ru="Сотрудники", en="Employees")
    unseen: bool = prop(False, ru="Не показывать", en="Not shown", offered=False)

    def problem(self) -> Text | None:
        if self.word == "bad" and self.number > 50:
            return Text("«Слово» и «Число» не сочетаются.", "“Word” and “Number” do not go together.")
        return None


class EveryState(State):
    times: int = 0
    since: datetime | None = None


class EveryOutput(Output):
    answer: str = prop("", ru="Ответ", en="Answer")
    text: LongText = prop("", ru="Текст", en="Text")
    count: int = prop(0, ru="Сколько", en="How many")
    share: float = prop(0.5, ru="Доля", en="Share")
    found: bool | None = prop(None, ru="Найдено", en="Found")
    at: datetime | None = prop(None, ru="Когда", en="When")
    who: UserRef | None = prop(None, ru="Кто", en="Who")
    whom: list[UserRef] = prop([], ru="Кого", en="Whom")


class Every(Robot[EveryInput, EveryState, EveryOutput]):
    """Does nothing, in two steps."""

    code = "every"
    name = Text("Всё", "Everything")
    about = Text("Все виды полей.", "All kinds of fields.")

    @step("first")
    async def first(self, ctx: Ctx[EveryInput, EveryState]) -> Outcome:
        ctx.state.times += 1
        return Next(self.second, Text("дальше", "on"))

    @step("second", "after_first")
    async def second(self, ctx: Ctx[EveryInput, EveryState]) -> Outcome:
        return Done("done", Text("готово", "done"))
