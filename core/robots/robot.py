"""A robot: its name, its form, its steps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, Generic, Literal, TypeVar, cast, get_args, get_origin

from core.bitrix24.command import Json
from core.robots.context import Ctx, InputT, StateT
from core.robots.decoding import decode
from core.robots.fields import BadProperty, Input, Output, State
from core.robots.outcomes import Failed, Outcome, Step
from core.robots.registration import registration
from core.texts.text import Language, Text
from core.worktime.calendar import NeverOpen
from core.worktime.schedule import NoSchedule

OutputT = TypeVar("OutputT", bound=Output)
StepT = TypeVar("StepT", bound=Callable[..., Awaitable[Outcome]])

_STEP = "__step_names__"


def step(name: str, *former: str) -> Callable[[StepT], StepT]:
    """Mark a method as a step; ``name`` is what waiting runs store, ``former`` are names it also answers to."""

    def marked(method: StepT) -> StepT:
        setattr(method, _STEP, (name, *former))
        return method

    return marked


def step_name(method: Step) -> str:
    """Return the stored name of a bound step."""
    names = getattr(method, _STEP, None)
    if not names:
        raise TypeError(f"{getattr(method, '__qualname__', method)} is not a step: it has no @step.")
    return cast(str, names[0])


class Robot(Generic[InputT, StateT, OutputT]):
    """The base of every robot; a robot is one file in ``activities/`` that says what it is and what its steps are.

    The first step is the first method marked with ``@step``.
    """

    code: ClassVar[str]
    name: ClassVar[Text]
    about: ClassVar[Text]
    kind: ClassVar[Literal["robot", "activity"]] = "robot"
    #: How long a run may live, in days, before the process is answered ``expired``.
    lifetime_days: ClassVar[int] = 30
    #: False: the robot answers at once and has no ``wait_result``.
    waits: ClassVar[bool] = True
    #: Whether it works with a client's dialog, and so may stand only where one can be found.
    needs_dialog: ClassVar[bool] = True
    #: Whether it stands on an item; one that the service starts itself may be about none.
    needs_item: ClassVar[bool] = True
    #: Whether it may write to a client.
    speaks: ClassVar[bool] = False

    input_model: ClassVar[type[Input]]
    state_model: ClassVar[type[State]]
    output_model: ClassVar[type[Output]]
    steps: ClassVar[Mapping[str, str]]
    first_step: ClassVar[str]

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.input_model, cls.state_model, cls.output_model = _models(cls)
        cls.steps, cls.first_step = _steps(cls)

    def decoded(self, properties: Mapping[str, object]) -> InputT:
        """Read a launch's properties; raises BadProperty."""
        return cast(InputT, decode(self.input_model, properties))

    def check(self, properties: Mapping[str, object]) -> Text | None:
        """Return why a launch with these properties cannot work, or None."""
        try:
            self.decoded(properties)
        except BadProperty as bad:
            return bad.text
        return None

    def registration(self, language: Language, public_url: str, auth_user_id: int) -> dict[str, Json]:
        """Return what the portal is told about this robot, with our addresses under ``public_url``."""
        handler, dialog = f"{public_url}/b24/robot/{self.code}", f"{public_url}/b24/settings/{self.code}"
        return registration(self, language=language, handler=handler, dialog=dialog, auth_user_id=auth_user_id)

    def knows(self, name: str) -> bool:
        return name in self.steps

    async def run(self, name: str, ctx: Ctx[InputT, StateT]) -> Outcome:
        """Run the step of that stored name; a working time that is none fails the run in its own words."""
        method: Callable[[Ctx[InputT, StateT]], Awaitable[Outcome]] = getattr(self, self.steps[name])
        try:
            return await method(ctx)
        except (NeverOpen, NoSchedule) as closed:
            return Failed(closed.text)


#: Any robot, for those who only pass it on.
AnyRobot = Robot[Any, Any, Any]


def _models(cls: type[Robot[Any, Any, Any]]) -> tuple[type[Input], type[State], type[Output]]:
    for base in getattr(cls, "__orig_bases__", ()):
        if get_origin(base) is Robot:
            return cast(tuple[type[Input], type[State], type[Output]], get_args(base))
    raise TypeError(f"{cls.__name__} must say its models: Robot[Input, State, Output].")


def _steps(cls: type[Robot[Any, Any, Any]]) -> tuple[dict[str, str], str]:
    steps: dict[str, str] = {}
    first = ""
    for attribute, method in vars(cls).items():
        for name in getattr(method, _STEP, ()):
            if name in steps:
                raise TypeError(f"{cls.__name__} has two steps named {name!r}.")
            steps[name] = attribute
            first = first or name
    if not first:
        raise TypeError(f"{cls.__name__} has no step.")
    return steps, first
