"""Who a level concerns, who is off, who takes over."""

from __future__ import annotations

import pytest

from core.robots.circle import Around, Circle, Move, everybody_is_off, people_of, successor
from core.robots.circle_reading import circle_of
from core.robots.levels import Action, Level, Verb, parse_levels
from core.robots.people import Person
from core.texts.text import Text
from tests.core.dialogs.portal import ANNA
from tests.core.robots.office import ADMIN, BORIS, CHIEF, GLEB, VERA, Office

ACCEPTED = Around(owner_id=ANNA, responsible_id=BORIS, queue=(ANNA, BORIS, VERA))
IN_QUEUE = Around(owner_id=0, responsible_id=BORIS, queue=(ANNA, BORIS, VERA))
NOBODYS = Around()


def circle(
    around: Around = ACCEPTED, *, heads: tuple[int, ...] = (CHIEF,), pool: tuple[int, ...] = (), **shifts: bool
) -> Circle:
    """Everybody is at work but who is named: ``chief=False``."""
    names = {"anna": ANNA, "boris": BORIS, "vera": VERA, "gleb": GLEB, "chief": CHIEF, "admin": ADMIN}
    persons = {number: Person(number, name, on_shift=shifts.get(name, True)) for name, number in names.items()}
    return Circle(around, ADMIN, heads, pool, persons, {ANNA: 1, BORIS: 3, VERA: 2})


WHOM: list[tuple[str, Verb, str, Circle, tuple[int, ...]]] = [
    ("the operator", "notify", "owner", circle(), (ANNA,)),
    ("the responsible", "notify", "responsible", circle(), (BORIS,)),
    ("the head", "notify", "head", circle(), (CHIEF,)),
    ("two heads", "notify", "head", circle(heads=(CHIEF, GLEB)), (CHIEF, GLEB)),
    ("no head: the administrator", "notify", "head", circle(heads=()), (ADMIN,)),
    ("the queue", "notify", "pool", circle(), (ANNA, BORIS, VERA)),
    ("the pool", "notify", "pool", circle(pool=(GLEB,)), (GLEB,)),
    ("a person", "notify", "user:35", circle(), (GLEB,)),
    ("nobody accepted it: the queue and the head", "notify", "owner", circle(IN_QUEUE), (ANNA, BORIS, VERA, CHIEF)),
    ("the same for the head", "notify", "head", circle(IN_QUEUE), (ANNA, BORIS, VERA, CHIEF)),
    ("nobody accepted it, and there is nobody", "notify", "owner", circle(NOBODYS, heads=()), (ADMIN,)),
    ("a head who is in the queue is told once", "notify", "head", circle(IN_QUEUE, heads=(VERA,)), (ANNA, BORIS, VERA)),
    ("a task for the operator of none", "task", "owner", circle(IN_QUEUE), (CHIEF,)),
    ("a task for the head", "task", "head", circle(IN_QUEUE), (CHIEF,)),
    ("added is the head alone", "add", "head", circle(IN_QUEUE), (CHIEF,)),
    ("nobody is responsible", "notify", "responsible", circle(NOBODYS), (CHIEF,)),
]


@pytest.mark.parametrize(("why", "verb", "target", "around", "people"), WHOM, ids=[row[0] for row in WHOM])
def test_whom_an_action_concerns(why: str, verb: Verb, target: str, around: Circle, people: tuple[int, ...]) -> None:
    assert people_of(Action(verb, target), around) == people


OFF: list[tuple[str, str, Circle, bool]] = [
    ("the only one is off", "1: notify owner", circle(anna=False), True),
    ("the only one is at work", "1: notify owner", circle(), False),
    ("one of two is at work", "1: notify owner, notify head", circle(anna=False), False),
    ("both are off", "1: notify owner, add head, task head", circle(anna=False, chief=False), True),
    ("a comment disturbs nobody", "1: notify owner, comment", circle(anna=False), False),
    ("a trigger disturbs nobody", "1: trigger late, notify owner", circle(anna=False), False),
    ("somebody can take over", "1: reassign pool=pool", circle(), False),
    ("nobody can take over, the head is at work", "1: reassign pool=pool", circle(boris=False, vera=False), False),
    (
        "nobody can take over, the head is off",
        "1: reassign pool=pool",
        circle(boris=False, vera=False, chief=False),
        True,
    ),
    ("the line can always", "1: reassign line", circle(boris=False, vera=False, chief=False), False),
    ("one of the queue is at work", "1: notify owner", circle(IN_QUEUE, anna=False, boris=False, chief=False), False),
    (
        "the whole queue and the head are off",
        "1: notify owner",
        circle(IN_QUEUE, anna=False, boris=False, vera=False, chief=False),
        True,
    ),
]


@pytest.mark.parametrize(("why", "text", "around", "off"), OFF, ids=[row[0] for row in OFF])
def test_who_is_off(why: str, text: str, around: Circle, off: bool) -> None:
    (level,) = parse_levels(text)
    assert everybody_is_off(level, around) is off


TAKES_OVER: list[tuple[str, str, Circle, int | None]] = [
    ("the least loaded", "pool", circle(), VERA),
    ("not the owner, though he has least", "pool", circle(), VERA),
    ("who is off takes nothing", "pool", circle(vera=False), BORIS),
    ("nobody is left", "pool", circle(vera=False, boris=False), None),
    ("of the pool", "pool", circle(pool=(BORIS, GLEB)), GLEB),
    ("named ones", "user:31+user:33", circle(pool=(GLEB,)), VERA),
    ("a named one who is off", "user:31", circle(boris=False), None),
    ("the line", "line", circle(), 0),
    ("the line, whatever the pool", "line", circle(pool=(GLEB,)), 0),
    ("who is on duty", "duty", circle(vera=False), BORIS),
    ("nobody's dialog", "pool", circle(IN_QUEUE), ANNA),
]


@pytest.mark.parametrize(("why", "target", "around", "user_id"), TAKES_OVER, ids=[row[0] for row in TAKES_OVER])
def test_who_takes_over(why: str, target: str, around: Circle, user_id: int | None) -> None:
    move = successor(target, around)
    assert (move.user_id if move else None) == user_id


def unsure(*, boris: bool | None, vera: bool | None) -> Circle:
    persons = {BORIS: Person(BORIS, "Борис", on_shift=boris), VERA: Person(VERA, "Вера", on_shift=vera)}
    return Circle(ACCEPTED, ADMIN, pool=(VERA, BORIS), persons=persons, loads={BORIS: 5, VERA: 0})


def test_who_is_known_to_be_at_work_goes_first() -> None:
    assert successor("pool", unsure(boris=True, vera=None)) == Move(
        BORIS, Text("Борис: на смене, открытых диалогов 5", "Борис: at work, 5 open dialogs")
    )
    assert successor("pool", unsure(boris=None, vera=None)) == Move(
        VERA, Text("Вера: смена неизвестна, открытых диалогов 0", "Вера: shift not known, 0 open dialogs")
    )


def test_who_is_on_duty_must_be_known() -> None:
    assert successor("duty", unsure(boris=None, vera=None)) is None
    move = successor("duty", unsure(boris=True, vera=None))
    assert move is not None
    assert move.user_id == BORIS


# --- reading it -------------------------------------------------------------------------------------------------

#: Reads of one step are asked at the same moment and share one HTTP request.
COSTS = [
    ("the operator", "1: notify owner", 1),
    ("the head, and the administrator for want of one", "1: notify head", 2),
    ("a person", "1: notify user:33", 1),
    ("nobody", "1: comment", 0),
    ("the line", "1: reassign line", 0),
]


@pytest.mark.parametrize(("why", "text", "requests"), COSTS, ids=[row[0] for row in COSTS])
async def test_what_it_costs_to_know_them(why: str, text: str, requests: int) -> None:
    office = Office()
    (level,) = parse_levels(text)
    seen = await circle_of(office, ACCEPTED, level, admin_id=ADMIN)
    assert office.requests == requests
    for action in level.actions:
        if action.verb == "notify":
            assert all(seen.known(user_id) for user_id in people_of(action, seen))


async def test_what_a_hand_over_needs() -> None:
    """Shifts, loads and heads are asked at the same moment, so they share one HTTP request."""
    office = Office()
    office.staff[VERA].dialogs = 4
    (level,) = parse_levels("1: reassign pool=pool")
    seen = await circle_of(office, ACCEPTED, level, pool=["user_31", "user_33"], admin_id=ADMIN)
    assert (seen.pool, seen.heads, seen.load(VERA)) == ((BORIS, VERA), (CHIEF,), 4)
    assert seen.known(BORIS) is not None
    assert [sorted(command.method for command in request.values())[0] for request in office.journal] == [
        "department.get",
        "im.user.list.get",
        "crm.activity.list",
    ]


async def test_a_group_as_pool() -> None:
    (level,) = parse_levels("1: reassign pool=pool")
    seen = await circle_of(Office(), ACCEPTED, level, pool=["group_d7"], admin_id=ADMIN)
    assert seen.pool == (CHIEF, ANNA, BORIS, VERA, GLEB)


async def test_without_an_operator_the_head_is_that_of_the_responsible() -> None:
    office = Office()
    office.staff[BORIS].departments = (2,)
    level = Level(1, (Action("notify", "owner"),))
    assert (await circle_of(office, IN_QUEUE, level, admin_id=7)).heads == (ADMIN,)
    assert (await circle_of(office, NOBODYS, level, admin_id=7)).last_resort == (7,)
