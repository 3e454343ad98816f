"""Robots at work: their calls, their answers, and the life of the processes they stand in."""

from __future__ import annotations

import re

from sandbox.crm import DEAL
from sandbox.demo import ANNA
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


@rule("platform.md 2.7", "While a robot waits, those after it wait and those beside it go on")
def branches(w: World) -> None:
    w.register("a")
    w.register("b")
    workflow = w.fire("a", PlacedRobot("b", {}, wait_previous=True), "b")
    assert [run.state for run in workflow.runs] == [State.WAITING, State.NOT_STARTED, State.WAITING]


@rule(
    "platform.md 2.7", "A step with a timeout closes without values when its time is up; without one it waits for ever"
)
async def timeouts(w: World) -> None:
    w.register()
    workflow = w.fire(PlacedRobot("r", {}, timeout_seconds=60), PlacedRobot("r", {}))
    assert [form["timeout_duration"] for form in await w.forms()] == ["60", "0"]
    w.later(minutes=2)
    assert [(run.state, run.timed_out) for run in workflow.runs] == [(State.DONE, True), (State.WAITING, False)]
    assert w.admin("bizproc.event.send", EVENT_TOKEN=workflow.runs[0].token, RETURN_VALUES={"result": "x"}) is True
    assert workflow.runs[0].returned == {}


@rule("platform.md 2.8", "Anyone may answer: the token is the permission, a webhook is enough")
def who_answers(w: World) -> None:
    run = w.waiting()
    assert w.webhook("bizproc.event.send", EVENT_TOKEN=run.token)[1]["result"] is True
    assert run.state is State.DONE


@rule(
    "platform.md 2.8", "An answer without values completes the step; keys match in any case, unknown ones are dropped"
)
def answers(w: World) -> None:
    run = w.waiting(RETURN_PROPERTIES={"result": {"NAME": "r"}, "count": {"NAME": "c", "TYPE": "int"}})
    values = {"RESULT": "done", "Count": "7", "other": "x"}
    w.admin("bizproc.event.send", EVENT_TOKEN=run.token, RETURN_VALUES=values)
    assert run.returned == {"result": "done", "count": 7}


@rule("platform.md 2.8", "Every well signed token is answered true, also when the process is gone or answered before")
def always_true(w: World) -> None:
    run = w.waiting()
    for values in ({"result": "first"}, {"result": "second"}):
        assert w.admin("bizproc.event.send", EVENT_TOKEN=run.token, RETURN_VALUES=values) is True
    assert run.returned == {"result": "first"}
    w.portal.crm.delete(w.deal())
    assert w.admin("bizproc.event.send", EVENT_TOKEN=run.token) is True


@rule("platform.md 2.8", "Cores before 2026 answer at once and say 404 for a process that is gone", switch="old_core")
def old_cores(w: World) -> None:
    run = w.waiting()
    w.portal.switches.old_core = True
    w.move("C3:NEW")
    assert w.admin.refused("bizproc.event.send", EVENT_TOKEN=run.token) == (400, "404")


@rule("platform.md 2.8", "A process that another hit has locked loses an answer, or refuses it with 423")
async def locked(w: World) -> None:
    run = w.waiting()
    await w.http.post("/_sandbox/faults", json={"method": "bizproc.event.send", "kind": "locked"})
    assert w.admin.refused("bizproc.event.send", EVENT_TOKEN=run.token) == (400, "423")
    await w.http.post("/_sandbox/faults", json={"method": "bizproc.event.send", "kind": "true_without_effect"})
    assert w.admin("bizproc.event.send", EVENT_TOKEN=run.token) is True
    assert run.state is State.WAITING


@rule("platform.md 2.8", "Answers may travel in a batch, several for one process")
def answers_in_a_batch(w: World) -> None:
    w.register()
    workflow = w.fire("r", "r")
    said = w.admin.batch({str(n): f"bizproc.event.send?EVENT_TOKEN={run.token}" for n, run in enumerate(workflow.runs)})
    assert said["result"] == [True, True]
    assert workflow.state is State.DONE


@rule("platform.md 2.9", "activity.log says 404 for a process that is gone and true for one that lives, done or not")
def probe(w: World) -> None:
    w.register()
    workflow = w.fire("r", "r")
    first = workflow.runs[0]
    w.admin("bizproc.event.send", EVENT_TOKEN=first.token)
    assert w.admin("bizproc.activity.log", EVENT_TOKEN=first.token, LOG_MESSAGE="x") is True
    w.move("C3:NEW")
    assert w.admin.refused("bizproc.activity.log", EVENT_TOKEN=first.token, LOG_MESSAGE="x") == (400, "404")
    assert w.admin.refused("bizproc.activity.log", EVENT_TOKEN=first.token) == (400, "ERROR_EMPTY_LOG_MESSAGE")


@rule("platform.md 7.1", "A new stage ends every automation process of the item and begins its own under a new id")
def termination(w: World) -> None:
    w.register()
    first = w.fire()
    w.place("r", stage="C3:WORK")
    w.move("C3:WORK")
    second = w.portal.bizproc.history[-1]
    assert (first.state, second.state) == (State.TERMINATED, State.RUNNING)
    assert first.id != second.id


@rule("platform.md 7.2", "Robots of one stage are one process: one workflow id, a token each")
async def one_workflow(w: World) -> None:
    w.register()
    w.fire("r", "r")
    forms = await w.forms()
    assert len({form["workflow_id"] for form in forms}) == 1
    assert len({form["event_token"] for form in forms}) == 2


@rule(
    "platform.md 7.3", "Coming back to a stage begins a new process; an edit of robots does not touch those that wait"
)
async def coming_back(w: World) -> None:
    w.waiting(PROPERTIES={"a": {"NAME": "a"}})
    w.place(PlacedRobot("r", {"a": "2"}))
    w.move("C3:NEW")
    w.move("C3:WON")
    assert [form["properties"]["a"] for form in await w.forms()] == ["", "2"]


@rule("platform.md 7.4", "workflow.instances is for administrators and lists what runs, nothing of what is over")
def instances(w: World) -> None:
    w.register()
    workflow = w.fire()
    (row,) = w.admin("bizproc.workflow.instances", FILTER={"ID": workflow.id})
    assert set(row) == {"ID", "MODIFIED", "OWNED_UNTIL"}
    w.move("C3:NEW")
    assert w.admin("bizproc.workflow.instance.list", FILTER={"ID": workflow.id}) == []
    assert w.anna.refused("bizproc.workflow.instances") == (403, "ACCESS_DENIED")


@rule("platform.md 7.5", "Moving the item from inside one's own waiting run ends that run")
def own_move(w: World) -> None:
    run = w.waiting()
    w.admin("crm.item.update", entityTypeId=DEAL, id=1, fields={"stageId": "C3:WORK"})
    assert run.state is State.TERMINATED


@rule("platform.md 7.6", "An administrator terminates a process, or kills it with the memory of it")
def ending(w: World) -> None:
    w.register()
    first = w.fire()
    assert w.anna.refused("bizproc.workflow.terminate", ID=first.id) == (403, "ACCESS_DENIED")
    assert w.admin("bizproc.workflow.terminate", ID=first.id, STATUS="stopped") is True
    assert (first.state, first.said) == (State.TERMINATED, "stopped")
    w.move("C3:NEW")
    second = w.fire()
    assert w.admin("bizproc.workflow.kill", ID=second.id) is True
    assert second not in w.portal.bizproc.history
    assert w.admin.refused("bizproc.workflow.kill", ID="") == (400, "ERROR_WRONG_WORKFLOW_ID")


@rule("platform.md 7.7", "With the item its processes go")
def deletion(w: World) -> None:
    run = w.waiting()
    w.portal.crm.delete(w.deal())
    assert (run.state, w.portal.bizproc.workflows) == (State.TERMINATED, {})


@rule("platform.md 7.8", "Robots run on creation and on a new stage, whoever makes it and by whichever method")
async def causes(w: World) -> None:
    w.register()
    w.place("r", stage="C3:NEW")
    w.place("r", stage="C3:WORK")
    w.admin("crm.item.add", entityTypeId=DEAL, fields={"title": "x"})
    w.admin("crm.deal.update", id=2, fields={"STAGE_ID": "C3:WORK"})
    w.admin("crm.item.update", entityTypeId=DEAL, id=4, fields={"stageId": "C3:WORK"})
    assert [form["document_id"][2] for form in await w.forms()] == ["DEAL_9", "DEAL_2", "DEAL_4"]


@rule("platform.md 7.9", "What was returned stays after the process is ended")
def what_stays(w: World) -> None:
    w.register()
    workflow = w.fire("r", "r")
    w.admin("bizproc.event.send", EVENT_TOKEN=workflow.runs[0].token, RETURN_VALUES={"result": "kept"})
    w.move("C3:NEW")
    assert [run.returned for run in workflow.runs] == [{"result": "kept"}, {}]


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
