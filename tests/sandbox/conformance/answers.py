"""What a robot that waits is told, and what the portal says to that."""

from __future__ import annotations

from sandbox.workflows import PlacedRobot, State
from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import World


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
