"""REST methods of tasks."""

from __future__ import annotations

from sandbox.errors import RestError
from sandbox.office import Task
from sandbox.php import to_int, to_text, values_of
from sandbox.rest.lists import ordered, picked, selected
from sandbox.rest.registry import Call, Page, method
from sandbox.rest.task_fields import listed_fields, task_fields
from sandbox.wire import Json

COMPLETED = 5
#: What comes with every selection of one task.
_TOLD_OF_ONE = ("action", "creator", "responsible", "group", "favorite", "descriptionInBbcode")
#: Filters and selections come in upper snake case, answers in camelCase.
_NAMES = {
    "ID": "id",
    "TITLE": "title",
    "STATUS": "status",
    "DESCRIPTION": "description",
    "DEADLINE": "deadline",
    "RESPONSIBLE_ID": "responsibleId",
    "CREATED_BY": "createdBy",
    "CREATED_DATE": "createdDate",
    "UF_CRM_TASK": "ufCrmTask",
    "AUDITORS": "auditors",
}


@method("tasks.task.add", scope="task", missing_code="ERROR_CORE", params={"fields*": "object"}, seconds=0.4)
def add(call: Call) -> Json:
    """Create a task; without a title or a real responsible it is ERROR_CORE (openlines.md part 6)."""
    fields, portal = {name.upper(): value for name, value in call.mapping("fields").items()}, call.portal
    responsible = portal.people.employee(to_int(fields.get("RESPONSIBLE_ID")))
    if not to_text(fields.get("TITLE")) or responsible is None:
        raise RestError("ERROR_CORE", "The task title or the responsible person is not specified")
    task = Task(
        id=portal.ids.next("task", above=3_700),
        title=to_text(fields["TITLE"]),
        responsible=responsible.id,
        created_by=to_int(fields.get("CREATED_BY")) or call.user.id,
        created_at=portal.now(),
        description=to_text(fields.get("DESCRIPTION")),
        deadline=to_text(fields.get("DEADLINE")) or None,
        auditors=tuple(to_int(one) for one in values_of(fields.get("AUDITORS"))),
        crm=tuple(to_text(one) for one in values_of(fields.get("UF_CRM_TASK"))),
    )
    portal.office.tasks[task.id] = task
    portal.record("task", task_id=task.id, title=task.title, responsible=task.responsible, crm=list(task.crm))
    return {"task": task_fields(portal, task)}


@method(
    "tasks.task.list",
    scope="task",
    missing_code="ERROR_CORE",
    params={"filter": "object", "order": "object", "select": "array", "params": "object", "start": "integer"},
)
def list_tasks(call: Call) -> Page:
    portal = call.portal
    rows = picked(
        [listed_fields(portal, task) for task in portal.office.tasks.values()], _renamed(call.mapping("filter"))
    )
    rows = ordered(rows, _renamed(call.mapping("order")) or {"id": "asc"})
    page = call.page(rows, lambda row: _chosen(call, row, ()))
    return Page({"tasks": page.result}, page.total, page.next)


@method("tasks.task.get", scope="task", missing_code="ERROR_CORE", params={"taskId": "integer", "select": "array"})
def get(call: Call) -> Json:
    return {"task": _chosen(call, task_fields(call.portal, _task(call)), _TOLD_OF_ONE)}


@method(
    "tasks.task.update",
    scope="task",
    missing_code="ERROR_CORE",
    params={"taskId*": "integer", "fields*": "object"},
    seconds=0.3,
)
def update(call: Call) -> Json:
    task, fields = _task(call), {name.upper(): value for name, value in call.mapping("fields").items()}
    if "TITLE" in fields:
        task.title = to_text(fields["TITLE"])
    if "DESCRIPTION" in fields:
        task.description = to_text(fields["DESCRIPTION"])
    if "DEADLINE" in fields:
        task.deadline = to_text(fields["DEADLINE"]) or None
    if "STATUS" in fields:
        task.status = to_int(fields["STATUS"])
    if "RESPONSIBLE_ID" in fields:
        task.responsible = to_int(fields["RESPONSIBLE_ID"])
    task.changed_at = call.portal.now()
    call.portal.record("task.update", task_id=task.id)
    return {"task": task_fields(call.portal, task)}


@method("tasks.task.complete", scope="task", missing_code="ERROR_CORE", params={"taskId*": "integer"}, seconds=0.3)
def complete(call: Call) -> Json:
    """Complete a task; one that is complete already is refused, as an action that is not there."""
    task = _task(call)
    if task.status == COMPLETED:
        raise RestError("1048582", "Action not available")
    task.status, task.closed_at, task.closed_by = COMPLETED, call.portal.now(), call.user.id
    task.changed_at = task.closed_at
    call.portal.record("task.complete", task_id=task.id)
    return {"task": task_fields(call.portal, task)}


def _task(call: Call) -> Task:
    task = call.portal.office.tasks.get(call.integer("taskId"))
    if task is None:
        raise RestError("ERROR_CORE", "Task not found or access denied")
    return task


def _renamed(given: dict[str, Json]) -> dict[str, Json]:
    """Turn ``>=CREATED_DATE`` into ``>=createdDate``."""
    renamed: dict[str, Json] = {}
    for name, value in given.items():
        bare = name.lstrip("<>=!@%")
        renamed[name[: len(name) - len(bare)] + _NAMES.get(bare.upper(), bare)] = value
    return renamed


def _chosen(call: Call, row: dict[str, Json], anyway: tuple[str, ...]) -> dict[str, Json]:
    wanted = [_NAMES.get(to_text(name).upper(), to_text(name)) for name in call.items("select")]
    return selected(row, ["id", *anyway, *wanted] if wanted else [])
