"""Placements: what can be bound, what the settings page of a robot is told."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import World
from tests.sandbox.conftest import HANDLER

TAB = {"PLACEMENT": "CRM_DEAL_DETAIL_TAB", "HANDLER": f"{HANDLER}/app"}


@rule("platform.md 5.1", "The settings page of a robot cannot be bound; it exists through the robot alone")
def private(w: World) -> None:
    order = TAB | {"PLACEMENT": "BIZPROC_ACTIVITY_PROPERTIES_DIALOG"}
    assert w.admin.refused("placement.bind", **order) == (400, "ERROR_PLACEMENT_NOT_FOUND")


@rule("platform.md 5.1", "That page is told the robot, its declarations, its values, the document and the template")
async def settings_page(w: World) -> None:
    page = {"USE_PLACEMENT": "Y", "PLACEMENT_HANDLER": f"{HANDLER}/settings/r"}
    w.register(PROPERTIES={"a": {"NAME": "a", "TYPE": "int"}}, **page)
    query = {"robot": "r", "options": json.dumps({"current_values": {"a": "5"}})}
    form: Any = (await w.http.get("/_sandbox/frame", params=query)).json()
    assert form["action"].startswith(f"{HANDLER}/settings/r?")
    assert form["fields"]["PLACEMENT"] == "BIZPROC_ACTIVITY_PROPERTIES_DIALOG"
    told = json.loads(form["fields"]["PLACEMENT_OPTIONS"])
    assert set(told) == {
        "URI",
        "code",
        "activity_name",
        "properties",
        "current_values",
        "document_type",
        "document_fields",
        "template",
    }
    assert told["current_values"] == {"a": "5"}
    assert told["document_type"] == ["crm", "CCrmDocumentDeal", "DEAL"]


@rule("platform.md 5.4", "Placements are bound by an administrator in the name of an application")
def who_binds(w: World) -> None:
    assert w.webhook("placement.bind", **TAB)[1]["error"] == "WRONG_AUTH_TYPE"
    assert w.anna.refused("placement.bind", **TAB) == (403, "ACCESS_DENIED")


@rule("platform.md 5.4", "Binding twice is ERROR_CORE; smart processes have tabs of their own")
def binding(w: World) -> None:
    assert w.admin("placement.bind", **TAB) is True
    assert w.admin.refused("placement.bind", **TAB) == (400, "ERROR_CORE")
    assert w.admin("placement.bind", **(TAB | {"PLACEMENT": "CRM_DYNAMIC_1036_DETAIL_TAB"})) is True
    assert w.admin("placement.unbind", PLACEMENT=TAB["PLACEMENT"]) == {"count": 1}
