"""Reading candidates with their days and loads; weights and skills as people write them."""

from __future__ import annotations

import pytest

from core.bitrix24.command import Json
from core.robots.candidates import (
    BadWeights,
    Candidate,
    Counts,
    Weights,
    parse_skills,
    parse_weights,
    read_staff,
    skills_of,
    weights_problem,
)
from core.robots.people import Person
from core.robots.shifts import Presence, Shift
from core.texts.text import Text
from tests.core.dialogs.portal import ANNA
from tests.core.robots.office import BORIS, VERA, Employee, Office

WEIGHTS = [
    ("", Weights()),
    ("  ", Weights()),
    ("dialogs=1, waiting=2, tasks=0.5", Weights(1, 2, 0.5)),
    ("dialogs=3", Weights(3, 0, 0)),
    ("tasks=0,5; dialogs=1", Weights(1, 0, 0.5)),
    ("waiting = 10", Weights(0, 10, 0)),
]


@pytest.mark.parametrize(("text", "weights"), WEIGHTS)
def test_weights(text: str, weights: Weights) -> None:
    assert parse_weights(text) == weights


@pytest.mark.parametrize("text", ["dialogs", "dialogs=-1", "calls=1", "dialogs=1 waiting=2", "dialogs=99999", "=1"])
def test_what_is_no_weight(text: str) -> None:
    with pytest.raises(BadWeights):
        parse_weights(text)
    problem = weights_problem(Text("Вес нагрузки", "Load weights"), text)
    assert problem is not None
    assert problem.ru.startswith("«Вес нагрузки»: непонятно «")


def test_a_load() -> None:
    candidate = Candidate(Person(1, "A"), Shift(Presence.ON, Text("", "")), open=4, waiting=1, tasks=3)
    assert candidate.load(Weights(1, 2, 0.5)) == 7.5
    assert candidate.load(Weights(0, 0, 0)) == 0
    bare = Candidate(Person(1, "A"), Shift(Presence.ON, Text("", "")))
    assert bare.load(Weights()) == 0


def test_skills() -> None:
    table: Json = {"7": ["English", " payroll ", ""], "x": ["a"], "8": "b", "9": {"0": "Банк"}}
    assert skills_of(table) == {7: {"english", "payroll"}, 8: set(), 9: {"банк"}}
    assert skills_of(None) == {}
    assert parse_skills(" English, payroll,english ,") == ("english", "payroll")
    assert parse_skills("") == ()


async def test_candidates_and_their_loads_come_in_one_request() -> None:
    office = Office()
    office.staff[BORIS].dialogs = 3
    staff = await read_staff(office, [ANNA, BORIS, ANNA, 0, 404], Counts(open=True))
    assert office.requests == 1
    assert sorted(staff.persons) == sorted([ANNA, BORIS])
    assert (staff.count("open", ANNA), staff.count("open", BORIS), staff.count("tasks", ANNA)) == (0, 3, None)


async def test_what_nobody_asks_for_is_not_read() -> None:
    office = Office()
    await read_staff(office, [ANNA], Counts())
    assert [command.method for command in office.journal[0].values()] == [
        "im.user.list.get",
        "timeman.status",
        "timeman.settings",
    ]


async def test_a_large_pool_goes_in_parts() -> None:
    office = Office()
    office.staff |= {n: Employee(n, f"N{n}", dialogs=n) for n in range(100, 150)}
    staff = await read_staff(office, range(100, 150), Counts(open=True, waiting=True, tasks=True))
    assert len(staff.persons) == 50
    assert staff.count("open", 149) == 149
    assert max(office.sizes) <= 50


async def test_nobody_is_asked_about_nobody() -> None:
    office = Office()
    staff = await read_staff(office, [], Counts(open=True))
    assert (staff.persons, office.requests) == ({}, 0)


async def test_numbers_that_were_refused_are_not_zero() -> None:
    office = Office(refused={"crm.activity.list": "ACCESS_DENIED"})
    staff = await read_staff(office, [VERA], Counts(open=True))
    assert staff.count("open", VERA) is None
