"""A robot for tests of the engine: its steps are what the test says, and it remembers when they ran."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from core.effects import NotifyStaff
from core.robots import Act, Ctx, DialogInput, Done, Next, Outcome, Output, Robot, State, WaitUntil, prop, step
from core.texts.text import Text
from tests.portal_side import ANNA

__all__ = [
    "NOTE",
    "SAID",
    "Act",
    "Context",
    "Done",
    "Next",
    "Probe",
    "ProbeOutput",
    "WaitUntil",
    "end",
    "reads",
    "wait_for",
]

NOTE = NotifyStaff(user_id=ANNA, text="Клиент ждёт.", tag="probe")
SAID = Text("Так решил тест.", "The test decided so.")


class ProbeInput(DialogInput):
    word: str = prop("", ru="Слово", en="Word")


class ProbeState(State):
    count: int = 0


class ProbeOutput(Output):
    word: str = prop("", ru="Слово", en="Word")


Context = Ctx[ProbeInput, ProbeState]
Play = Callable[[Context], Awaitable[Outcome]]


async def end(ctx: Context) -> Outcome:
    return Done("done", SAID, ProbeOutput(word=ctx.input.word))


class Probe(Robot[ProbeInput, ProbeState, ProbeOutput]):
    """Runs ``first``, then ``second``; each may go on with `again`, wait, act or end."""

    code = "probe"
    name = Text(ru="Проба", en="Probe")
    about = Text(ru="Делает, что скажет тест.", en="Does what a test says.")

    def __init__(self) -> None:
        self.first: Play = end
        self.second: Play = end
        #: The steps in the order in which they were begun.
        self.ran: list[str] = []

    @step("first")
    async def begin(self, ctx: Context) -> Outcome:
        self.ran.append("first")
        return await self.first(ctx)

    @step("second")
    async def go_on(self, ctx: Context) -> Outcome:
        self.ran.append("second")
        return await self.second(ctx)


def wait_for(probe: Probe, **span: float) -> None:
    """Let the first step wait so long for the second."""

    async def first(ctx: Context) -> Outcome:
        return WaitUntil(ctx.started_at + timedelta(**span), then=probe.go_on, because=SAID)

    probe.first = first


async def reads(ctx: Context) -> Outcome:
    """Look at the item and end well."""
    await ctx.look.item()
    return Done("done", SAID)
