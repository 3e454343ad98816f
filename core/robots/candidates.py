"""Employees who may be given a dialog: who they are, whether they are there, what they have to do already."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.bitrix24.command import Answer, Command, Json, Reads
from core.bitrix24.wire import as_dict, as_list, as_str
from core.robots.people import Person, persons_of, shift_commands
from core.robots.shifts import Shift
from core.texts.text import Text

#: Commands of one caller stay in one batch of fifty; one of them asks who everybody is.
_MOST_COMMANDS: Final = 49
_WEIGHT: Final = re.compile(r"\s*([a-z]+)\s*=\s*([0-9]{1,4}(?:[.,][0-9]{1,3})?)\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Weights:
    """What one open dialog, one that is not accepted yet and one task weigh."""

    dialogs: float = 1.0
    waiting: float = 2.0
    tasks: float = 0.5


class BadWeights(Exception):
    """Weights that make no sense; ``part`` is what."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def parse_weights(text: str) -> Weights:
    """Read ``dialogs=1, waiting=2, tasks=0.5``; what is not named weighs nothing, an empty text is the usual weights.

    Raises BadWeights.
    """
    parts = [part for part in re.split(r"[;]|,(?=\s*[A-Za-z])", text) if part.strip()]
    if not parts:
        return Weights()
    found = dict.fromkeys(("dialogs", "waiting", "tasks"), 0.0)
    for part in parts:
        match = _WEIGHT.fullmatch(part)
        if match is None or match.group(1) not in found:
            raise BadWeights(part.strip()[:40])
        found[match.group(1)] = float(match.group(2).replace(",", "."))
    return Weights(**found)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One employee as a choice sees him; numbers are None when nobody asked for them.

    ``waiting`` are dialogs that are his and not accepted yet, as far as activities tell (openlines.md 3.1).
    """

    person: Person
    shift: Shift
    open: int | None = None
    waiting: int | None = None
    tasks: int | None = None
    skills: frozenset[str] = frozenset()
    in_pool: bool = True

    @property
    def id(self) -> int:
        return self.person.id

    def load(self, weights: Weights) -> float:
        return (
            (self.open or 0) * weights.dialogs
            + (self.waiting or 0) * weights.waiting
            + (self.tasks or 0) * weights.tasks
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """Which numbers are asked for; each is a command more for every candidate."""

    open: bool = False
    waiting: bool = False
    tasks: bool = False

    @property
    def each(self) -> int:
        return 2 + self.open + self.waiting + self.tasks


@dataclass(frozen=True, slots=True)
class Staff:
    """What one reading told of some employees: who they are, and the answers about their days and loads."""

    persons: Mapping[int, Person]
    answers: Mapping[str, Answer]

    def joined(self, other: Staff) -> Staff:
        return Staff({**other.persons, **self.persons}, {**other.answers, **self.answers})

    def count(self, what: str, user_id: int) -> int | None:
        answer = self.answers.get(f"{what}{user_id}")
        return (answer.total or 0) if answer is not None and answer.ok else None


async def read_staff(read: Reads, ids: Iterable[int], counts: Counts, *, but_session: int = 0) -> Staff:
    """Read employees with their working days and what they have to do; all asked at the same moment.

    ``but_session`` is not counted: the dialog that is to be given weighs on nobody yet.
    """
    wanted = [user_id for user_id in dict.fromkeys(ids) if user_id > 0]
    size = _MOST_COMMANDS // counts.each
    parts = [wanted[at : at + size] for at in range(0, len(wanted), size)]
    found = await asyncio.gather(*(read(_commands(part, counts, but_session)) for part in parts))
    persons: dict[int, Person] = {}
    answers: dict[str, Answer] = {}
    for one in found:
        persons |= {person.id: person for person in persons_of(one.get("users"), one)}
        answers |= one
    return Staff({user_id: persons[user_id] for user_id in wanted if user_id in persons}, answers)


def _commands(ids: Sequence[int], counts: Counts, but_session: int) -> dict[str, Command]:
    asked: list[Json] = [*ids]
    others: dict[str, Json] = {"!ASSOCIATED_ENTITY_ID": but_session} if but_session else {}
    commands = {"users": Command("im.user.list.get", {"ID": asked})}
    for user_id in ids:
        commands |= shift_commands(user_id)
        if counts.open:
            commands[f"open{user_id}"] = _sessions(user_id, others)
        if counts.waiting:
            commands[f"waiting{user_id}"] = _sessions(user_id, {**others, "RESULT_STATUS": 1})
        if counts.tasks:
            commands[f"tasks{user_id}"] = _tasks(user_id)
    return commands


def _sessions(user_id: int, more: Mapping[str, Json]) -> Command:
    """Open sessions of an operator, by their activities; 1 is the status of one that was not accepted."""
    conditions: dict[str, Json] = {
        "PROVIDER_ID": "IMOPENLINES_SESSION",
        "RESPONSIBLE_ID": user_id,
        "COMPLETED": "N",
        **more,
    }
    return Command("crm.activity.list", {"filter": conditions, "select": ["ID"]})


def _tasks(user_id: int) -> Command:
    """Tasks that are not finished; 5 is a finished one."""
    return Command("tasks.task.list", {"filter": {"RESPONSIBLE_ID": user_id, "!STATUS": 5}, "select": ["ID"]})


def skills_of(setting: Json) -> dict[int, frozenset[str]]:
    """Read the portal's table of skills: ``{"7": ["English", "payroll"]}``."""
    return {
        int(user_id): frozenset(word for name in as_list(names) if (word := as_str(name).strip().lower()))
        for user_id, names in as_dict(setting).items()
        if user_id.isascii() and user_id.isdigit()
    }


def parse_skills(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for part in text.split(",") if (word := part.strip().lower())))


def weights_problem(label: Text, text: str) -> Text | None:
    """Return why weights cannot be read, naming the property by its label, or None."""
    try:
        parse_weights(text)
    except BadWeights as bad:
        words = Text(
            "«{label}»: непонятно «{part}»; пишите, например, dialogs=1, waiting=2, tasks=0.5.",
            "“{label}”: “{part}” makes no sense; write, for example, dialogs=1, waiting=2, tasks=0.5.",
        )
        return words.format(label=label, part=bad.part)
    return None
