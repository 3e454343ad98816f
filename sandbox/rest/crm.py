"""REST methods of CRM items of any type: read, list, save, create, delete (openlines.md part 6)."""

from __future__ import annotations

from functools import partial

from sandbox.crm import TYPE_NAMES, Item
from sandbox.errors import RestError
from sandbox.php import to_text
from sandbox.rest.access import readable_item
from sandbox.rest.item_fields import item_fields, reader
from sandbox.rest.lists import ordered_by, picked_by, selected
from sandbox.rest.registry import Call, Page, method
from sandbox.wire import Json


@method(
    "crm.item.get",
    scope="crm",
    controller=True,
    params={"entityTypeId*": "integer", "id*": "integer", "useOriginalUfNames": "boolean"},
)
def item_get(call: Call) -> Json:
    item = readable_item(call, call.strict_integer("entityTypeId"), call.strict_integer("id"))
    return {"item": _said(call, item)}


def _said(call: Call, item: Item) -> dict[str, Json]:
    return item_fields(call.portal, item, original_names=call.flag("useOriginalUfNames"))


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
    crm, portal = call.portal.crm, call.portal
    kept = [one for one in crm.of_type(call.strict_integer("entityTypeId")) if crm.readable(call.user, one.key)]
    kept = picked_by(kept, call.mapping("filter"), partial(reader, portal))
    kept = ordered_by(kept, call.mapping("order") or {"id": "asc"}, partial(reader, portal))
    page = call.page(kept, lambda one: selected(_said(call, one), call.items("select")))
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
    item = readable_item(call, call.strict_integer("entityTypeId"), call.strict_integer("id"))
    changes = {
        name: value
        for name, value in call.mapping("fields").items()
        if to_text(reader(call.portal, name)(item)) != to_text(value)
    }
    stage = to_text(changes.get("stageId"))
    if stage and crm.stage(item.entity_type, stage) is None:
        raise RestError("CRM_FIELD_ERROR_VALUE_NOT_VALID", "Invalid value of field STAGE_ID")
    if changes:
        crm.update(item, changes, by=call.user.id)
    return {"item": _said(call, item)}


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
    item = Item(
        entity_type=entity_type,
        id=crm.next_id(entity_type),
        title="",
        created_at=call.portal.now(),
        stage_id=category.stages[0].id if category else "",
        assigned_by=call.user.id,
    )
    crm.assign(item, call.mapping("fields"))
    crm.add(item)
    return {"item": _said(call, item)}


@method(
    "crm.item.delete",
    scope="crm",
    controller=True,
    seconds=0.3,
    params={"entityTypeId*": "integer", "id*": "integer"},
)
def item_delete(call: Call) -> Json:
    call.portal.crm.delete(readable_item(call, call.strict_integer("entityTypeId"), call.strict_integer("id")))
    return []
