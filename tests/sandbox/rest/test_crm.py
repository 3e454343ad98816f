"""CRM through REST: platform.md 7.8, openlines.md part 6."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.crm import COMPANY, DEAL
from sandbox.demo import ANNA, DMITRY, NEW, PROCESS_TYPE, WORK
from sandbox.portal import Portal
from tests.sandbox.conftest import Asker


def test_an_item_of_any_type_has_the_same_fields(ask: Asker) -> None:
    deal = ask("crm.item.get", entityTypeId=DEAL, id=1)["item"]
    assert (deal["id"], deal["stageId"], deal["categoryId"], deal["assignedById"]) == (1, NEW, 3, ANNA)
    assert (deal["companyId"], deal["contactId"], deal["contactIds"]) == (40, 100, [100])
    assert ask("crm.item.get", entityTypeId=PROCESS_TYPE, id=1)["item"]["stageId"] == "DT1036_5:NEW"
    company = ask("crm.item.get", entityTypeId=COMPANY, id=40)["item"]
    assert company["title"] == "ООО «Ромашка»"
    assert "stageId" not in company


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"entityTypeId": DEAL, "id": 99}, "NOT_FOUND"),
        ({"entityTypeId": DEAL}, "100"),
        ({"entityTypeId": DEAL, "id": [1]}, "100"),
        ({"entityTypeId": DEAL, "id": "one"}, "100"),
    ],
)
def test_refusals(ask: Asker, params: dict[str, Any], code: str) -> None:
    assert ask.refused("crm.item.get", **params) == (400, code)


def test_rights_are_those_of_the_user(portal: Portal) -> None:
    portal.crm.items[DEAL, 1].hidden_from = frozenset({ANNA})
    anna = Asker(portal, portal.people.users[ANNA])
    assert anna.refused("crm.item.get", entityTypeId=DEAL, id=1) == (400, "ACCESS_DENIED")
    assert 1 not in [item["id"] for item in anna("crm.item.list", entityTypeId=DEAL)["items"]]
    assert anna.refused("crm.deal.get", id=1) == (400, "")


def test_lists_filter_order_and_select(ask: Asker) -> None:
    said = ask(
        "crm.item.list",
        entityTypeId=DEAL,
        filter={"stageId": NEW, "!id": [1]},
        order={"id": "desc"},
        select=["id", "title"],
    )
    assert [item["id"] for item in said["items"]] == [8, 7, 4, 2]
    assert set(said["items"][0]) == {"id", "title"}


def test_a_save_is_recorded_with_what_caused_it(portal: Portal, ask: Asker) -> None:
    said = ask("crm.item.update", entityTypeId=DEAL, id=1, fields={"assignedById": DMITRY, "ufCrm_1": "x"})
    assert (said["item"]["assignedById"], said["item"]["ufCrm_1"]) == (DMITRY, "x")
    effect = portal.journal.ledger[-1]
    assert (effect.kind, effect.details["was"], effect.details["now"]) == ("responsible", ANNA, DMITRY)
    assert effect.call == portal.journal.calls[-1].id


def test_saving_the_same_changes_nothing(portal: Portal, ask: Asker) -> None:
    version = portal.version
    ask("crm.item.update", entityTypeId=DEAL, id=1, fields={"assignedById": str(ANNA)})
    assert portal.version == version


def test_stages_must_exist(ask: Asker) -> None:
    said = ask.refused("crm.item.update", entityTypeId=DEAL, id=1, fields={"stageId": "C9:X"})
    assert said == (400, "CRM_FIELD_ERROR_VALUE_NOT_VALID")


def test_a_new_item_gets_a_number_and_the_first_stage(ask: Asker) -> None:
    item = ask("crm.item.add", entityTypeId=DEAL, fields={"title": "New", "contactIds": ["100"], "opportunity": "5"})[
        "item"
    ]
    assert (item["id"], item["stageId"], item["contactIds"], item["opportunity"]) == (9, NEW, [100], 5.0)
    contact = ask("crm.item.add", entityTypeId=3, fields={"name": "Пётр", "lastName": "Ли", "companyId": 40})["item"]
    assert (contact["name"], contact["lastName"], contact["companyId"]) == ("Пётр", "Ли", 40)
    moved = ask("crm.item.update", entityTypeId=DEAL, id=9, fields={"contactId": contact["id"], "opportunity": "?"})
    assert (moved["item"]["contactIds"], moved["item"]["opportunity"]) == ([contact["id"]], 0.0)
    assert ask.refused("crm.item.add", entityTypeId=999, fields={"title": "x"}) == (400, "NOT_FOUND")


def test_a_deal_the_old_way_is_all_texts(ask: Asker) -> None:
    deal = ask("crm.deal.get", id=1)
    assert (deal["ID"], deal["STAGE_ID"], deal["CONTACT_ID"], deal["OPPORTUNITY"]) == ("1", NEW, "100", "18000.00")


def test_funnels_and_their_stages(ask: Asker) -> None:
    assert [one["name"] for one in ask("crm.category.list", entityTypeId=DEAL)["categories"]] == ["Обслуживание"]
    rows = ask("crm.status.list", filter={"ENTITY_ID": "DEAL_STAGE_3"}, order={"SORT": "ASC"})
    assert [row["NAME"] for row in rows] == ["Новый", "В работе", "Ждём клиента", "Закрыт"]
    assert [row["SEMANTICS"] for row in rows] == [None, None, None, "S"]


def test_stages_leave_a_history(portal: Portal, ask: Asker) -> None:
    ask("crm.item.update", entityTypeId=DEAL, id=1, fields={"stageId": WORK})
    ask("crm.item.update", entityTypeId=DEAL, id=1, fields={"stageId": "C3:WON"})
    rows = ask("crm.stagehistory.list", entityTypeId=DEAL, filter={"OWNER_ID": 1})["items"]
    assert [(row["STAGE_ID"], row["TYPE_ID"]) for row in rows] == [(WORK, 2), ("C3:WON", 3)]


def test_comments_and_to_dos_hang_on_cards(portal: Portal, ask: Asker) -> None:
    fields: dict[str, Any] = {"ENTITY_TYPE": "deal", "ENTITY_ID": 1, "COMMENT": "Escalated"}
    assert ask("crm.timeline.comment.add", fields=fields) == portal.office.comments[-1].id
    process: dict[str, Any] = {"ENTITY_TYPE": "dynamic_1036", "ENTITY_ID": 1, "COMMENT": "x"}
    assert ask("crm.timeline.comment.add", fields=process) > 0
    todo = ask(
        "crm.activity.todo.add",
        ownerTypeId=DEAL,
        ownerId=1,
        deadline="2026-11-25T12:00:00+03:00",
        title="Call back",
        responsibleId=ANNA,
    )
    row = ask("crm.activity.list", filter={"ID": todo["id"]})[0]
    assert (row["PROVIDER_ID"], row["SUBJECT"], row["RESPONSIBLE_ID"]) == ("CRM_TODO", "Call back", str(ANNA))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"ENTITY_TYPE": "deal", "ENTITY_ID": 99, "COMMENT": "x"}, "OWNER_NOT_FOUND"),
        ({"ENTITY_TYPE": "deal", "ENTITY_ID": 1, "COMMENT": ""}, ""),
    ],
)
def test_refusals_of_comments(ask: Asker, fields: dict[str, Any], code: str) -> None:
    assert ask.refused("crm.timeline.comment.add", fields=fields) == (400, code)


def test_fields_of_a_comment_must_be_in_lower_case(ask: Asker) -> None:
    fields: dict[str, Any] = {"ENTITY_TYPE": "deal", "ENTITY_ID": 1, "COMMENT": "x"}
    assert ask.refused("crm.timeline.comment.add", FIELDS=fields) == (400, "ERROR_ARGUMENT")
