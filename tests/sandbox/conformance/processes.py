"""The life of the processes that robots stand in."""

from __future__ import annotations

from sandbox.crm import DEAL
from sandbox.workflows import PlacedRobot, State
from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import World


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


@rule(
    "platform.md 7.4", "Processes of a stage are made after one template; they are found by it and by when they began"
)
def templates(w: World) -> None:
    w.register()
    first = w.fire()
    began = first.started_at.isoformat()
    w.later(minutes=5)
    w.move("C3:WON", deal=2)
    rows = w.admin("bizproc.workflow.instances", SELECT=["TEMPLATE_ID", "DOCUMENT_ID"], ORDER={"STARTED": "ASC"})
    assert [row["DOCUMENT_ID"] for row in rows] == ["DEAL_1", "DEAL_2"]
    [template] = {row["TEMPLATE_ID"] for row in rows}
    later = {"TEMPLATE_ID": [template, "99"], ">STARTED": began}
    assert w.admin("bizproc.workflow.instances", SELECT=["DOCUMENT_ID"], FILTER=later) == [{"DOCUMENT_ID": "DEAL_2"}]
    w.place("r", stage="C3:WORK")
    w.move("C3:WORK")
    [row] = w.admin("bizproc.workflow.instances", SELECT=["TEMPLATE_ID"], FILTER={"DOCUMENT_ID": "DEAL_1"})
    assert row["TEMPLATE_ID"] != template


@rule("platform.md 2.1", "A call that is lost on its way is not sent again, and its process waits for ever")
async def lost_calls(w: World) -> None:
    w.register()
    w.portal.queue.loses = 1
    run = w.fire().runs[0]
    w.later(days=300)
    assert await w.forms() == []
    assert run.state is State.WAITING


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
