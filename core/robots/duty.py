"""Who is on shift now: by which sources, what is planned, and what the portal says of the day itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from core.bitrix24.command import Command, Reads
from core.bitrix24.wire import as_int
from core.robots.candidates import Candidate, Counts, Staff, Weights, read_staff
from core.robots.chains import BadChain, parse_chain
from core.robots.choice import Demands, Strategy
from core.robots.desk import Papers
from core.robots.people import Person
from core.robots.portal_settings import SCHEDULE_ID, SHIFT_SOURCES, UNKNOWN_SHIFT
from core.robots.shifts import Plans, Shift, Source, shift_of, working_day
from core.worktime.calendar import Calendar
from core.worktime.rota import from_schedule

#: Where a shift is known from when neither a robot nor the portal's settings say.
USUAL_SOURCES: Final = (Source.TIMEMAN, Source.OUR_SHIFT, Source.SCHEDULE)


class Asker(Protocol):
    """Who wants to know: a step of a run, or a round that looks after a whole portal."""

    @property
    def read(self) -> Reads: ...

    @property
    def desk(self) -> Papers: ...

    @property
    def now(self) -> datetime: ...

    @property
    def zone(self) -> ZoneInfo: ...


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
    asker: Asker, ids: Sequence[int], rules: Rules, *, known: Staff | None = None
) -> dict[int, tuple[Person, Shift]]:
    """Read some employees and whether they are on shift."""
    if known is None:
        known = await read_staff(asker.read, ids, Counts())
    shifts = shifts_of_all(asker, ids, known, await plans_of(asker, rules), rules)
    return {user_id: (person_of(user_id, known), shift) for user_id, shift in shifts.items()}


async def shift_now(asker: Asker, user_id: int, rules: Rules) -> tuple[Person, Shift]:
    """Read one employee and whether he is on shift."""
    return (await shifts_now(asker, [user_id], rules))[user_id]


async def plans_of(asker: Asker, rules: Rules) -> Plans:
    """Read what is planned: our table, and the schedule that the settings name."""
    sources = sources_of(asker, rules)
    rota = await asker.desk.rota()
    schedule: Calendar | None = None
    number = as_int(asker.desk.setting(SCHEDULE_ID))
    if number and Source.SCHEDULE in sources:
        answers = await asker.read({"schedule": Command("timeman.schedule.get", {"id": number})})
        answer = answers["schedule"]
        schedule = from_schedule(answer.result, zone=asker.zone) if answer.ok else None
    return Plans(schedule, rota, rules.fixed, asker.zone)


def sources_of(asker: Asker, rules: Rules) -> tuple[Source, ...]:
    """Where shifts are known from, the best first."""
    if rules.sources:
        return rules.sources
    try:
        return parse_chain(str(asker.desk.setting(SHIFT_SOURCES) or ""), Source)
    except BadChain:
        return USUAL_SOURCES


def unknown_is_on(asker: Asker) -> bool:
    """Whether somebody whose shift nobody knows passes for one who is there; he does unless the portal says no."""
    return asker.desk.setting(UNKNOWN_SHIFT) != "off"


async def somebody_is_there(asker: Asker, ids: Sequence[int], rules: Rules) -> bool:
    """Tell whether any of these could be given something by his shift; cheaper than to choose."""
    found = await shifts_now(asker, ids, rules)
    return any(takes(asker, person, shift, rules) for person, shift in found.values())


def takes(asker: Asker, person: Person, shift: Shift, rules: Rules) -> bool:
    """Whether he could be given something by his shift."""
    demands = Demands(on_shift=rules.on_shift, unknown_is_on=unknown_is_on(asker))
    return demands.why_not(Candidate(person, shift)) is None


def person_of(user_id: int, staff: Staff) -> Person:
    """Whom the portal does not know works there no more."""
    return staff.persons.get(user_id) or Person(user_id, f"#{user_id}", active=False)


def shifts_of_all(asker: Asker, ids: Sequence[int], staff: Staff, plans: Plans, rules: Rules) -> dict[int, Shift]:
    """Tell of all these, out of what was read, whether they are on shift."""
    sources = sources_of(asker, rules)
    return {
        user_id: shift_of(
            person_of(user_id, staff),
            working_day(staff.answers.get(f"day{user_id}"), staff.answers.get(f"set{user_id}")),
            plans,
            sources,
            now=asker.now,
            zone=asker.zone,
        )
        for user_id in dict.fromkeys(ids)
    }
