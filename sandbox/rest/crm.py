"""REST methods of CRM items: read, list, save, create; funnels and the history of stages."""

from __future__ import annotations

from sandbox.crm import DEAL, TYPE_NAMES, Item
from sandbox.errors import RestError
from sandbox.php import to_text
from sandbox.rest.access import readable_item
from sandbox.rest.lists import ordered, picked, selected
from sandbox.rest.registry import Call, Page, method
from sandbox.wire import Json, moment


@method(
    "crm.item.get",
    scope="crm",
    controller=True,
    params={"entityTypeId*": "integer", "id*": "integer", "useOriginalUfNames": "boolean"},
)
def item_get(call: Call) -> Json:
    item = readable_item(call, call.strict_integer("entityTypeId"), call.strict_integer("id"))
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
    item = readable_item(call, call.strict_integer("entityTypeId"), call.strict_integer("id"))
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


# Funnels --------------------------------------------------------------------------------------------------------------


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
