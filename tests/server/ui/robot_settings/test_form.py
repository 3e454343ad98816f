"""The fields of the page, with what stands in them."""

from __future__ import annotations

from typing import Any

import pytest

from activities import load
from core.robots import DialogInput
from server.ui.robot_settings.form import Field, levels_json, own_and_shared, people_of
from server.ui.robot_settings.placed import read_placed

ROBOTS = load()
ESCALATE = ROBOTS["escalate_no_reply"]


def fields(values: dict[str, Any] | None = None, **options: Any) -> dict[str, Field]:
    told = {"current_values": values or {}, **options}
    own, shared = own_and_shared(ESCALATE, read_placed(told))
    return {field.name: field for field in (*own, *shared)}


@pytest.mark.parametrize("code", sorted(ROBOTS))
def test_a_robot_s_own_fields_come_first(code: str) -> None:
    own, shared = own_and_shared(ROBOTS[code], read_placed({}))
    assert {field.name for field in shared} <= set(DialogInput.model_fields)
    assert not {field.name for field in own} & set(DialogInput.model_fields)
    assert own


def test_what_is_not_set_has_its_default_and_is_told_to_the_portal() -> None:
    field = fields()["after_minutes"]
    assert (field.values, field.untold, field.changed) == (("15",), True, False)
    field = fields({"after_minutes": "20"})["after_minutes"]
    assert (field.values, field.untold, field.changed) == (("20",), False, True)


def test_what_was_emptied_stays_empty() -> None:
    field = fields({"after_minutes": ""})["after_minutes"]
    assert (field.values, field.untold) == ((), False)


def test_an_empty_default_is_not_told() -> None:
    assert not fields()["client_text"].untold


@pytest.mark.parametrize(
    ("name", "value", "raw"),
    [
        ("after_minutes", "{=Document:UF_MINUTES}", True),
        ("after_minutes", "20", False),
        ("after_minutes", "двадцать", False),
        ("quiet_hours", "{=Document:UF_QUIET}", True),
        ("quiet_hours", "maybe", True),
        ("action", "shout", True),
        ("escalate_to", ["user_7", "{=Document:ASSIGNED_BY_ID}"], True),
        ("escalate_to", "Анна Смирнова [8]", False),
        ("escalate_to", ["group_d5"], False),
        ("client_text", "Добрый день, {=Document:TITLE}", False),
    ],
)
def test_what_a_field_cannot_show_is_shown_as_text(name: str, value: Any, raw: bool) -> None:
    field = fields({name: value})[name]
    assert field.raw is raw
    expected = value if isinstance(value, list) else [value]
    assert list(field.values) == (["user_8"] if "[8]" in str(value) else expected), "kept as it is"


def test_fields_that_the_portal_does_not_know_cannot_be_told() -> None:
    told = fields(properties={"after_minutes": {"Name": "x"}})
    assert told["after_minutes"].wire == "after_minutes"
    assert told["levels"].wire == ""


def test_levels_have_an_editor_and_make_other_fields_useless() -> None:
    told = fields()
    assert told["levels"].editor == "levels"
    assert {name for name, field in told.items() if field.overruled_by} == {"after_minutes", "escalate_to", "action"}


def test_the_people_whose_names_are_needed() -> None:
    told = fields(
        {"escalate_to": ["user_7"], "pool": ["user_8", "group_d5"], "levels": "5: notify user:9, add user:10"}
    )
    assert people_of(list(told.values())) == {7, 8, 9, 10}
    told = fields({"levels": "5: reassign pool=user:11+user:12, notify head, trigger user"})
    assert people_of(list(told.values())) == {11, 12}


def test_levels_as_the_editor_reads_them() -> None:
    assert levels_json("15: notify owner\n30: reassign user:7+user:8, comment") == [
        {"minutes": 15, "actions": [{"verb": "notify", "target": "owner"}]},
        {
            "minutes": 30,
            "actions": [{"verb": "reassign", "target": "user:7+user:8"}, {"verb": "comment", "target": ""}],
        },
    ]
    assert levels_json("") == []
    assert levels_json("когда-нибудь") is None
