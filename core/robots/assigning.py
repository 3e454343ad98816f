"""Find who gets a dialog: read the people whom a robot's settings name, and let one be chosen, each in his turn."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from core.bitrix24.command import Command, Json, Reads
from core.bitrix24.documents import COMPANY, CONTACT, Item
from core.bitrix24.errors import TryLater
from core.bitrix24.wire import as_dict, as_int, as_list
from core.dialogs.item import ItemFacts
from core.dialogs.line import Line
from core.dialogs.message import Author
from core.dialogs.view import DialogView
from core.robots.candidates import Candidate, Counts, Staff, read_staff, skills_of
from core.robots.choice import Chosen, Demands, Question, Strategy, choose
from core.robots.context import Ctx, InputT, StateT
from core.robots.duty import Rules, person_of, plans_of, shifts_of_all, unknown_is_on
from core.robots.people import Person, expanded
from core.robots.portal_settings import SKILLS
from core.robots.shifts import Shift
from core.texts.text import Text

#: As often another run may take the turn first; each time one of them is through.
_MOST_TRIES: Final = 200


class Turned(NamedTuple):
    """Whose turn was taken: the name of the pool, and of the asker."""

    pool: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Who was chosen, and what is known of all who were looked at (also of those who were no candidates)."""

    chosen: Chosen
    pool: tuple[int, ...]
    turn: Turned
    persons: Mapping[int, Person]
    shifts: Mapping[int, Shift]

    @property
    def user_id(self) -> int:
        return self.chosen.user_id

    def name(self, user_id: int) -> str:
        person = self.persons.get(user_id)
        return person.name if person else f"#{user_id}"


async def find(
    ctx: Ctx[InputT, StateT],
    dialog: DialogView | None,
    rules: Rules,
    *,
    left_out: Mapping[int, Text] | None = None,
    beside: Sequence[int] = (),
    hop: int = 0,
    known: Staff | None = None,
) -> Found:
    """Read the pool and choose; in a live run whoever is chosen has had his turn, once for each ``hop`` of a run.

    ``left_out`` says of some why they are not asked, ``beside`` are read too without being candidates; who is
    ``known`` need not be read again.
    """
    pool = await _pool(ctx.read, dialog, rules)
    facts = await ctx.look.item()
    line = dialog.line if dialog is not None else None
    demands = _demands(ctx, rules, line, left_out or {})
    wanted, session_id = _counts(rules, demands), dialog.session_id if dialog is not None else 0
    known = known or Staff({}, {})
    unknown = [user_id for user_id in (*pool, *beside) if user_id not in known.persons]
    staff, owners, served, plans = await asyncio.gather(
        read_staff(ctx.read, unknown, wanted, but_session=session_id),
        _owners(ctx.read, facts, rules),
        _served(ctx.read, dialog, facts, rules),
        plans_of(ctx, rules),
    )
    staff = staff.joined(known)
    if strangers := [user_id for user_id in owners if user_id not in staff.persons]:
        staff = staff.joined(await read_staff(ctx.read, strangers, wanted, but_session=session_id))
    shifts = shifts_of_all(ctx, [*pool, *owners, *beside], staff, plans, rules)
    candidates = _candidates(ctx, pool, owners, staff, shifts)
    turn = Turned(_name(pool, dialog, rules), f"{ctx.run_id}|{hop}")
    question = Question(
        strategies=rules.strategies,
        demands=demands,
        weights=rules.weights,
        turns=await ctx.desk.turns(turn.pool),
        by=turn.by,
        now=ctx.now,
        owners=tuple(owners),
        served=tuple(served),
    )
    chosen = await _chosen(ctx, candidates, question, turn.pool)
    return Found(chosen, tuple(pool), turn, {user_id: person_of(user_id, staff) for user_id in shifts}, shifts)


async def read_ahead(ctx: Ctx[InputT, StateT], ids: Sequence[int], rules: Rules, *, session_id: int) -> Staff:
    """Read people before it is sure who they are to be chosen from, together with the dialog."""
    wanted = _counts(rules, Demands(max_waiting=1))
    return await read_staff(ctx.read, ids, wanted, but_session=session_id)


async def turn_is_over(ctx: Ctx[InputT, StateT], turn: Turned) -> None:
    """Note that whoever was chosen has the dialog now, and that the portal counts it among his."""
    for _ in range(_MOST_TRIES if turn.pool and not ctx.dry else 0):
        turns = await ctx.desk.turns(turn.pool)
        finished = turns.finished(turn.by, now=ctx.now)
        if finished is None or await ctx.desk.take_turn(turn.pool, turns, finished):
            return


# --- reading ---------------------------------------------------------------------------------------------------------


async def _pool(read: Reads, dialog: DialogView | None, rules: Rules) -> list[int]:
    if rules.pool:
        return await expanded(read, rules.pool)
    return list(dialog.line.queue) if dialog is not None and dialog.line is not None else []


def _name(pool: Sequence[int], dialog: DialogView | None, rules: Rules) -> str:
    """Round robin goes on where the same pool left off, in whatever order it is written."""
    if rules.pool:
        return ",".join(sorted(rules.pool))
    return f"line {dialog.line_id}" if dialog is not None else ",".join(map(str, sorted(pool)))


def _counts(rules: Rules, demands: Demands) -> Counts:
    """Ask for what decides only; how many dialogs are open is told in any case."""
    weighs = Strategy.LEAST_LOADED in rules.strategies
    return Counts(
        open=True,
        waiting=bool(demands.max_waiting) or (weighs and rules.weights.waiting > 0),
        tasks=weighs and rules.weights.tasks > 0,
    )


async def _owners(read: Reads, facts: ItemFacts, rules: Rules) -> list[int]:
    """Who is responsible for the client: of the company, then of the first contact."""
    if Strategy.CLIENT_OWNER not in rules.strategies:
        return []
    if facts.item.entity_type_id in {COMPANY, CONTACT}:
        return [facts.assigned_by_id] if facts.assigned_by_id else []
    places = [Item(COMPANY, facts.company_id)] if facts.company_id else []
    places += [Item(CONTACT, number) for number in facts.contact_ids[:1]]
    commands = {
        f"client{at}": Command("crm.item.get", {"entityTypeId": place.entity_type_id, "id": place.id})
        for at, place in enumerate(places)
    }
    answers = await read(commands) if commands else {}
    rows = [as_dict(as_dict(answer.result).get("item")) for answer in answers.values() if answer.ok]
    return list(dict.fromkeys(owner for row in rows if (owner := as_int(row.get("assignedById")))))


async def _served(read: Reads, dialog: DialogView | None, facts: ItemFacts, rules: Rules) -> list[int]:
    """Who served the client before, the latest first: by what was written in the chat, then by closed sessions."""
    if Strategy.STICKY not in rules.strategies or dialog is None:
        return []
    wrote = [message.author_id for message in reversed(dialog.read) if message.author is Author.HUMAN]
    place = Item(CONTACT, facts.contact_ids[0]) if facts.contact_ids else facts.item
    conditions: dict[str, Json] = {
        "PROVIDER_ID": "IMOPENLINES_SESSION",
        "BINDINGS": [{"OWNER_TYPE_ID": place.entity_type_id, "OWNER_ID": place.id}],
        "COMPLETED": "Y",
    }
    params: dict[str, Json] = {"filter": conditions, "order": {"LAST_UPDATED": "DESC"}, "select": ["RESPONSIBLE_ID"]}
    answer = (await read({"served": Command("crm.activity.list", params)}))["served"]
    rows = map(as_dict, as_list(answer.result)) if answer.ok else ()
    operators = [operator for row in rows if (operator := as_int(row.get("RESPONSIBLE_ID")))]
    return list(dict.fromkeys([*wrote, *operators]))


# --- judging ---------------------------------------------------------------------------------------------------------


def _candidates(
    ctx: Ctx[InputT, StateT], pool: Sequence[int], owners: Sequence[int], staff: Staff, shifts: Mapping[int, Shift]
) -> list[Candidate]:
    skills = skills_of(ctx.desk.setting(SKILLS))
    return [
        Candidate(
            person=person_of(user_id, staff),
            shift=shifts[user_id],
            open=staff.count("open", user_id),
            waiting=staff.count("waiting", user_id),
            tasks=staff.count("tasks", user_id),
            skills=skills.get(user_id, frozenset()),
            in_pool=user_id in pool,
        )
        for user_id in dict.fromkeys((*pool, *owners))
    ]


def _demands(ctx: Ctx[InputT, StateT], rules: Rules, line: Line | None, left_out: Mapping[int, Text]) -> Demands:
    """The line's own limit holds where the robot's settings name none; it counts what is open or what waits."""
    limit = line.max_chats if line is not None else 0
    counts_open = line is not None and line.max_chats_counts == "closed"
    return Demands(
        on_shift=rules.on_shift,
        unknown_is_on=unknown_is_on(ctx),
        max_open=rules.max_open or (limit if counts_open else 0),
        max_waiting=rules.max_waiting or (0 if counts_open else limit),
        skills=rules.skills,
        left_out=left_out,
    )


async def _chosen(ctx: Ctx[InputT, StateT], candidates: Sequence[Candidate], question: Question, pool: str) -> Chosen:
    """Choose, and take the turn of whoever was chosen, before any other run can take the same.

    A check takes nobody's turn, and neither does a run that asks again.
    """
    for _ in range(_MOST_TRIES):
        chosen = choose(candidates, question)
        if not chosen.user_id or ctx.dry or question.turns.given_to(question.by) == chosen.user_id:
            return chosen
        taken = question.turns.taken(chosen.user_id, by=question.by, now=ctx.now)
        if await ctx.desk.take_turn(pool, question.turns, taken):
            return chosen
        question = question.with_turns(await ctx.desk.turns(pool))
    raise TryLater("Other runs take turns in this pool all the time.")
