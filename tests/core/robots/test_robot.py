"""How a robot is made of its class, and what is refused when it is defined."""

from __future__ import annotations

import pytest

from activities import load
from core.robots import Ctx, Done, Failed, Input, Next, Outcome, Output, Robot, State, step
from core.robots.robot import step_name
from core.texts.text import Text
from core.worktime.calendar import NeverOpen
from tests.core.robots.samples import Every, EveryInput, EveryOutput, EveryState

WORDS = Text("имя", "name")


def test_models_and_steps() -> None:
    robot = Every()
    assert (robot.input_model, robot.state_model, robot.output_model) == (EveryInput, EveryState, EveryOutput)
    assert dict(robot.steps) == {"first": "first", "second": "second", "after_first": "second"}
    assert robot.first_step == "first"
    assert robot.knows("after_first")
    assert not robot.knows("third")
    assert step_name(robot.second) == "second"


async def test_a_step_answers_to_its_former_names() -> None:
    outcome = await Every().run("after_first", None)  # type: ignore[arg-type]  # this step looks at nothing
    assert isinstance(outcome, Done)
    assert outcome.result == "done"


def test_a_step_that_is_none() -> None:
    with pytest.raises(TypeError, match="is not a step"):
        step_name(Every().decoded)  # type: ignore[arg-type]  # that is what is tested


def test_a_robot_without_models_is_refused() -> None:
    with pytest.raises(TypeError, match="must say its models"):

        class Bare(Robot):  # type: ignore[type-arg]  # that is what is tested
            @step("only")
            async def only(self, ctx: Ctx[Input, State]) -> Outcome:
                return Done("done", WORDS)


def test_a_robot_without_steps_is_refused() -> None:
    with pytest.raises(TypeError, match="no step"):

        class Still(Robot[Input, State, Output]):
            code = "still"


def test_two_steps_of_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match="two steps named 'a'"):

        class Twice(Robot[Input, State, Output]):
            @step("a")
            async def one(self, ctx: Ctx[Input, State]) -> Outcome:
                return Next(self.two, WORDS)

            @step("b", "a")
            async def two(self, ctx: Ctx[Input, State]) -> Outcome:
                return Done("done", WORDS)


async def test_a_calendar_that_never_opens_fails_the_run_in_words() -> None:
    class Waits(Robot[Input, State, Output]):
        @step("only")
        async def only(self, ctx: Ctx[Input, State]) -> Outcome:
            raise NeverOpen(Text("линия «Ночь»", "line “Night”"))

    outcome = await Waits().run("only", None)  # type: ignore[arg-type]  # this step looks at nothing
    assert isinstance(outcome, Failed)
    assert outcome.because == Text(
        "Впереди нет рабочего времени: линия «Ночь».", "There is no working time ahead: line “Night”."
    )


def test_the_catalogue() -> None:
    robots = load()
    assert list(robots) == sorted(robots)
    assert {"dialog_state", "escalate_no_reply", "send_message"} <= set(robots)
    assert all(robot.code == code for code, robot in robots.items())
    assert all(0 < robot.lifetime_days <= 366 for robot in robots.values())


@pytest.mark.parametrize("code", [*load()])
def test_old_forms_and_old_states_still_read(code: str) -> None:
    """Placed robots keep the form they were placed with, and waiting runs the state they were saved with."""
    robot = load()[code]
    required = {name: "x" for name, info in robot.input_model.model_fields.items() if name == "text"}
    assert robot.check(required) is None
    assert robot.state_model.model_validate({}) == robot.state_model()
    assert robot.state_model.model_validate({"of_next_year": 1}) == robot.state_model()
    assert robot.output_model() == robot.output_model()
