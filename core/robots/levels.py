"""The chain of an escalation as an administrator writes it: a line per level, minutes and actions.

``15: notify owner`` / ``30: add head, notify head`` / ``45: reassign pool=line``
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from core.robots.fields import MOST_MINUTES
from core.texts.text import Text

Verb = Literal["notify", "add", "reassign", "task", "trigger", "comment"]

_MINUTES = re.compile(r"[0-9]{1,6}", re.ASCII)
_USER = re.compile(r"user:([0-9]{1,9})", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)
_PEOPLE: Final = {
    "notify": frozenset({"owner", "responsible", "head", "pool"}),
    "add": frozenset({"head"}),
    "task": frozenset({"owner", "head"}),
}
MOST_LEVELS: Final = 10
_FORM_VERBS: Final[Mapping[str, Verb]] = {"notify": "notify", "add_to_chat": "add", "task": "task"}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a level does: the verb and whom or what it concerns (``head``, ``user:7``, ``line``, a code)."""

    verb: Verb
    target: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """What happens after so many working minutes without a reply."""

    minutes: int
    actions: tuple[Action, ...]


class BadLevels(ValueError):
    """The chain cannot be read; ``text`` names the line."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def parse_levels(text: str) -> tuple[Level, ...]:
    """Read the chain; levels must come in the order of their minutes. Raises BadLevels."""
    levels: list[Level] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        level = _level(number, line)
        if levels and level.minutes <= levels[-1].minutes:
            raise _bad(number, Text("минуты должны расти от строки к строке", "minutes must grow from line to line"))
        if len(levels) == MOST_LEVELS:
            raise _bad(number, Text("уровней может быть не больше десяти", "there may be ten levels at most"))
        levels.append(level)
    return tuple(levels)


def one_level(minutes: int, action: str, people: Sequence[str]) -> Level:
    """Return the level that a form without a chain describes; ``people`` empty means the head, or the pool.

    Groups stay as the form has them, ``group_d5``, and are read when the level is due.
    """
    targets = [ref.replace("user_", "user:") for ref in people]
    if action == "reassign":
        return Level(minutes, (Action("reassign", "+".join(targets) or "pool"),))
    verb = _FORM_VERBS[action]
    return Level(minutes, tuple(Action(verb, target) for target in targets or ["head"]))


def _level(number: int, line: str) -> Level:
    minutes, _, what = (part.strip() for part in line.partition(":"))
    if not what or not _MINUTES.fullmatch(minutes) or int(minutes) > MOST_MINUTES:
        raise _bad(number, Text("нужно «минуты: действие, действие»", "must be “minutes: action, action”"))
    actions = tuple(_action(number, part.strip()) for part in what.split(",") if part.strip())
    if not actions:
        raise _bad(number, Text("нет ни одного действия", "has no action"))
    return Level(int(minutes), actions)


def _action(number: int, text: str) -> Action:
    verb, _, target = text.partition(" ")
    target = target.strip()
    match verb:
        case "comment" if not target:
            return Action("comment")
        case "trigger" if _CODE.fullmatch(target):
            return Action("trigger", target)
        case "reassign":
            return Action("reassign", _pool(number, target))
        case "notify" | "add" | "task" if target in _PEOPLE[verb] or _USER.fullmatch(target):
            return Action(verb, target)
        case _:
            raise _bad(
                number,
                Text("непонятное действие «{action}»", "does not make sense at “{action}”").format(action=text[:40]),
            )


def _pool(number: int, target: str) -> str:
    name = target.removeprefix("pool=") or "line"
    if name in {"line", "duty", "pool"} or all(_USER.fullmatch(part) for part in name.split("+")):
        return name
    raise _bad(
        number,
        Text(
            "передать можно на line, duty, pool или user:ID+user:ID",
            "reassign takes line, duty, pool or user:ID+user:ID",
        ),
    )


def _bad(number: int, what: Text) -> BadLevels:
    return BadLevels(
        Text("«Уровни», строка {number}: {what}.", "“Levels”, line {number}: {what}.").format(number=number, what=what)
    )


def groups_of(target: str) -> tuple[str, ...]:
    """Return the groups among ``user:7+group_d5``."""
    return tuple(part for part in target.split("+") if part.startswith("group_"))


def user_of(target: str) -> int | None:
    """Return N of ``user:N``."""
    match = _USER.fullmatch(target)
    return int(match.group(1)) if match else None
