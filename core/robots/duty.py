"""Who is on shift now: by which sources, what is planned, and what the portal says of the day itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from core.bitrix24.command import Command
from core.bitrix24.wire import as_int
from core.robots.candidates import Counts, Staff, Weights, read_staff
from core.robots.chains import BadChain, parse_chain
from core.robots.choice import Strategy
from core.robots.context import Ctx, InputT, StateT
from core.robots.people import Person
from core.robots.portal_settings import SCHEDULE_ID, SHIFT_SOURCES, UNKNOWN_SHIFT
from core.robots.shifts import Plans, Shift, Source, shift_of, working_day
from core.worktime.calendar import Calendar
from core.worktime.rota import from_schedule

#: Where a shift is known from when neither a robot nor the portal's settings say.
USUAL_SOURCES: Final = (Source.TIMEMAN, Source.OUR_SHIFT, Source.SCHEDULE)


@dataclass(frozen=True, slots=True)
class Rules:
    """How somebody is to be found; limits 0 are those of the line, ``fixed`` is a time of day in minutes.

    Without a ``pool`` it is the queue of the dialog's line.
    """

    pool: tuple[str, ...] = ()
    strategies: tuple[Strategy, ...] = (Strategy.LEAST_LOADED,)
    on_shift: bool = True
    max_open: int = 0
    max_waiting: int = 0
    skills: tuple[str, ...] = ()
    weights: Weights = field(default_factory=Weights)
    sources: tuple[Source, ...] = ()
    fixed: int | None = None


async def shifts_now(
    ctx: Ctx[InputT, StateT], ids: Sequence[int], rules: Rules, *, known: Staff | None = None
) -> dict[int, tuple[Person, Shift]]:
    """Read some employees and whether they are on shift."""
    if known is None:
        known = await read_staff(ctx.read, ids, Counts())
    shifts = shifts_of_all(ctx, ids, known, await plans_of(ctx, rules), rules)
    return {user_id: (person_of(user_id, known), shift) for user_id, shift in shifts.items()}


async def shift_now(ctx: Ctx[InputT, StateT], user_id: int, rules: Rules) -> tuple[Person, Shift]:
    """Read one employee and whether he is on shift."""
    return (await shifts_now(ctx, [user_id], rules))[user_id]


async def plans_of(ctx: Ctx[InputT, StateT], rules: Rules) -> Plans:
    """Read what is planned: our table, and the schedule that the settings name."""
    sources = sources_of(ctx, rules)
    rota = await ctx.desk.rota()
    schedule: Calendar | None = None
    number = as_int(ctx.desk.setting(SCHEDULE_ID))
    if number and Source.SCHEDULE in sources:
        answers = await ctx.read({"schedule": Command("timeman.schedule.get", {"id": number})})
        answer = answers["schedule"]
        schedule = from_schedule(answer.result, zone=ctx.zone) if answer.ok else None
    return Plans(schedule, rota, rules.fixed, ctx.zone)


def sources_of(ctx: Ctx[InputT, StateT], rules: Rules) -> tuple[Source, ...]:
    """Where shifts are known from, the best first."""
    if rules.sources:
        return rules.sources
    try:
        return parse_chain(str(ctx.desk.setting(SHIFT_SOURCES) or ""), Source)
    except BadChain:
        return USUAL_SOURCES


def unknown_is_on(ctx: Ctx[InputT, StateT]) -> bool:
    """Whether somebody whose shift nobody knows passes for one who is there; he does unless the portal says no."""
    return ctx.desk.setting(UNKNOWN_SHIFT) != "off"


def person_of(user_id: int, staff: Staff) -> Person:
    """Whom the portal does not know works there no more."""
    return staff.persons.get(user_id) or Person(user_id, f"#{user_id}", active=False)


def shifts_of_all(
    ctx: Ctx[InputT, StateT], ids: Sequence[int], staff: Staff, plans: Plans, rules: Rules
) -> dict[int, Shift]:
    """Tell of all these, out of what was read, whether they are on shift."""
    sources = sources_of(ctx, rules)
    return {
        user_id: shift_of(
            person_of(user_id, staff),
            working_day(staff.answers.get(f"day{user_id}"), staff.answers.get(f"set{user_id}")),
            plans,
            sources,
            now=ctx.now,
            zone=ctx.zone,
        )
        for user_id in dict.fromkeys(ids)
    }
