"""Who is who in an office: people, shifts, heads, departments, loads."""

from __future__ import annotations

import pytest

from core.bitrix24.command import Answer
from core.robots.heads import heads_of
from core.robots.people import Person, expanded, on_shift, open_dialogs, people
from tests.core.dialogs.portal import ANNA
from tests.core.robots.office import ADMIN, BORIS, CHIEF, COLLEAGUES, GLEB, VERA, Department, Employee, Office


def status(state: str) -> Answer:
    return Answer({"STATUS": state})


COUNTED, FREE = Answer({"UF_TIMEMAN": True}), Answer({"UF_TIMEMAN": False})
DENIED = Answer(error="", description="no access")

SHIFTS = [
    ("open", status("OPENED"), COUNTED, True),
    ("lunch", status("PAUSED"), COUNTED, True),
    ("closed", status("CLOSED"), COUNTED, False),
    ("forgotten", status("EXPIRED"), COUNTED, False),
    ("closed, and days are not counted", status("CLOSED"), FREE, None),
    ("closed, days not counted in the old writing", status("CLOSED"), Answer({"UF_TIMEMAN": "N"}), None),
    ("closed, settings denied", status("CLOSED"), DENIED, False),
    ("closed, nobody asked for settings", status("CLOSED"), None, False),
    ("denied", DENIED, DENIED, None),
    ("not asked", None, None, None),
    ("a word of next year", status("HOLIDAY"), COUNTED, None),
    ("nonsense", Answer([]), Answer([]), None),
]


@pytest.mark.parametrize(("why", "day", "settings", "expected"), SHIFTS, ids=[row[0] for row in SHIFTS])
def test_who_is_on_shift(why: str, day: Answer | None, settings: Answer | None, expected: bool | None) -> None:
    assert on_shift(day, settings) is expected


REACHABLE = [
    ("at work", Person(1, "A", on_shift=True), True),
    ("nobody knows", Person(1, "A"), True),
    ("off", Person(1, "A", on_shift=False), False),
    ("on vacation", Person(1, "A", absent=True, on_shift=True), False),
    ("dismissed", Person(1, "A", active=False), False),
    ("a bot", Person(1, "A", bot=True), False),
]


@pytest.mark.parametrize(("why", "person", "expected"), REACHABLE, ids=[row[0] for row in REACHABLE])
def test_who_may_be_told(why: str, person: Person, expected: bool) -> None:
    assert person.reachable is expected


async def test_people_and_their_days_in_one_request() -> None:
    office = Office()
    office.staff[BORIS].workday = "CLOSED"
    office.staff[VERA].absent = "2025-12-01T00:00:00+03:00"
    office.staff[GLEB].counts_worktime = False
    found = await people(office, [ANNA, BORIS, VERA, GLEB, ANNA, 0, -5, 404])
    assert office.requests == 1
    assert [(person.id, person.on_shift, person.reachable) for person in found.values()] == [
        (ANNA, True, True),
        (BORIS, False, False),
        (VERA, True, False),
        (GLEB, None, True),
    ]
    assert found[ANNA] == Person(ANNA, "Анна Петрова", departments=(7,), on_shift=True)


async def test_without_the_right_to_manage_time_nobody_is_taken_for_absent() -> None:
    office = Office(manages_time=False)
    found = await people(office, [ANNA, BORIS])
    assert [person.on_shift for person in found.values()] == [None, None]
    assert all(person.reachable for person in found.values())


async def test_a_portal_that_tells_nothing() -> None:
    office = Office(refused={"im.user.list.get": "insufficient_scope", "timeman.status": "ERROR_METHOD_NOT_FOUND"})
    assert await people(office, [ANNA]) == {}
    assert await heads_of(office, ANNA) == {}


async def test_nobody_is_asked_about_nobody() -> None:
    office = Office()
    assert await people(office, []) == {}
    assert await expanded(office, []) == []
    assert await open_dialogs(office, []) == {}
    assert office.requests == 0


async def test_a_large_queue_goes_in_parts() -> None:
    office = Office()
    office.staff |= {n: Employee(n, f"N{n}", dialogs=n) for n in range(100, 200)}
    assert len(await people(office, range(100, 200))) == 100
    assert await open_dialogs(office, range(100, 200)) == {n: n for n in range(100, 200)}


# --- heads ------------------------------------------------------------------------------------------------------


async def heads(office: Office, user_id: int) -> list[tuple[int, bool | None]]:
    return [(head.id, head.on_shift) for head in (await heads_of(office, user_id)).values()]


async def test_the_head_of_a_department_costs_one_request() -> None:
    office = Office()
    assert await heads(office, ANNA) == [(CHIEF, True)]
    assert office.requests == 1


async def test_an_old_core_takes_three() -> None:
    office = Office(tells_heads=False)
    assert await heads(office, ANNA) == [(CHIEF, True)]
    assert office.requests == 3


async def test_who_heads_it_himself_is_headed_from_above() -> None:
    assert await heads(Office(), CHIEF) == [(ADMIN, True)]


async def test_the_head_of_all_has_none() -> None:
    assert await heads(Office(), ADMIN) == []


async def test_a_department_without_a_head() -> None:
    office = Office()
    office.departments[7].head = 0
    assert await heads(office, ANNA) == [(ADMIN, True)]


async def test_a_head_who_was_dismissed() -> None:
    office = Office()
    office.staff[CHIEF].active = False
    assert await heads(office, ANNA) == [(ADMIN, True)]


async def test_a_head_who_is_off_is_still_the_head() -> None:
    office = Office()
    office.staff[CHIEF].workday = "CLOSED"
    assert await heads(office, ANNA) == [(CHIEF, False)]


async def test_two_departments_have_two_heads() -> None:
    office = Office()
    office.departments[9] = Department(9, head=GLEB, parent=2)
    office.staff[ANNA].departments = (7, 9)
    assert await heads(office, ANNA) == [(CHIEF, True), (GLEB, True)]


async def test_nobody_and_no_department() -> None:
    office = Office()
    office.staff[ANNA].departments = ()
    assert await heads(office, ANNA) == []
    assert await heads(office, 404) == []


async def test_departments_in_a_circle_come_to_an_end() -> None:
    office = Office(departments={7: Department(7, parent=8), 8: Department(8, parent=7)})
    assert await heads(office, ANNA) == []


# --- groups -----------------------------------------------------------------------------------------------------


async def test_users_and_groups() -> None:
    office = Office()
    assert await expanded(office, ["user_404", "user_27", "user_27"]) == [404, 27]
    assert office.requests == 0
    assert await expanded(office, ["user_404", "group_d7"]) == [404, CHIEF, *COLLEAGUES]
    assert await expanded(office, ["group_hr2"]) == [ADMIN]


@pytest.mark.parametrize("kind", ["dr", "hrr"])
async def test_groups_with_what_is_below(kind: str) -> None:
    office = Office()
    office.departments[9] = Department(9, parent=7)
    office.staff[VERA].departments = (9,)
    everybody = await expanded(office, [f"group_{kind}2"])
    assert sorted(everybody) == sorted([ADMIN, CHIEF, *COLLEAGUES])


async def test_loads() -> None:
    office = Office()
    office.staff[BORIS].dialogs = 3
    assert await open_dialogs(office, [BORIS, VERA]) == {BORIS: 3, VERA: 0}
    assert await open_dialogs(Office(refused={"crm.activity.list": "ACCESS_DENIED"}), [BORIS]) == {BORIS: 0}
