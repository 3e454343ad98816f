"""Who heads an employee: the head of his department, or of one above when he heads it himself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from core.bitrix24.command import Answer, Command, Json, Reads
from core.bitrix24.wire import as_dict, as_int, as_list
from core.robots.people import Person, people, persons_of, shift_commands

#: Departments are climbed at most so high.
_HIGHEST: Final = 5


async def heads_of(read: Reads, user_id: int) -> dict[int, Person]:
    """Return the heads of this user who are still employed, with their shifts; one request where it is simple.

    It is when he has one department whose head is somebody else: then the portal finds the head by references inside
    of the batch (openlines.md 7.C). Otherwise each level of departments takes a request more.
    """
    answers = await read(_simple(user_id))
    person = next(iter(persons_of(answers.get("boss"), {})), None)
    if person is None:
        return {}
    head = _simple_head(answers, person)
    if head is not None:
        return {head.id: head}
    return await _climbed(read, person)


def _simple(user_id: int) -> dict[str, Command]:
    """A reference that finds nothing keeps its ``0`` and its words, is no number, and fails (openlines.md part 2)."""
    department, head = "0$result[boss][0][departments][0]", "0$result[dep][0][UF_HEAD]"
    return {
        "boss": Command("im.user.list.get", {"ID": [user_id]}),
        "dep": Command("department.get", {"ID": department}),
        "head": Command("im.user.list.get", {"ID": [head]}),
        **shift_commands(head, "head"),
    }


def _simple_head(answers: Mapping[str, Answer], person: Person) -> Person | None:
    dep = answers.get("dep")
    if len(person.departments) != 1 or dep is None or not dep.ok:
        return None
    row = next((as_dict(row) for row in as_list(dep.result)), {})
    head_id = as_int(row.get("UF_HEAD"))
    if as_int(row.get("ID")) != person.departments[0] or not head_id or head_id == person.id:
        return None
    shift = {f"{part}{head_id}": answers[f"{part}head"] for part in ("day", "set") if f"{part}head" in answers}
    head = next((found for found in persons_of(answers.get("head"), shift) if found.id == head_id), None)
    return head if head is not None and head.employed else None


async def _climbed(read: Reads, person: Person) -> dict[int, Person]:
    departments: Sequence[int] = person.departments
    for _ in range(_HIGHEST):
        if not departments:
            return {}
        asked: list[Json] = [*departments]
        commands = {"heads": Command("im.department.managers.get", {"ID": asked})}
        commands |= {f"d{number}": Command("department.get", {"ID": number}) for number in departments}
        answers = await read(commands)
        found = await people(read, _managers(answers["heads"], but=person.id))
        heads = {head.id: head for head in found.values() if head.employed}
        if heads:
            return heads
        departments = _parents(departments, answers)
    return {}


def _managers(answer: Answer, *, but: int) -> list[int]:
    managers = [as_int(part) for those in as_dict(answer.result).values() for part in as_list(those)]
    return [number for number in dict.fromkeys(managers) if number is not None and number != but]


def _parents(departments: Sequence[int], answers: Mapping[str, Answer]) -> list[int]:
    rows = [as_dict(row) for number in departments for row in as_list(answers[f"d{number}"].result)]
    return [parent for parent in dict.fromkeys(as_int(row.get("PARENT")) for row in rows) if parent]
