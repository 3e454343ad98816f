"""REST methods of CRM: items of every type, their stages and history, timeline, triggers."""

from __future__ import annotations

import re

from sandbox.apps import App
from sandbox.crm import DEAL, FIRST_DYNAMIC, TYPE_NAMES, Item
from sandbox.errors import RestError, access_denied
from sandbox.php import to_int, to_text
from sandbox.rest.activities import activity_rows
from sandbox.rest.lists import ordered, picked, selected
from sandbox.rest.registry import Call, Page, method
from sandbox.wire import Json, moment

_TRIGGER_CODE = re.compile(r"[a-z0-9.\-_]+", re.IGNORECASE)


def _item(call: Call, entity_type: int, item_id: int) -> Item:
    item = call.portal.crm.get(entity_type, item_id)
    if item is None:
        raise RestError("NOT_FOUND", "Item not found")
    if not call.portal.crm.readable(call.user, item.key):
        raise RestError("ACCESS_DENIED", "Access denied")
    return item


# Items --------------------------------------------------------------------------------------------------------------


@method(
    "crm.item.get",
    scope="crm",
    controller=True,
    params={"entityTypeId*": "integer", "id*": "integer", "useOriginalUfNames": "boolean"},
)
def item_get(call: Call) -> Json:
    item = _item(call, call.strict_integer("entityTypeId"), call.strict_integer("id"))
    return {"item": call.portal.crm.as_fields(item)}


@method(
    "crm.item.list",
    scope="crm",
    controller=True,
    params={
        "entityTypeId*": "integer",
        "select": "array",
        "filter": "object",
        "order": "object",
        "start": "integer",
        "useOriginalUfNames": "boolean",
    },
)
def item_list(call: Call) -> Page:
    crm = call.portal.crm
    rows = [
        crm.as_fields(one)
        for one in crm.of_type(call.strict_integer("entityTypeId"))
        if crm.readable(call.user, one.key)
    ]
    rows = ordered(picked(rows, call.mapping("filter")), call.mapping("order") or {"id": "asc"})
    page = call.page([selected(row, call.items("select")) for row in rows])
    return Page({"items": page.result}, page.total, page.next)


@method(
    "crm.item.update",
    scope="crm",
    controller=True,
    seconds=0.3,
    params={"entityTypeId*": "integer", "id*": "integer", "fields*": "object", "useOriginalUfNames": "boolean"},
)
def item_update(call: Call) -> Json:
    """Save; robots start after it, and equal values change nothing (openlines.md part 6)."""
    crm = call.portal.crm
    item = _item(call, call.strict_integer("entityTypeId"), call.strict_integer("id"))
    now = crm.as_fields(item)
    changes = {
        name: value for name, value in call.mapping("fields").items() if to_text(now.get(name)) != to_text(value)
    }
    stage = to_text(changes.get("stageId"))
    if stage and crm.stage(item.entity_type, stage) is None:
        raise RestError("CRM_FIELD_ERROR_VALUE_NOT_VALID", "Invalid value of field STAGE_ID")
    if changes:
        crm.update(item, changes, by=call.user.id)
    return {"item": crm.as_fields(item)}


@method(
    "crm.item.add",
    scope="crm",
    controller=True,
    seconds=0.3,
    params={"entityTypeId*": "integer", "fields*": "object", "useOriginalUfNames": "boolean"},
)
def item_add(call: Call) -> Json:
    crm, entity_type = call.portal.crm, call.strict_integer("entityTypeId")
    category = next((one for one in crm.categories if one.entity_type == entity_type), None)
    if category is None and entity_type not in TYPE_NAMES:
        raise RestError("NOT_FOUND", "Item type not found")
    above = max((one.id for one in crm.of_type(entity_type)), default=0)
    item = Item(
        entity_type=entity_type,
        id=call.portal.ids.next(f"item {entity_type}", above=above),
        title="",
        created_at=call.portal.now(),
        stage_id=category.stages[0].id if category else "",
        assigned_by=call.user.id,
    )
    crm.assign(item, call.mapping("fields"))
    crm.add(item)
    return {"item": crm.as_fields(item)}


@method("crm.deal.get", scope="crm", params={"id*": "integer"})
def deal_get(call: Call) -> Json:
    """Answer in upper-case text fields (openlines.md part 6)."""
    item = call.portal.crm.get(DEAL, call.integer("id"))
    if item is None or not call.portal.crm.readable(call.user, item.key):
        raise RestError("", "Not found")
    zone = call.portal.zone
    found = call.portal.crm.stage(DEAL, item.stage_id)
    return {
        "ID": str(item.id),
        "TITLE": item.title,
        "STAGE_ID": item.stage_id,
        "STAGE_SEMANTIC_ID": found[1].semantics if found else "P",
        "CATEGORY_ID": str(item.category_id),
        "ASSIGNED_BY_ID": str(item.assigned_by),
        "COMPANY_ID": str(item.company_id),
        "CONTACT_ID": str(item.contact_ids[0]) if item.contact_ids else None,
        "OPPORTUNITY": f"{item.opportunity:.2f}",
        "CURRENCY_ID": "RUB",
        "OPENED": "Y",
        "CLOSED": "Y" if found and found[1].semantics != "P" else "N",
        "DATE_CREATE": moment(item.created_at, zone),
        "DATE_MODIFY": moment(item.updated_at or item.created_at, zone),
        "MOVED_TIME": moment(item.moved_at or item.created_at, zone),
        "CREATED_BY_ID": "1",
        "MODIFY_BY_ID": str(item.updated_by or 1),
    }


# Funnels ------------------------------------------------------------------------------------------------------------


@method("crm.category.list", scope="crm", controller=True, params={"entityTypeId*": "integer"})
def category_list(call: Call) -> Page:
    rows: list[Json] = [
        {
            "id": one.id,
            "name": one.name,
            "sort": 200,
            "entityTypeId": one.entity_type,
            "isDefault": "Y" if one.default else "N",
            "originId": "",
            "originatorId": "",
        }
        for one in call.portal.crm.categories
        if one.entity_type == call.strict_integer("entityTypeId")
    ]
    return Page({"categories": rows}, len(rows))


@method("crm.status.list", scope="crm", params={"filter": "object", "order": "object"})
def status_list(call: Call) -> Page:
    meanings = {"P": None, "S": "S", "F": "F"}
    rows: list[dict[str, Json]] = [
        {
            "ID": str(100 + number),
            "ENTITY_ID": category.entity_id,
            "STATUS_ID": stage.id,
            "NAME": stage.name,
            "NAME_INIT": "",
            "SORT": str((index + 1) * 10),
            "SYSTEM": "N",
            "CATEGORY_ID": str(category.id),
            "COLOR": stage.color,
            "SEMANTICS": meanings[stage.semantics],
        }
        for number, category in enumerate(call.portal.crm.categories)
        for index, stage in enumerate(category.stages)
    ]
    kept = ordered(picked(rows, call.mapping("filter")), call.mapping("order"))
    return Page(list(kept), len(kept))


@method(
    "crm.stagehistory.list",
    scope="crm",
    params={
        "entityTypeId": "integer",
        "filter": "object",
        "order": "object",
        "select": "object",
        "start": "integer",
    },
)
def stage_history(call: Call) -> Page:
    """List stage changes; contacts and companies have none (openlines.md part 6)."""
    rows: list[dict[str, Json]] = [
        {
            "ID": one.id,
            "TYPE_ID": one.kind,
            "OWNER_ID": one.owner_id,
            "CREATED_TIME": moment(one.at, call.portal.zone),
            "CATEGORY_ID": one.category_id,
            "STAGE_SEMANTIC_ID": one.semantics,
            "STAGE_ID": one.stage_id,
        }
        for one in call.portal.crm.history
        if one.entity_type == call.integer("entityTypeId")
    ]
    kept = ordered(picked(rows, call.mapping("filter")), call.mapping("order") or {"ID": "ASC"})
    page = call.page([selected(row, call.items("select")) for row in kept])
    return Page({"items": page.result}, page.total, page.next)


# Activities and timeline --------------------------------------------------------------------------------------------


@method(
    "crm.activity.list",
    scope="crm",
    params={"filter": "object", "order": "object", "select": "array", "start": "integer"},
)
def activity_list(call: Call) -> Page:
    """List activities, those of open-line sessions among them; permission is CRM read (openlines.md 3.1)."""
    conditions = call.mapping("filter")
    bindings = conditions.pop("BINDINGS", None)
    rows = activity_rows(call.portal, call.user, bindings)
    kept = ordered(picked(rows, conditions), call.mapping("order") or {"START_TIME": "asc"})
    return call.page([selected(row, call.items("select")) for row in kept])


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
    item = _item(call, call.strict_integer("ownerTypeId"), call.strict_integer("ownerId"))
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


def _type_named(name: str) -> int:
    """Read ``deal`` or ``dynamic_1046``."""
    known = {said.lower(): number for number, said in TYPE_NAMES.items()}
    name = name.lower()
    if name.startswith("dynamic_"):
        return to_int(name.removeprefix("dynamic_"))
    return known.get(name, 0)


# Triggers -----------------------------------------------------------------------------------------------------------


def _trigger_app(call: Call) -> App:
    if not call.user.admin:
        raise RestError("ACCESS_DENIED", "Access denied! Admin permissions required")
    if call.app is None:
        raise RestError("ACCESS_DENIED", "Access denied! Application context required")
    return call.app


def _trigger_code(call: Call) -> str:
    code = call.text("CODE")
    if not code:
        raise RestError("", "Empty trigger code!")
    if not _TRIGGER_CODE.fullmatch(code):
        raise RestError("", "Wrong trigger code!")
    return code


@method("crm.automation.trigger.add", scope="crm", params={"CODE*": "string", "NAME*": "string"})
def trigger_add(call: Call) -> Json:
    """Register a trigger, or give it another name (platform.md 6.5)."""
    app = _trigger_app(call)
    code = _trigger_code(call)
    app.triggers[code] = call.text("NAME")
    call.portal.touch()
    return True


@method("crm.automation.trigger.list", scope="crm")
def trigger_list(call: Call) -> Json:
    return [{"NAME": name, "CODE": code} for code, name in _trigger_app(call).triggers.items()]


@method("crm.automation.trigger.delete", scope="crm", params={"CODE*": "string"})
def trigger_delete(call: Call) -> Json:
    app = _trigger_app(call)
    code = _trigger_code(call)
    if code not in app.triggers:
        raise RestError("", f"Trigger with code {code} is not registered.")
    del app.triggers[code]
    call.portal.touch()
    return True


@method(
    "crm.automation.trigger.execute",
    scope="crm",
    seconds=13.0,
    params={"CODE*": "string", "OWNER_TYPE_ID*": "integer", "OWNER_ID*": "integer"},
)
def trigger_execute(call: Call) -> Json:
    """Fire a trigger; checks go admin, application, code, registered, type, id (platform.md 6.5)."""
    app = _trigger_app(call)
    code, kind = _trigger_code(call), call.integer("OWNER_TYPE_ID")
    if code not in app.triggers:
        raise RestError("", f"Trigger with code {code} is not registered.")
    if kind not in (1, DEAL) and kind < FIRST_DYNAMIC:
        raise RestError("", "Incorrect parameter OWNER_TYPE_ID.")
    item = call.portal.crm.get(kind, call.integer("OWNER_ID"))
    if item is None:
        raise RestError("", "Incorrect parameter OWNER_ID.")
    call.portal.record("trigger", code=code, item=item.document[2])
    return call.portal.bizproc.fire(code, item, by=call.user.id)
