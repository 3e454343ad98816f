"""What portals tell of a robot that is being set up, in all the shapes that documentation and source give it."""

from __future__ import annotations

from typing import Any

import pytest

from core.bitrix24.command import Json
from core.bitrix24.documents import CONTACT, DEAL, LEAD, Item
from server.ui.robot_settings.placed import Placed, read_placed, user_ref


def test_both_shapes_of_the_properties() -> None:
    as_source: Json = {"After_Minutes": {"NAME": "Минуты", "TYPE": "int"}, "levels": {"NAME": "Уровни"}}
    as_documented: Json = [{"Id": "After_Minutes", "Type": "int", "Name": "Минуты"}, {"ID": "levels"}, {"Name": "?"}, 5]
    for properties in (as_source, as_documented):
        placed = read_placed({"properties": properties})
        assert placed.declared == {"after_minutes": "After_Minutes", "levels": "levels"}
        assert placed.wire_name("after_minutes") == "After_Minutes"
        assert placed.wire_name("newer") == ""


def test_a_portal_that_does_not_tell_its_properties_takes_ours() -> None:
    assert read_placed({}).wire_name("levels") == "levels"


def test_values_come_in_any_form() -> None:
    placed = read_placed(
        {
            "current_values": {
                "TEXT": "Привет",
                "number": 15,
                "yes": True,
                "no": False,
                "nothing": None,
                "people": ["user_7", "user_8"],
                "gaps": {"0": "user_7", "3": "{=Document:ASSIGNED_BY_ID}"},
                "nested": [["x"], {"0": "y"}],
            }
        }
    )
    assert placed.values == {
        "text": ("Привет",),
        "number": ("15",),
        "yes": ("Y",),
        "no": ("N",),
        "nothing": (),
        "people": ("user_7", "user_8"),
        "gaps": ("user_7", "{=Document:ASSIGNED_BY_ID}"),
        "nested": ("x", "y"),
    }


@pytest.mark.parametrize(
    ("options", "entity_type_id", "item"),
    [
        ({"document_type": ["crm", "CCrmDocumentDeal", "DEAL"]}, DEAL, None),
        ({"document_type": ["crm", "CCrmDocumentLead", "LEAD"]}, LEAD, None),
        ({"document_type": ["crm", "Bitrix\\Crm\\…\\Dynamic", "DYNAMIC_128"]}, 128, None),
        ({"document_type": ["tasks", "x", "TASK_PLAN_5"]}, 0, None),
        ({"document_type": "DEAL"}, 0, None),
        ({"document_id": ["crm", "CCrmDocumentDeal", "DEAL_17"]}, DEAL, Item(DEAL, 17)),
        ({"document_id": "CONTACT_5"}, CONTACT, Item(CONTACT, 5)),
        ({"document_id": ["crm", "x", "QUOTE_5"], "document_type": ["crm", "x", "DEAL"]}, DEAL, None),
        ({"document_id": 17}, 0, None),
    ],
)
def test_which_items_it_stands_for(options: Any, entity_type_id: int, item: Item | None) -> None:
    placed = read_placed(options)
    assert (placed.entity_type_id, placed.item) == (entity_type_id, item)


def test_fields_of_the_document() -> None:
    placed = read_placed(
        {
            "document_fields": {
                "TITLE": {"Name": "Название", "Type": "string"},
                "UF_CRM_1": {"NAME": " Свой "},
                "OPPORTUNITY": {"name": "Сумма" * 50},
                "BROKEN": "x",
                "NAMELESS": {"Name": ""},
                "{=bad}": {"Name": "Нет"},
            }
        }
    )
    assert placed.fields == {"TITLE": "Название", "UF_CRM_1": "Свой", "OPPORTUNITY": ("Сумма" * 50)[:120]}


@pytest.mark.parametrize(
    "options", [None, [], "x", 5, {"properties": "x", "current_values": [], "document_fields": []}]
)
def test_what_makes_no_sense_is_nothing(options: Any) -> None:
    assert read_placed(options) == Placed()


@pytest.mark.parametrize(
    ("value", "ref"),
    [
        ("user_7", "user_7"),
        ("7", "user_7"),
        ("Анна Смирнова [8]", "user_8"),
        ("group_d5", "group_d5"),
        ("{=Document:ASSIGNED_BY_ID}", "{=Document:ASSIGNED_BY_ID}"),
        ("Анна", "Анна"),
        ("", ""),
    ],
)
def test_users(value: str, ref: str) -> None:
    assert user_ref(value) == ref
