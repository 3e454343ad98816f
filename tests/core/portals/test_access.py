"""Who may see the log and who may act in it."""

from __future__ import annotations

import pytest

from core.bitrix24.command import Json
from core.portals.access import Access, BadAccess, Grant, Role, read_access, stored_access

WRITTEN: Json = {
    "everybody": "viewer",
    "people": [
        {"id": 7, "role": "supervisor", "lines": [1, 3], "name": "Олег"},
        {"id": 9, "role": "supervisor", "lines": [], "name": ""},
    ],
}


def test_without_a_word_only_administrators_come_in() -> None:
    assert Access().of(7, is_admin=False).role is Role.NOBODY
    assert Access().of(1, is_admin=True).role is Role.ADMIN


def test_who_is_named_and_everybody_else() -> None:
    access = read_access(WRITTEN)
    assert access.of(7, is_admin=False) == Grant(Role.SUPERVISOR, (1, 3), "Олег")
    assert access.of(8, is_admin=False) == Grant(Role.VIEWER)
    assert access.of(7, is_admin=True) == Grant(Role.ADMIN)
    assert access.as_json() == WRITTEN


def test_a_supervisor_acts_in_his_lines() -> None:
    access = read_access(WRITTEN)
    some, whole = access.of(7, is_admin=False), access.of(9, is_admin=False)
    assert (some.covers(1), some.covers(2), some.covers(0)) == (True, False, False)
    assert (whole.covers(2), whole.covers(0)) == (True, True)
    assert not access.of(8, is_admin=False).covers(1)
    assert Grant(Role.ADMIN).covers(2)


def test_a_named_viewer_is_not_less_than_everybody() -> None:
    named: Json = {"id": 7, "role": "viewer", "lines": [], "name": ""}
    assert read_access({"everybody": "viewer", "people": [named]}).of(7, is_admin=False).role is Role.VIEWER


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "viewer",
        {"everybody": "admin"},
        {"everybody": "supervisor"},
        {"everybody": 1},
        {"rest": "viewer"},
        {"people": {}},
        {"people": [7]},
        {"people": [{"id": 7, "role": "admin"}]},
        {"people": [{"id": 7, "role": "nobody"}]},
        {"people": [{"id": 7}]},
        {"people": [{"id": True, "role": "viewer"}]},
        {"people": [{"id": 0, "role": "viewer"}]},
        {"people": [{"id": 2**31, "role": "viewer"}]},
        {"people": [{"id": "7", "role": "viewer"}]},
        {"people": [{"id": 7, "role": "viewer", "is_admin": True}]},
        {"people": [{"id": 7, "role": "viewer", "lines": "1"}]},
        {"people": [{"id": 7, "role": "viewer", "lines": [-1]}]},
        {"people": [{"id": 7, "role": "viewer", "lines": list(range(1, 60))}]},
        {"people": [{"id": 7, "role": "viewer", "name": "x" * 101}]},
        {"people": [{"id": 7, "role": "viewer"}, {"id": 7, "role": "supervisor"}]},
        {"people": [{"id": number, "role": "viewer"} for number in range(1, 203)]},
    ],
)
def test_no_description_of_access(value: Json) -> None:
    with pytest.raises(BadAccess):
        read_access(value)
    assert stored_access(value) == Access()
