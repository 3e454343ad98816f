"""Read who is who around a dialog, in one request where the office is simple."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import TypeVar

from core.bitrix24.command import Reads
from core.robots.circle import Around, Circle, candidates_for, people_of
from core.robots.heads import heads_of
from core.robots.levels import Level, groups_of
from core.robots.people import Person, expanded, open_dialogs, people

#: Targets that lead to a head, always or when nobody accepted the dialog.
_HEADED = frozenset({"head", "owner", "responsible"})


SeenT = TypeVar("SeenT")
AlsoT = TypeVar("AlsoT")


async def both(look: Awaitable[SeenT], also: Awaitable[AlsoT]) -> tuple[SeenT, AlsoT]:
    """Look at two things at the same moment; when the first one fails, what happened to the second does not matter."""
    seen, beside = await asyncio.gather(look, also, return_exceptions=True)
    if isinstance(seen, BaseException):
        raise seen
    if isinstance(beside, BaseException):
        raise beside
    return seen, beside


async def circle_of(
    read: Reads, around: Around, level: Level, *, pool: Sequence[str] = (), admin_id: int = 0
) -> Circle:
    """Return the people whom the level may concern, with their shifts and, for a hand-over, their load."""
    chosen = tuple(await expanded(read, pool))
    groups = await _groups(read, level)
    bare = Circle(around, admin_id, pool=chosen, groups=groups)
    candidates = [
        user_id
        for action in level.actions
        if action.verb == "reassign"
        for user_id in candidates_for(action.target, chosen or around.queue, groups)
    ]
    concerned = [user_id for action in level.actions for user_id in people_of(action, bare)]
    heads, persons, loads = await asyncio.gather(
        _heads(read, around, level),
        people(read, [*concerned, *candidates]),
        open_dialogs(read, list(dict.fromkeys(candidates))),
    )
    return Circle(around, admin_id, tuple(heads), chosen, {**persons, **heads}, loads, groups)


async def _groups(read: Reads, level: Level) -> dict[str, tuple[int, ...]]:
    refs = list(dict.fromkeys(ref for action in level.actions for ref in groups_of(action.target)))
    found = await asyncio.gather(*(expanded(read, [ref]) for ref in refs))
    return {ref: tuple(users) for ref, users in zip(refs, found, strict=True)}


async def _heads(read: Reads, around: Around, level: Level) -> Mapping[int, Person]:
    needed = any(_may_need_head(action.verb, action.target, around) for action in level.actions)
    return await heads_of(read, around.boss_of) if needed and around.boss_of else {}


def _may_need_head(verb: str, target: str, around: Around) -> bool:
    if verb == "reassign":
        return target != "line"
    if verb in {"trigger", "comment"} or target not in _HEADED:
        return verb == "add" and not around.owner_id
    return (
        target == "head"
        or (target == "owner" and not around.owner_id)
        or (target == "responsible" and not around.responsible_id)
    )
