"""The end of a robot that fires triggers: a trigger may move the item, so the process gets its answer first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Self

from pydantic import BaseModel, Field, JsonValue

from core.effects import FireTrigger
from core.robots.context import Ctx, InputT, StateT
from core.robots.fields import Output, State
from core.robots.outcomes import Act, Check, Done, Outcome, Reason, Step, WaitUntil
from core.texts.text import Text

#: By then an answer was sent twice (core.runs.deliver): a stage that changes sooner may end the waiting process.
AFTER_ANSWER: Final = timedelta(seconds=75)

_SOON: Final = Text(
    "Процессу отвечено; триггеры сработают, когда он пойдёт дальше.",
    "The process is answered; the triggers fire once it has gone on.",
)
_NOW: Final = Text("Запускаем триггеры автоматизации.", "Firing automation triggers.")


class PartingState(State):
    #: What the run ends with, and the triggers that it fires before; plain data, which outlives releases.
    parting: dict[str, JsonValue] = Field(default_factory=dict)
    #: Triggers that were found before the end and wait for it.
    later: list[dict[str, JsonValue]] = Field(default_factory=list)


class _Parting(BaseModel):
    result: str
    reason: dict[str, str]
    output: dict[str, JsonValue]
    triggers: tuple[FireTrigger, ...]

    @classmethod
    def of(cls, done: Done, triggers: Sequence[FireTrigger]) -> Self:
        return cls(
            result=done.result,
            reason=Reason.of(done.because).text.as_json(),
            output=done.output.model_dump(mode="json"),
            triggers=tuple(triggers),
        )


def part(ctx: Ctx[InputT, StateT], done: Done, triggers: Sequence[FireTrigger], *, fire: Step, over: Step) -> Outcome:
    """End with ``done``, firing the triggers last; ``fire`` and ``over`` are steps that call `fired` and `parted`."""
    if not triggers:
        return done
    _state(ctx).parting = _Parting.of(done, triggers).model_dump(mode="json")
    if ctx.answered or ctx.dry:
        return fired(ctx, over=over)
    return WaitUntil(ctx.now + AFTER_ANSWER, then=fire, because=_SOON, answer=done, looks=True)


def keep_for_parting(ctx: Ctx[InputT, StateT], triggers: Sequence[FireTrigger]) -> None:
    _state(ctx).later = [trigger.model_dump(mode="json") for trigger in triggers]


def kept_for_parting(ctx: Ctx[InputT, StateT]) -> tuple[FireTrigger, ...]:
    return tuple(FireTrigger.model_validate(trigger) for trigger in _state(ctx).later)


def fired(ctx: Ctx[InputT, StateT], *, over: Step) -> Outcome:
    return Act(_parting(ctx).triggers, then=over, because=_NOW)


def parted(ctx: Ctx[InputT, StateT], model: type[Output]) -> Done:
    """Return what the run ends with, and what came of its triggers."""
    parting = _parting(ctx)
    checks = tuple(Check(result.summary, result.done) for result in ctx.results)
    return Done(parting.result, Reason(Text.from_json(parting.reason), checks), model.model_validate(parting.output))


def _parting(ctx: Ctx[InputT, StateT]) -> _Parting:
    return _Parting.model_validate(_state(ctx).parting)


def _state(ctx: Ctx[InputT, StateT]) -> PartingState:
    if not isinstance(ctx.state, PartingState):
        raise TypeError(f"{type(ctx.state).__name__} must be a PartingState to part with triggers.")
    return ctx.state
