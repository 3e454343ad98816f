"""Robots: their calls and what travels in them."""

from __future__ import annotations

import re
from typing import Any

from sandbox.demo import ANNA
from sandbox.frame import frame
from sandbox.wire import Json
from sandbox.workflows import PlacedRobot, State
from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import World


@rule("platform.md 2.1", "A robot's call is a POST of a form with PHP's brackets, by the webhook engine")
async def transport(w: World) -> None:
    w.waiting()
    await w.forms()
    request = w.receiver.requests[0]
    assert request.method == "POST"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["user-agent"] == "Bitrix24 Webhook Engine"
    assert b"document_id%5B2%5D=DEAL_1" in request.content


@rule("platform.md 2.1", "A robot of an unpaid application faults its process and no call is made")
async def unpaid(w: World) -> None:
    w.register()
    w.app.paid = False
    workflow = w.fire()
    assert (workflow.state, workflow.said) == (State.FAULTED, "Rest application: payment required")
    assert await w.forms() == []


@rule("platform.md 2.2", "The form names workflow, code, document, token, values, waiting, time and authorization")
async def keys_of_the_form(w: World) -> None:
    w.waiting(PROPERTIES={"a": {"NAME": "a"}})
    (form,) = await w.forms()
    assert set(form) == {
        "workflow_id",
        "code",
        "document_id",
        "document_type",
        "event_token",
        "properties",
        "use_subscription",
        "timeout_duration",
        "ts",
        "auth",
    }
    assert form["document_id"] == ["crm", "CCrmDocumentDeal", "DEAL_1"]
    assert form["document_type"] == ["crm", "CCrmDocumentDeal", "DEAL"]


@rule(
    "platform.md 2.3",
    "Yes and no travel as Y and N, moments in the format and zone of the site, users as user_7 in a list",
)
async def values(w: World) -> None:
    w.register(
        PROPERTIES={
            "flag": {"NAME": "f", "TYPE": "bool"},
            "at": {"NAME": "a", "TYPE": "datetime"},
            "day": {"NAME": "d", "TYPE": "date"},
            "who": {"NAME": "w", "TYPE": "user"},
            "many": {"NAME": "m", "TYPE": "string", "MULTIPLE": "Y"},
        }
    )
    typed: dict[str, Json] = {
        "flag": True,
        "at": "2026-05-12T11:30:00Z",
        "day": "2026-05-12",
        "who": 7,
        "many": ["a", "b"],
    }
    w.fire(PlacedRobot("r", typed))
    assert (await w.forms())[0]["properties"] == {
        "flag": "Y",
        "at": "12.05.2026 14:30:00",
        "day": "12.05.2026",
        "who": ["user_7"],
        "many": ["a", "b"],
    }


@rule("platform.md 2.3", "What is not set comes blank, an empty array not at all")
async def blanks(w: World) -> None:
    w.register(PROPERTIES={"text": {"NAME": "t"}, "many": {"NAME": "m", "MULTIPLE": "Y"}})
    w.fire()
    assert (await w.forms())[0]["properties"] == {"text": ""}


@rule("platform.md 2.3", "A property added later is sent with its default, one that was taken away is not sent")
async def current_properties(w: World) -> None:
    w.register(PROPERTIES={"new": {"NAME": "n", "DEFAULT": "15"}})
    w.fire(PlacedRobot("r", {"old": "1"}))
    assert (await w.forms())[0]["properties"] == {"new": "15"}


@rule("platform.md 2.3", "A single select may arrive as a list of one", switch="single_selects_are_lists")
async def selects(w: World) -> None:
    w.register(PROPERTIES={"kind": {"NAME": "k", "TYPE": "select", "DEFAULT": "a"}})
    w.fire()
    w.portal.switches.single_selects_are_lists = True
    w.move("C3:NEW")
    w.fire()
    assert [form["properties"]["kind"] for form in await w.forms()] == ["a", ["a"]]


@rule("platform.md 2.3", "Expressions are filled in from the document before the call")
async def expressions(w: World) -> None:
    w.register(PROPERTIES={"text": {"NAME": "t"}})
    w.fire(PlacedRobot("r", {"text": "{=Document:COMPANY.TITLE}: {=Document:UF_CRM_NOTHING}"}))
    assert (await w.forms())[0]["properties"]["text"] == "ООО «Ромашка»: "


@rule("platform.md 2.4", "The token is workflow, step and 32 random characters, signed; each execution has its own")
def tokens(w: World) -> None:
    run = w.waiting()
    assert re.fullmatch(r"[0-9a-f]{14}\.\d{8}\|A\d+(_\d+){3}\|[a-z0-9]{32}\.[0-9a-f]{64}", run.token)
    first = run.token
    w.move("C3:NEW")
    w.move("C3:WON")
    assert w.portal.bizproc.history[-1].runs[0].token != first
    assert w.admin.refused("bizproc.event.send", EVENT_TOKEN=first[:-1] + "x") == (403, "ACCESS_DENIED")


@rule("platform.md 2.5", "Tokens in the call are of the user chosen in the robot, else of the registration's")
async def whose_tokens(w: World) -> None:
    w.register(AUTH_USER_ID=1)
    w.fire(PlacedRobot("r", {}, auth_user_id=ANNA), "r")
    assert [form["auth"]["user_id"] for form in await w.forms()] == [str(ANNA), "1"]


@rule("platform.md 2.5", "With nobody to act for there are no tokens", switch="tokens_without_user")
async def nobodys_tokens(w: World) -> None:
    w.register(AUTH_USER_ID=0)
    w.fire()
    w.portal.switches.tokens_without_user = True
    w.move("C3:NEW")
    w.fire()
    first, second = await w.forms()
    assert "access_token" not in first["auth"]
    assert first["auth"]["application_token"] == w.app.application_token
    assert "access_token" in second["auth"]


@rule(
    "platform.md 2.5",
    "A refresh_token comes along; the oldest cores sent none",
    switch="robot_calls_carry_refresh_token",
)
async def refresh_tokens(w: World) -> None:
    w.waiting()
    w.portal.switches.robot_calls_carry_refresh_token = False
    w.move("C3:NEW")
    w.fire()
    assert ["refresh_token" in form["auth"] for form in await w.forms()] == [True, False]


@rule("platform.md 2.6", "Nothing is sent again after an error")
async def no_resends(w: World) -> None:
    w.receiver.status = 500
    w.waiting()
    await w.forms()
    await w.forms()
    assert len(w.receiver.requests) == 1


@rule("platform.md 2.6", "The same call may come twice, with the same token", switch="deliver_twice")
async def duplicates(w: World) -> None:
    w.portal.switches.deliver_twice = True
    w.waiting()
    first, second = await w.forms()
    assert first["event_token"] == second["event_token"]


@rule("platform.md 2.6", "A call comes some time later, not at once", switch="delivery_delay")
async def delays(w: World) -> None:
    w.portal.switches.delivery_delay = 0.01
    w.waiting()
    assert len(await w.forms()) == 1


@rule(
    "platform.md 3.1",
    "Robots fire before installFinish; the executor does not look at it",
    switch="robots_before_install_finish",
)
def before_finish(w: World) -> None:
    w.register()
    w.app.installed = False
    assert w.fire().state is State.RUNNING
    w.portal.switches.robots_before_install_finish = False
    w.move("C3:NEW")
    before = len(w.portal.bizproc.history)
    w.move("C3:WON")
    assert len(w.portal.bizproc.history) == before


@rule("platform.md 2.2", "A lead is LEAD_1, an element of a smart process DYNAMIC_1036_1, each with a type of its own")
async def documents(w: World) -> None:
    w.register("r")
    crm = w.portal.crm
    for kind, stage in ((1, "IN_PROCESS"), (1036, "DT1036_5:SUCCESS")):
        w.portal.bizproc.placed[kind, stage] = [PlacedRobot("r", {})]
        crm.move(crm.items[kind, 1], stage)
    lead, element = await w.forms()
    assert (lead["document_id"][2], lead["document_type"][2]) == ("LEAD_1", "LEAD")
    assert (element["document_id"][2], element["document_type"][2]) == ("DYNAMIC_1036_1", "DYNAMIC_1036")


@rule("platform.md 3.4", "Calls, events and pages bear one application_token until the next update")
async def one_token(w: World) -> None:
    w.listen("ONCRMDEALUPDATE")
    w.waiting()
    with w.portal.acting(w.portal.people.users[1]):
        w.move("C3:NEW")
    page: Any = frame(w.portal, w.portal.people.users[1], placement="DEFAULT", options="")
    tokens = {form["auth"]["application_token"] for form in await w.forms()}
    assert tokens == {page["fields"]["APPLICATION_TOKEN"]} == {w.app.application_token}
