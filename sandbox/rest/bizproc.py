"""REST methods of running automation: answers of robots, their log, and workflows."""

from __future__ import annotations

from sandbox.errors import RestError
from sandbox.php import to_text
from sandbox.rest.lists import ordered, picked
from sandbox.rest.registry import Call, Page, method
from sandbox.wire import Json, moment
from sandbox.workflows import Workflow


@method(
    "bizproc.event.send",
    scope="bizproc",
    feature="robots",
    params={"EVENT_TOKEN": "string", "RETURN_VALUES": "object", "LOG_MESSAGE": "string"},
)
def event_send(call: Call) -> Json:
    call.portal.bizproc.send_event(
        call.text("EVENT_TOKEN"), call.mapping("RETURN_VALUES"), call.text("LOG_MESSAGE"), later=call.hit.later
    )
    return True


@method(
    "bizproc.activity.log",
    scope="bizproc",
    feature="robots",
    params={"EVENT_TOKEN*": "string", "LOG_MESSAGE*": "string"},
    missing_code=None,
)
def activity_log(call: Call) -> Json:
    if not call.text("LOG_MESSAGE"):
        raise RestError("ERROR_EMPTY_LOG_MESSAGE", "Empty log message")
    call.portal.bizproc.log(call.text("EVENT_TOKEN"), call.text("LOG_MESSAGE"))
    return True


_INSTANCES = {"SELECT": "array", "FILTER": "object", "ORDER": "object", "start": "integer"}


def _instances(call: Call) -> Page:
    """List running workflows; one that is over is gone (platform.md 7.4)."""
    call.require_admin()
    rows = [_as_row(call, one) for one in call.portal.bizproc.workflows.values()]
    kept = picked(rows, {key.upper(): value for key, value in call.mapping("FILTER").items()})
    kept = ordered(kept, call.mapping("ORDER") or {"MODIFIED": "desc"})
    wanted = [to_text(name).upper() for name in call.items("SELECT")] or ["ID", "MODIFIED", "OWNED_UNTIL"]
    return call.page(kept, lambda row: {name: row.get(name) for name in wanted})


def _as_row(call: Call, workflow: Workflow) -> dict[str, Json]:
    zone = call.portal.zone
    return {
        "ID": workflow.id,
        "MODIFIED": moment(workflow.modified_at, zone),
        "OWNED_UNTIL": None,
        "MODULE_ID": workflow.document[0],
        "ENTITY": workflow.document[1],
        "DOCUMENT_ID": workflow.document[2],
        "STARTED": moment(workflow.started_at, zone),
        "STARTED_BY": "0",
        "TEMPLATE_ID": str(workflow.template_id),
    }


method("bizproc.workflow.instances", scope="bizproc", feature="bizproc", params=_INSTANCES)(_instances)
method("bizproc.workflow.instance.list", scope="bizproc", feature="bizproc", params=_INSTANCES)(_instances)


@method(
    "bizproc.workflow.terminate",
    scope="bizproc",
    feature="bizproc",
    params={"ID*": "string", "STATUS": "string"},
    missing_code="ERROR_WRONG_WORKFLOW_ID",
)
def workflow_terminate(call: Call) -> Json:
    """End a running workflow and say why in its state (platform.md 7.6)."""
    call.require_admin()
    bizproc, workflow = call.portal.bizproc, _workflow(call)
    bizproc.terminate(workflow, call.text("STATUS"))
    return True


@method(
    "bizproc.workflow.kill",
    scope="bizproc",
    feature="bizproc",
    params={"ID*": "string"},
    missing_code="ERROR_WRONG_WORKFLOW_ID",
)
def workflow_kill(call: Call) -> Json:
    """Delete a workflow with all that is known of it (platform.md 7.6)."""
    call.require_admin()
    call.portal.bizproc.kill(_workflow(call))
    return True


def _workflow(call: Call) -> Workflow:
    found = call.portal.bizproc.workflows.get(call.text("ID"))
    if found is None:
        raise RestError("ERROR_WRONG_WORKFLOW_ID", "Incorrect workflow ID")
    return found
