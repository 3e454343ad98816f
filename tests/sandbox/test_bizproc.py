"""Life of automation: workflows, tokens, answers, termination (platform.md 2 and 7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.apps import App
from sandbox.crm import DEAL
from sandbox.demo import ANNA, NEW, PROCESS_TYPE, WAIT, WON, WORK
from sandbox.portal import Portal
from sandbox.triggers import Spot
from sandbox.workflows import PlacedRobot, State
from tests.sandbox.conftest import HANDLER, Asker, Receiver


def register(ask: Asker, code: str, **more: Any) -> None:
    params: dict[str, Any] = {
        "CODE": code,
        "HANDLER": f"{HANDLER}/robot/{code}",
        "NAME": {"ru": code, "en": code},
        "USE_SUBSCRIPTION": "Y",
        "AUTH_USER_ID": 1,
        "RETURN_PROPERTIES": {"result": {"NAME": "r", "TYPE": "string"}, "ok": {"NAME": "o", "TYPE": "bool"}},
    }
    ask("bizproc.robot.add", **(params | more))


def place(portal: Portal, stage: str, *robots: PlacedRobot, entity_type: int = DEAL) -> None:
    portal.bizproc.placed[entity_type, stage] = list(robots)


def robot(code: str, wait_previous: bool = False, **properties: Any) -> PlacedRobot:
    return PlacedRobot(code, properties, wait_previous=wait_previous)


def move(portal: Portal, stage: str, deal: int = 1) -> None:
    portal.crm.move(portal.crm.items[DEAL, deal], stage)


def state_of(portal: Portal, index: int = 0) -> State:
    return portal.bizproc.history[index].state


async def forms(portal: Portal, receiver: Receiver) -> list[dict[str, Any]]:
    """Deliver what waits and return the robot calls received so far."""
    await portal.queue.drain()
    return [form for form in receiver.forms if "workflow_id" in form]


# Calls ----------------------------------------------------------------------------------------------------------------


async def test_entering_a_stage_calls_its_robot(portal: Portal, ask: Asker, receiver: Receiver, app: App) -> None:
    register(ask, "escalate_no_reply", PROPERTIES={"after_minutes": {"NAME": "m", "TYPE": "int"}})
    move(portal, WORK)
    (form,) = await forms(portal, receiver)
    request = receiver.requests[-1]
    assert (request.method, str(request.url)) == ("POST", f"{HANDLER}/robot/escalate_no_reply")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["user-agent"] == "Bitrix24 Webhook Engine"
    assert form["code"] == "escalate_no_reply"
    assert form["document_id"] == ["crm", "CCrmDocumentDeal", "DEAL_1"]
    assert form["document_type"] == ["crm", "CCrmDocumentDeal", "DEAL"]
    assert form["properties"] == {"after_minutes": "30"}
    assert (form["use_subscription"], form["timeout_duration"], form["ts"]) == ("Y", "0", "1795507200")
    workflow, activity, rest = form["event_token"].split("|")
    assert workflow == form["workflow_id"]
    assert activity.startswith("A")
    assert [len(part) for part in rest.split(".")] == [32, 64]
    auth = form["auth"]
    assert auth["application_token"] == app.application_token
    assert (auth["user_id"], auth["expires_in"], auth["status"]) == ("1", "3600", "L")
    assert auth["client_endpoint"] == portal.endpoint
    assert Asker(portal, portal.people.users[1])("profile")["ID"] == "1"
    assert portal.oauth.who(auth["access_token"])[2].id == 1
    assert auth["refresh_token"]


async def test_without_a_user_no_tokens_travel(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    """Platform.md 2.5, UNPROVEN."""
    register(ask, "escalate_no_reply", AUTH_USER_ID=0)
    move(portal, WORK)
    (form,) = await forms(portal, receiver)
    assert "access_token" not in form["auth"]
    portal.switches.tokens_without_user = True
    move(portal, NEW)
    move(portal, WORK)
    assert "access_token" in (await forms(portal, receiver))[-1]["auth"]


async def test_the_user_chosen_in_the_robot_goes_first(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    register(ask, "a")
    place(portal, WORK, PlacedRobot("a", {}, auth_user_id=ANNA))
    move(portal, WORK)
    assert (await forms(portal, receiver))[0]["auth"]["user_id"] == str(ANNA)


async def test_what_no_application_has_registered_faults_its_process(portal: Portal, receiver: Receiver) -> None:
    """Platform.md 1.7: between an update and the new registration placed robots are unknown activities."""
    move(portal, WORK)
    assert await forms(portal, receiver) == []
    (workflow,) = portal.bizproc.history
    assert (workflow.state, workflow.said) == (State.FAULTED, "escalate_no_reply: activity or robot not found")
    assert portal.bizproc.workflows == {}


async def test_activities_do_not_stand_on_stages(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    ask("bizproc.activity.add", CODE="a", HANDLER=f"{HANDLER}/robot/a", NAME="A", USE_SUBSCRIPTION="Y")
    place(portal, WORK, robot("a"))
    move(portal, WORK)
    assert await forms(portal, receiver) == []


@pytest.mark.parametrize(
    ("rules", "runs"),
    [
        ({}, True),
        ({"INCLUDE": [["crm", "CCrmDocumentDeal"]]}, True),
        ({"INCLUDE": [["crm"], ["lists"]]}, True),
        ({"INCLUDE": [["crm", "CCrmDocumentLead"]]}, False),
        ({"INCLUDE": ["box", ["crm", "CCrmDocumentDeal"]]}, True),
        ({"INCLUDE": ["box"]}, False),
        ({"INCLUDE": ["b24"]}, True),
        ({"INCLUDE": ["crm", "CCrmDocumentDeal"]}, False),  # flat: two text rules
        ({"INCLUDE": [["crm", "ccrmdocumentdeal"]]}, False),  # letter by letter
        ({"EXCLUDE": [["crm", "CCrmDocumentDeal"]]}, False),
        ({"INCLUDE": ["b24"], "EXCLUDE": [["crm", "CCrmDocumentDeal", "DEAL"]]}, False),
    ],
)
async def test_a_filter_decides_where_a_robot_is_offered(
    portal: Portal, ask: Asker, receiver: Receiver, rules: dict[str, Any], runs: bool
) -> None:
    """Platform.md 1.2."""
    register(ask, "a", FILTER=rules)
    place(portal, WORK, robot("a"))
    move(portal, WORK)
    assert bool(await forms(portal, receiver)) is runs


async def test_smart_processes_have_a_document_type_of_their_own(
    portal: Portal, ask: Asker, receiver: Receiver
) -> None:
    register(ask, "a")
    place(portal, "DT1036_5:CLIENT", robot("a"), entity_type=PROCESS_TYPE)
    portal.crm.move(portal.crm.items[PROCESS_TYPE, 1], "DT1036_5:CLIENT")
    (form,) = await forms(portal, receiver)
    entity = "Bitrix\\Crm\\Integration\\BizProc\\Document\\Dynamic"
    assert form["document_id"] == ["crm", entity, "DYNAMIC_1036_1"]
    assert form["document_type"] == ["crm", entity, "DYNAMIC_1036"]


async def test_creation_is_entering_a_stage(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    register(ask, "dialog_state")
    ask("crm.item.add", entityTypeId=DEAL, fields={"title": "Fresh", "stageId": NEW})
    assert (await forms(portal, receiver))[0]["document_id"][2] == "DEAL_9"


# Values ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "saved", "sent"),
    [
        ({"TYPE": "int"}, 30, "30"),
        ({"TYPE": "bool"}, True, "Y"),
        ({"TYPE": "bool"}, "N", "N"),
        ({"TYPE": "bool"}, None, ""),  # unset is an empty text
        ({"TYPE": "user"}, "user_7", ["user_7"]),  # a single user travels as a list
        ({"TYPE": "user"}, 7, ["user_7"]),
        ({"TYPE": "user", "MULTIPLE": "Y"}, ["user_7", "group_d5"], ["user_7", "group_d5"]),
        ({"TYPE": "user", "MULTIPLE": "Y"}, [], "absent"),  # an empty array vanishes
        ({"TYPE": "select"}, "notify", "notify"),
        ({"TYPE": "text"}, "a\nb & c", "a\nb & c"),
        ({"TYPE": "string"}, ["one"], "one"),  # an array of one is flattened
        ({"TYPE": "string", "DEFAULT": "d"}, None, "d"),  # added after the robot was placed
        ({"TYPE": "string"}, "{=Document:TITLE}!", "ООО «Ромашка»: Расчёт зарплаты за ноябрь!"),
        ({"TYPE": "string"}, "{=Document:UF_X}", ""),  # an expression without value
        ({"TYPE": "user"}, "{=Document:ASSIGNED_BY_ID}", ["user_8"]),
    ],
)
async def test_values_on_the_wire(
    portal: Portal, ask: Asker, receiver: Receiver, spec: dict[str, Any], saved: Any, sent: Any
) -> None:
    """Platform.md 2.3."""
    register(ask, "a", PROPERTIES={"x": {"NAME": "x", **spec}, "y": {"NAME": "y"}})
    place(portal, WORK, PlacedRobot("a", {} if saved is None else {"x": saved}))
    move(portal, WORK)
    assert (await forms(portal, receiver))[0]["properties"].get("x", "absent") == sent


async def test_no_properties_means_no_key(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    register(ask, "a")
    place(portal, WORK, robot("a", x="1"))
    move(portal, WORK)
    assert "properties" not in (await forms(portal, receiver))[0]


# Waiting and answering ------------------------------------------------------------------------------------------------


async def test_an_answer_completes_the_step_with_declared_values(
    portal: Portal, ask: Asker, receiver: Receiver
) -> None:
    register(ask, "a")
    place(portal, WORK, robot("a"))
    move(portal, WORK)
    (form,) = await forms(portal, receiver)
    values: dict[str, Any] = {"RESULT": "done", "OK": 1, "stray": "x"}
    assert ask("bizproc.event.send", EVENT_TOKEN=form["event_token"], RETURN_VALUES=values, LOG_MESSAGE="fine") is True
    (workflow,) = portal.bizproc.history
    assert (workflow.state, workflow.runs[0].state) == (State.DONE, State.DONE)
    assert workflow.runs[0].returned == {"result": "done", "ok": "Y"}
    assert workflow.runs[0].log == ["fine"]
    assert portal.bizproc.workflows == {}


async def test_an_answer_without_values_completes_it_too(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    register(ask, "a")
    place(portal, WORK, robot("a"))
    move(portal, WORK)
    (form,) = await forms(portal, receiver)
    ask("bizproc.event.send", EVENT_TOKEN=form["event_token"])
    assert state_of(portal) is State.DONE


async def test_true_is_no_proof(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    """Platform.md 2.8: a well signed token is always true."""
    register(ask, "a")
    place(portal, WORK, robot("a"))
    move(portal, WORK)
    (form,) = await forms(portal, receiver)
    token = form["event_token"]
    move(portal, NEW)
    assert ask("bizproc.event.send", EVENT_TOKEN=token, RETURN_VALUES={"result": "late"}) is True
    assert portal.bizproc.history[0].runs[0].returned == {}
    sent = [one for one in portal.journal.ledger if one.kind == "event.send"]
    assert (sent[0].details["effective"], sent[0].details["returned"]) == (False, {})


@pytest.mark.parametrize("token", ["", "x", "wf|A1|rand.deadbeef", "wf|A1|rand." + "0" * 64])
def test_a_token_of_another_is_refused(ask: Asker, token: str) -> None:
    assert ask.refused("bizproc.event.send", EVENT_TOKEN=token) == (403, "ACCESS_DENIED")
    if token:
        assert ask.refused("bizproc.activity.log", EVENT_TOKEN=token, LOG_MESSAGE="x") == (403, "ACCESS_DENIED")


async def test_old_cores_answer_at_once_and_tell_what_is_gone(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    portal.switches.old_core = True
    register(ask, "a")
    place(portal, WORK, robot("a"))
    move(portal, WORK)
    (form,) = await forms(portal, receiver)
    assert ask("bizproc.event.send", EVENT_TOKEN=form["event_token"]) is True
    assert ask.refused("bizproc.event.send", EVENT_TOKEN=form["event_token"]) == (400, "404")


async def test_a_log_line_proves_that_the_process_lives(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    """Platform.md 2.9."""
    register(ask, "a")
    register(ask, "b")
    place(portal, WORK, robot("a"), robot("b"))
    move(portal, WORK)
    first, _ = await forms(portal, receiver)
    token = first["event_token"]
    assert ask("bizproc.activity.log", EVENT_TOKEN=token, LOG_MESSAGE="alive") is True
    assert ask.refused("bizproc.activity.log", EVENT_TOKEN=token, LOG_MESSAGE="") == (400, "ERROR_EMPTY_LOG_MESSAGE")
    ask("bizproc.event.send", EVENT_TOKEN=token)
    assert ask("bizproc.activity.log", EVENT_TOKEN=token, LOG_MESSAGE="step done, process lives") is True
    move(portal, NEW)
    assert ask.refused("bizproc.activity.log", EVENT_TOKEN=token, LOG_MESSAGE="x") == (400, "404")


async def test_without_waiting_the_step_closes_at_once(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    """Platform.md 1.5."""
    for code, waits in (("n", "N"), ("empty", "")):
        register(ask, code, USE_SUBSCRIPTION=waits)
    place(portal, WORK, robot("n"), robot("empty"))
    move(portal, WORK)
    assert [form["use_subscription"] for form in await forms(portal, receiver)] == ["N", ""]
    assert state_of(portal) is State.DONE


async def test_a_placed_robot_keeps_its_own_waiting(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    """Platform.md 1.4: flipping the registration does not flip what stands on stages."""
    register(ask, "a", USE_SUBSCRIPTION="N")
    place(portal, WORK, PlacedRobot("a", {}, use_subscription="Y"))
    move(portal, WORK)
    assert (await forms(portal, receiver))[0]["use_subscription"] == "Y"
    assert state_of(portal) is State.RUNNING


# Stages ---------------------------------------------------------------------------------------------------------------


async def test_robots_of_a_stage_share_a_workflow_and_not_a_token(
    portal: Portal, ask: Asker, receiver: Receiver
) -> None:
    """Platform.md 7.2."""
    for code in ("a", "b"):
        register(ask, code)
    place(portal, WORK, robot("a"), robot("b"))
    move(portal, WORK)
    first, second = await forms(portal, receiver)
    assert first["workflow_id"] == second["workflow_id"]
    assert first["event_token"] != second["event_token"]
    ask("bizproc.event.send", EVENT_TOKEN=first["event_token"])
    assert state_of(portal) is State.RUNNING
    ask("bizproc.event.send", EVENT_TOKEN=second["event_token"])
    assert state_of(portal) is State.DONE


async def test_after_the_previous_makes_a_sequence(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    for code in ("a", "b", "c"):
        register(ask, code)
    place(portal, WORK, robot("a"), robot("b", wait_previous=True), robot("c"))
    move(portal, WORK)
    called = await forms(portal, receiver)
    assert [form["code"] for form in called] == ["a", "c"]
    ask("bizproc.event.send", EVENT_TOKEN=called[0]["event_token"])
    assert [form["code"] for form in await forms(portal, receiver)] == ["a", "c", "b"]


async def test_a_pause_before_a_robot_passes_before_anybody_is_called(
    portal: Portal, ask: Asker, receiver: Receiver
) -> None:
    register(ask, "a")
    place(portal, WORK, PlacedRobot("pause", {}, stock=True, delay_seconds=3600), robot("a", wait_previous=True))
    move(portal, WORK)
    portal.clock.advance(timedelta(minutes=59))
    assert await forms(portal, receiver) == []
    [row] = ask("bizproc.workflow.instances", SELECT=["STARTED", "MODIFIED"])
    assert row["STARTED"] == row["MODIFIED"], "nothing has moved it"
    portal.clock.advance(timedelta(minutes=2))
    [form] = await forms(portal, receiver)
    assert state_of(portal) is State.RUNNING
    ask("bizproc.event.send", EVENT_TOKEN=form["event_token"])
    assert state_of(portal) is State.DONE


async def test_a_robot_with_a_delay_is_called_when_it_is_over(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    register(ask, "a")
    place(portal, WORK, PlacedRobot("a", {}, delay_seconds=60))
    move(portal, WORK)
    assert await forms(portal, receiver) == []
    portal.clock.advance(timedelta(seconds=60))
    assert len(await forms(portal, receiver)) == 1


async def test_a_robot_whose_condition_is_not_met_is_passed_over(
    portal: Portal, ask: Asker, receiver: Receiver
) -> None:
    register(ask, "a")
    title = portal.crm.items[DEAL, 1].title
    place(
        portal, WORK, PlacedRobot("a", {}, only_if={"TITLE": title}), PlacedRobot("p", {}, stock=True, delay_seconds=9)
    )
    move(portal, WORK)
    move(portal, WORK, deal=2)
    assert [form["document_id"][2] for form in await forms(portal, receiver)] == ["DEAL_1"]
    assert [one.state for one in portal.bizproc.history] == [State.RUNNING, State.RUNNING], "the pause goes on"
    portal.clock.advance(timedelta(seconds=10))
    assert [one.state for one in portal.bizproc.history] == [State.RUNNING, State.DONE]


async def test_another_stage_ends_all_automation_of_the_item(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    """Platform.md 7.1: of this item, and no other."""
    register(ask, "a")
    place(portal, WORK, robot("a"))
    place(portal, WAIT)
    move(portal, WORK, deal=1)
    move(portal, WORK, deal=2)
    move(portal, WAIT, deal=1)
    assert [one.state for one in portal.bizproc.history] == [State.TERMINATED, State.RUNNING]


async def test_coming_back_starts_anew(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    """Platform.md 7.3."""
    register(ask, "a")
    place(portal, WORK, robot("a"))
    for stage in (WORK, NEW, WORK):
        move(portal, stage)
    first, second = await forms(portal, receiver)
    assert first["workflow_id"] != second["workflow_id"]


async def test_a_save_without_a_new_stage_starts_nothing(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    register(ask, "dialog_state")
    ask("crm.item.update", entityTypeId=DEAL, id=1, fields={"assignedById": ANNA + 1, "stageId": NEW})
    assert await forms(portal, receiver) == []


async def test_an_answer_and_a_move_in_one_batch_lose_the_answer(
    portal: Portal, ask: Asker, receiver: Receiver
) -> None:
    """Platform.md 7.5: the answer is delivered in the background, the move at once."""
    register(ask, "a")
    place(portal, WORK, robot("a"))
    move(portal, WORK)
    (form,) = await forms(portal, receiver)
    token = form["event_token"].replace("|", "%7C")
    ask.batch(
        {
            "e": f"bizproc.event.send?EVENT_TOKEN={token}&RETURN_VALUES[result]=done",
            "m": f"crm.item.update?entityTypeId=2&id=1&fields[stageId]={WON}",
        }
    )
    assert state_of(portal) is State.TERMINATED
    assert portal.bizproc.history[0].runs[0].returned == {}


async def test_a_deleted_item_ends_its_processes(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    register(ask, "a")
    place(portal, WORK, robot("a"))
    move(portal, WORK)
    portal.crm.delete(portal.crm.items[DEAL, 1])
    assert state_of(portal) is State.TERMINATED


async def test_running_processes_are_listed_and_ended_ones_are_not(
    portal: Portal, ask: Asker, receiver: Receiver
) -> None:
    """Platform.md 7.4."""
    register(ask, "a")
    place(portal, WORK, robot("a"))
    move(portal, WORK)
    (form,) = await forms(portal, receiver)
    rows = ask("bizproc.workflow.instances", FILTER={"ID": form["workflow_id"]})
    assert rows == [{"ID": form["workflow_id"], "MODIFIED": "2026-11-24T11:00:00+03:00", "OWNED_UNTIL": None}]
    assert ask("bizproc.workflow.instances", SELECT=["DOCUMENT_ID"]) == [{"DOCUMENT_ID": "DEAL_1"}]
    move(portal, NEW)
    assert ask("bizproc.workflow.instance.list", FILTER={"ID": form["workflow_id"]}) == []


def test_only_administrators_list_processes(portal: Portal) -> None:
    assert Asker(portal, portal.people.users[ANNA]).refused("bizproc.workflow.instances") == (403, "ACCESS_DENIED")


# Triggers -------------------------------------------------------------------------------------------------------------


def test_a_placed_trigger_moves_the_item(portal: Portal, ask: Asker) -> None:
    """Platform.md 6.5."""
    ask("crm.automation.trigger.add", CODE="late", NAME="Late")
    portal.triggers.place("late", Spot(DEAL, WAIT))
    assert ask("crm.automation.trigger.execute", CODE="late", OWNER_TYPE_ID=DEAL, OWNER_ID=1) is True
    assert portal.crm.items[DEAL, 1].stage_id == WAIT


def test_a_trigger_without_a_place_changes_nothing(portal: Portal, ask: Asker) -> None:
    ask("crm.automation.trigger.add", CODE="late", NAME="Late")
    assert ask("crm.automation.trigger.execute", CODE="late", OWNER_TYPE_ID=DEAL, OWNER_ID=1) is True
    assert portal.crm.items[DEAL, 1].stage_id == NEW


def test_triggers_are_upserted_and_listed(ask: Asker) -> None:
    ask("crm.automation.trigger.add", CODE="late", NAME="Late")
    ask("crm.automation.trigger.add", CODE="late", NAME="Too late")
    assert ask("crm.automation.trigger.list") == [{"NAME": "Too late", "CODE": "late"}]
    assert ask("crm.automation.trigger.delete", CODE="late") is True
    assert ask("crm.automation.trigger.list") == []


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"CODE": "la te", "OWNER_TYPE_ID": 2, "OWNER_ID": 1}, ""),
        ({"CODE": "unknown", "OWNER_TYPE_ID": 2, "OWNER_ID": 1}, ""),
        ({"CODE": "late", "OWNER_TYPE_ID": 3, "OWNER_ID": 1}, ""),
        ({"CODE": "late", "OWNER_TYPE_ID": 2, "OWNER_ID": 999}, ""),
    ],
)
def test_refusals_of_triggers_have_an_empty_code(ask: Asker, params: dict[str, Any], code: str) -> None:
    ask("crm.automation.trigger.add", CODE="late", NAME="Late")
    assert ask.refused("crm.automation.trigger.execute", **params) == (400, code)


def test_triggers_are_for_administrators(portal: Portal) -> None:
    anna = Asker(portal, portal.people.users[ANNA])
    assert anna.refused("crm.automation.trigger.add", CODE="x", NAME="X") == (400, "ACCESS_DENIED")
