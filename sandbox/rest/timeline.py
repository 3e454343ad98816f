"""REST methods of what hangs on a CRM card: to-dos and comments."""

from __future__ import annotations

from sandbox.crm import TYPE_NAMES
from sandbox.errors import RestError, access_denied
from sandbox.php import to_int, to_text
from sandbox.rest.access import readable_item
from sandbox.rest.lists import Row, ordered, picked, selected
from sandbox.rest.registry import Call, Page, method
from sandbox.wire import Json, moment


@method(
    "crm.activity.todo.add",
    scope="crm",
    controller=True,
    seconds=0.13,
    params={
        "ownerTypeId*": "integer",
        "ownerId*": "integer",
        "deadline*": "datetime",
        "title": "string",
        "description": "string",
        "responsibleId": "integer",
        "parentActivityId": "integer",
        "pingOffsets": "array",
        "colorId": "string",
    },
)
def todo_add(call: Call) -> Json:
    item = readable_item(call, call.strict_integer("ownerTypeId"), call.strict_integer("ownerId"))
    todo = call.portal.office.add_todo(
        item.key,
        title=call.text("title"),
        description=call.text("description"),
        deadline=call.text("deadline"),
        responsible=call.integer("responsibleId") or call.user.id,
        parent=call.integer("parentActivityId"),
    )
    return {"id": todo.id}


@method("crm.timeline.comment.add", scope="crm", params={"fields*": "object"}, cased=True)
def comment_add(call: Call) -> Json:
    """Add a comment to a card; ``fields`` must be in lower case (openlines.md part 6)."""
    fields = call.mapping("fields")
    entity_type = _type_named(to_text(fields.get("ENTITY_TYPE")))
    item = call.portal.crm.get(entity_type, to_int(fields.get("ENTITY_ID")))
    if item is None:
        raise RestError("OWNER_NOT_FOUND", "Owner was not found")
    if not call.portal.crm.readable(call.user, item.key):
        raise access_denied("Access denied")
    text = to_text(fields.get("COMMENT"))
    if not text:
        raise RestError("", "Comment message is empty")
    return call.portal.office.comment(entity_type, item.id, text, author=call.user.id).id


@method(
    "crm.timeline.comment.list",
    scope="crm",
    params={"filter*": "object", "order": "object", "select": "array", "start": "integer"},
)
def comment_list(call: Call) -> Page:
    """List the comments of one card, which the filter must name."""
    conditions = call.mapping("filter")
    entity_type = _type_named(to_text(conditions.pop("ENTITY_TYPE", "")))
    item = call.portal.crm.get(entity_type, to_int(conditions.pop("ENTITY_ID", 0)))
    if item is None or not call.portal.crm.readable(call.user, item.key):
        raise access_denied("Access denied")
    rows: list[Row] = [
        {
            "ID": str(one.id),
            "ENTITY_ID": str(one.entity_id),
            "ENTITY_TYPE": TYPE_NAMES.get(one.entity_type, f"dynamic_{one.entity_type}").lower(),
            "CREATED": moment(one.at, call.portal.zone),
            "COMMENT": one.text,
            "AUTHOR_ID": str(one.author),
            "FILES": {},
        }
        for one in call.portal.office.comments
        if (one.entity_type, one.entity_id) == item.key
    ]
    kept = ordered(picked(rows, conditions), call.mapping("order") or {"ID": "asc"})
    return call.page(kept, lambda row: selected(row, call.items("select")))


def _type_named(name: str) -> int:
    """Read ``deal`` or ``dynamic_1046``."""
    known = {said.lower(): number for number, said in TYPE_NAMES.items()}
    name = name.lower()
    if name.startswith("dynamic_"):
        return to_int(name.removeprefix("dynamic_"))
    return known.get(name, 0)
