"""Our answers beside the vendor's examples: no key of ours that a real portal would not give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.crm import DEAL
from sandbox.demo import ANNA
from sandbox.portal import Portal
from tests.sandbox.conftest import Asker
from tests.sandbox.demo_dialogs import chat_of
from tests.sandbox.test_rest_parameters import documented

Ask = Callable[[Asker, Portal], Any]

ANSWERS: dict[str, Ask] = {
    "crm.item.get": lambda ask, _: ask("crm.item.get", entityTypeId=DEAL, id=1),
    "crm.item.list": lambda ask, _: ask(
        "crm.item.list", entityTypeId=DEAL, select=["id", "title", "stageId", "assignedById"]
    ),
    "crm.deal.get": lambda ask, _: ask("crm.deal.get", id=1),
    "crm.status.list": lambda ask, _: ask("crm.status.list"),
    "crm.category.list": lambda ask, _: ask("crm.category.list", entityTypeId=DEAL),
    "crm.stagehistory.list": lambda ask, _: ask("crm.stagehistory.list", entityTypeId=DEAL),
    "imopenlines.dialog.get": lambda ask, portal: ask("imopenlines.dialog.get", CHAT_ID=chat_of(portal, 1).id),
    "im.chat.get": lambda ask, portal: ask("im.chat.get", ENTITY_TYPE="LINES", ENTITY_ID=chat_of(portal, 1).user_code),
    "im.user.list.get": lambda ask, _: ask("im.user.list.get", ID=[ANNA]),
    "timeman.status": lambda ask, _: ask("timeman.status", USER_ID=ANNA),
    "timeman.settings": lambda ask, _: ask("timeman.settings", USER_ID=ANNA),
    "timeman.schedule.get": lambda ask, _: ask("timeman.schedule.get", id=1),
    "user.get": lambda ask, _: ask("user.get"),
    "tasks.task.add": lambda ask, _: ask("tasks.task.add", fields={"TITLE": "x", "RESPONSIBLE_ID": ANNA}),
    "feature.get": lambda ask, _: ask("feature.get", CODE="x"),
    "method.get": lambda ask, _: ask("method.get", name="batch"),
}
#: Keys that the examples leave out: of a deal the example of a lead, and fields the text of the page names.
BESIDES = {
    "crm.item.get": {"item.categoryId", "item.contactId"},
    "user.get": {"UF_TIMEMAN"},
    "tasks.task.add": {"task.ufCrmTask"},
}


def keys_of(value: Any, prefix: str = "") -> set[str]:
    """Name every key of a tree by its path; elements of a list count together."""
    if isinstance(value, dict):
        found = {f"{prefix}{key}" for key in value}
        return found.union(*(keys_of(item, f"{prefix}{key}.") for key, item in value.items()))
    if isinstance(value, list):
        return set[str]().union(*(keys_of(item, prefix) for item in value))
    return set()


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_keys(portal: Portal, ask: Asker, name: str) -> None:
    example = documented()[name].get("result_example")
    portal.crm.move(portal.crm.items[DEAL, 1], "C3:WORK")
    ours = keys_of(ANSWERS[name](ask, portal))
    assert ours - keys_of(example["result"]) - BESIDES.get(name, set()) == set()
