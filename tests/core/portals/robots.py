"""Robots of tests: what the portals' package needs of one is its registration."""

from __future__ import annotations

from core.robots import Ctx, Done, Input, Outcome, Output, Robot, State, prop, step
from core.texts.text import Text


class GreetInput(Input):
    text: str = prop("", ru="Текст", en="Text")


class Greet(Robot[GreetInput, State, Output]):
    """Say hello."""

    code = "greet"
    name = Text("Поздороваться", "Greet")
    about = Text("Здоровается.", "Greets.")

    @step("go")
    async def go(self, ctx: Ctx[GreetInput, State]) -> Outcome:
        return Done("done", Text("Готово.", "Done."))


class Wave(Robot[Input, State, Output]):
    """Wave a hand."""

    code = "wave"
    name = Text("Помахать", "Wave")
    about = Text("Машет.", "Waves.")
    needs_dialog = False

    @step("go")
    async def go(self, ctx: Ctx[Input, State]) -> Outcome:
        return Done("done", Text("Готово.", "Done."))


class WaveActivity(Robot[Input, State, Output]):
    """Wave a hand in business processes only."""

    code = "wave"
    name = Text("Помахать", "Wave")
    about = Text("Машет.", "Waves.")
    kind = "activity"

    @step("go")
    async def go(self, ctx: Ctx[Input, State]) -> Outcome:
        return Done("done", Text("Готово.", "Done."))
