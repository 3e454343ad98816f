"""Employees as robots see them: who they are, who is at work, who carries how much."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.bitrix24.command import Answer, Command, Json, Reads
from core.bitrix24.wire import as_bool_yn, as_dict, as_int, as_list, as_str

_GROUP = re.compile(r"group_(d|dr|hr|hrr)([0-9]{1,9})", re.ASCII)
#: So many people are asked about in one read: three commands each, and fifty make a batch.
_PART: Final = 16
#: Departments below a department are followed at most so deep.
_DEEPEST: Final = 5


@dataclass(frozen=True, slots=True)
class Person:
    """An employee; ``on_shift`` is None when the portal does not tell (no rights, or no time tracking)."""

    id: int
    name: str
    active: bool = True
    absent: bool = False
    bot: bool = False
    departments: tuple[int, ...] = ()
    on_shift: bool | None = None

    @property
    def employed(self) -> bool:
        return self.active and not self.bot

    @property
    def reachable(self) -> bool:
        """Whether telling him now makes sense; not knowing counts as yes."""
        return self.employed and not self.absent and self.on_shift is not False


async def people(read: Reads, ids: Iterable[int], *, shifts: bool = True) -> dict[int, Person]:
    """Read who these users are and, with ``shifts``, whether their working day is open.

    Timeman refuses foreign days without the right to manage them, with an empty error code (openlines.md trap 17):
    then nothing is known, and nobody is taken for absent because of it.
    """
    wanted = [user_id for user_id in dict.fromkeys(ids) if user_id > 0]
    parts = [wanted[at : at + _PART] for at in range(0, len(wanted), _PART)]
    found = await asyncio.gather(*(_some(read, part, shifts) for part in parts))
    return {person.id: person for persons in found for person in persons}


async def _some(read: Reads, ids: Sequence[int], shifts: bool) -> list[Person]:
    asked: list[Json] = [*ids]
    commands = {"users": Command("im.user.list.get", {"ID": asked})}
    if shifts:
        commands |= {name: command for user_id in ids for name, command in shift_commands(user_id).items()}
    answers = await read(commands)
    return persons_of(answers.get("users"), answers)


def persons_of(users: Answer | None, answers: Mapping[str, Answer]) -> list[Person]:
    """Read ``im.user.list.get`` with the answers to ``shift_commands`` beside it."""
    rows = [as_dict(row) for row in as_list(users.result)] if users is not None and users.ok else []
    return [_person(user_id, row, answers) for row in rows if (user_id := as_int(row.get("id"))) is not None]


def shift_commands(user_id: int | str, name: str = "") -> dict[str, Command]:
    """Ask whether a working day is open, and whether days are counted at all; ``user_id`` may be a reference."""
    return {
        f"day{name or user_id}": Command("timeman.status", {"USER_ID": user_id}),
        f"set{name or user_id}": Command("timeman.settings", {"USER_ID": user_id}),
    }


def _person(user_id: int, row: Mapping[str, Json], answers: Mapping[str, Answer]) -> Person:
    return Person(
        id=user_id,
        name=as_str(row.get("name")) or f"#{user_id}",
        active=row.get("active") is not False,
        absent=bool(row.get("absent")),
        bot=row.get("bot") is True,
        departments=tuple(number for part in as_list(row.get("departments")) if (number := as_int(part))),
        on_shift=on_shift(answers.get(f"day{user_id}"), answers.get(f"set{user_id}")),
    )


def on_shift(day: Answer | None, settings: Answer | None) -> bool | None:
    """PAUSED is lunch, EXPIRED a day that somebody forgot to close (openlines.md trap 17).

    Where days are not counted they look closed for ever, so the status means nothing there.
    """
    counted = as_bool_yn(as_dict(settings.result).get("UF_TIMEMAN")) if settings is not None and settings.ok else None
    if day is None or not day.ok or counted is False:
        return None
    return {"OPENED": True, "PAUSED": True, "CLOSED": False, "EXPIRED": False}.get(
        as_str(as_dict(day.result).get("STATUS"))
    )


async def expanded(read: Reads, refs: Sequence[str]) -> list[int]:
    """Turn ``user_7`` and ``group_d5`` into user ids; a group gives its employees, ``dr`` and ``hrr`` also of below."""
    users = [int(ref.removeprefix("user_")) for ref in refs if ref.startswith("user_")]
    groups = [(match.group(1), int(match.group(2))) for ref in refs if (match := _GROUP.fullmatch(ref))]
    if groups:
        wanted = [number for kind, number in groups if kind in {"d", "hr"}]
        wanted += await _with_below(read, [number for kind, number in groups if kind in {"dr", "hrr"}])
        asked: list[Json] = [*dict.fromkeys(wanted)]
        answers = await read({"staff": Command("im.department.employees.get", {"ID": asked})})
        for employees in as_dict(answers["staff"].result).values():
            users += [number for part in as_list(employees) if (number := as_int(part)) is not None]
    return list(dict.fromkeys(users))


async def _with_below(read: Reads, departments: Sequence[int]) -> list[int]:
    found = list(dict.fromkeys(departments))
    level = found
    for _ in range(_DEEPEST):
        if not level:
            break
        answers = await read({f"d{number}": Command("department.get", {"PARENT": number}) for number in level[:_PART]})
        rows = [as_dict(row) for answer in answers.values() for row in as_list(answer.result)]
        level = [number for row in rows if (number := as_int(row.get("ID"))) and number not in found]
        found += level
    return found


async def open_dialogs(read: Reads, ids: Sequence[int]) -> dict[int, int]:
    """Count the open dialogs of each user by their activities, one command each (openlines.md 3.1)."""
    parts = [ids[at : at + 3 * _PART] for at in range(0, len(ids), 3 * _PART)]
    answered = await asyncio.gather(
        *(read({f"u{user_id}": _load_command(user_id) for user_id in part}) for part in parts)
    )
    answers = {name: answer for found in answered for name, answer in found.items()}
    return {user_id: answers[f"u{user_id}"].total or 0 for user_id in ids}


def _load_command(user_id: int) -> Command:
    conditions: dict[str, Json] = {
        "PROVIDER_ID": "IMOPENLINES_SESSION",
        "RESPONSIBLE_ID": user_id,
        "COMPLETED": "N",
    }
    return Command("crm.activity.list", {"filter": conditions, "select": ["ID"]})
