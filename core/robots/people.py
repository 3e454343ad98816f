"""Employees as robots see them: who heads whom, who is at work, who carries how much."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.bitrix24.command import Answer, Command, Json, Reads
from core.bitrix24.wire import as_dict, as_int, as_list, as_str

_GROUP = re.compile(r"group_(d|dr|hr|hrr)([0-9]{1,9})", re.ASCII)
#: Departments are climbed at most so high in search of a head who is not the person himself.
_HIGHEST: Final = 5
_BATCH: Final = 48


@dataclass(frozen=True, slots=True)
class Person:
    """An employee; ``on_shift`` is None when the portal does not tell (no rights, or no time tracking)."""

    id: int
    name: str
    active: bool
    absent: bool
    bot: bool
    departments: tuple[int, ...]
    on_shift: bool | None = None

    @property
    def reachable(self) -> bool:
        """Whether telling him now makes sense; not knowing counts as yes."""
        return self.active and not self.absent and not self.bot and self.on_shift is not False


async def people(read: Reads, ids: Iterable[int], *, shifts: bool = True) -> dict[int, Person]:
    """Read who these users are and, with ``shifts``, whether their working day is open; one request.

    Timeman refuses foreign days without the right to manage them, with an empty error code (openlines.md trap 17):
    then nothing is known, and nobody is taken for absent because of it.
    """
    wanted = [user_id for user_id in dict.fromkeys(ids) if user_id > 0][:_BATCH]
    if not wanted:
        return {}
    users: list[Json] = list(wanted)
    commands = {"users": Command("im.user.list.get", {"ID": users})}
    if shifts:
        commands |= {f"day{user_id}": Command("timeman.status", {"USER_ID": user_id}) for user_id in wanted}
    answers = await read(commands)
    return {
        person.id: person
        for row in as_list(answers["users"].result)
        if (person := _person(as_dict(row), answers)) is not None
    }


def _person(row: Mapping[str, Json], answers: Mapping[str, Answer]) -> Person | None:
    user_id = as_int(row.get("id"))
    if user_id is None:
        return None
    day = answers.get(f"day{user_id}")
    return Person(
        id=user_id,
        name=as_str(row.get("name")) or f"#{user_id}",
        active=row.get("active") is not False,
        absent=bool(row.get("absent")),
        bot=row.get("bot") is True,
        departments=tuple(number for part in as_list(row.get("departments")) if (number := as_int(part)) is not None),
        on_shift=_on_shift(day),
    )


def _on_shift(day: Answer | None) -> bool | None:
    """PAUSED is lunch, EXPIRED a day that somebody forgot to close (openlines.md trap 17)."""
    if day is None or not day.ok:
        return None
    return {"OPENED": True, "PAUSED": True, "CLOSED": False, "EXPIRED": False}.get(
        as_str(as_dict(day.result).get("STATUS"))
    )


async def heads_of(read: Reads, user_id: int) -> list[int]:
    """Return the heads of the departments of this user, climbing past departments that he heads himself."""
    person = (await people(read, [user_id], shifts=False)).get(user_id)
    departments = list(person.departments) if person else []
    for _ in range(_HIGHEST):
        if not departments:
            return []
        asked: list[Json] = list(departments)
        commands = {"heads": Command("im.department.managers.get", {"ID": asked})}
        commands |= {f"d{number}": Command("department.get", {"ID": number}) for number in departments}
        answers = await read(commands)
        heads = [
            head
            for managers in as_dict(answers["heads"].result).values()
            for part in as_list(managers)
            if (head := as_int(part)) is not None and head != user_id
        ]
        if heads:
            return list(dict.fromkeys(heads))
        departments = _parents(departments, answers)
    return []


def _parents(departments: Sequence[int], answers: Mapping[str, Answer]) -> list[int]:
    found = []
    for number in departments:
        for row in as_list(answers[f"d{number}"].result):
            parent = as_int(as_dict(row).get("PARENT"))
            if parent:
                found.append(parent)
    return list(dict.fromkeys(found))


async def expanded(read: Reads, refs: Sequence[str]) -> list[int]:
    """Turn ``user_7`` and ``group_d5`` into user ids; a group gives its active employees."""
    users = [int(ref.removeprefix("user_")) for ref in refs if ref.startswith("user_")]
    groups = [int(match.group(2)) for ref in refs if (match := _GROUP.fullmatch(ref))]
    if groups:
        asked: list[Json] = list(groups)
        answers = await read({"staff": Command("im.department.employees.get", {"ID": asked})})
        for employees in as_dict(answers["staff"].result).values():
            users += [number for part in as_list(employees) if (number := as_int(part)) is not None]
    return list(dict.fromkeys(users))


async def open_dialogs(read: Reads, ids: Sequence[int]) -> dict[int, int]:
    """Count the open dialogs of each user by their activities, one command each (openlines.md 3.1)."""
    commands = {
        f"u{user_id}": Command(
            "crm.activity.list",
            {
                "filter": {"PROVIDER_ID": "IMOPENLINES_SESSION", "RESPONSIBLE_ID": user_id, "COMPLETED": "N"},
                "select": ["ID"],
            },
        )
        for user_id in ids[:_BATCH]
    }
    answers = await read(commands) if commands else {}
    return {user_id: answers[f"u{user_id}"].total or 0 for user_id in ids[:_BATCH]}
