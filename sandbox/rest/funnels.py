"""REST methods of funnels: types, categories, stages and the history of who stood where (openlines.md part 6)."""

from __future__ import annotations

from sandbox.crm import DEAL, FIRST_DYNAMIC, Category
from sandbox.errors import RestError
from sandbox.rest.lists import Row, ordered, picked, selected
from sandbox.rest.registry import Call, Page, method
from sandbox.wire import Json, moment

# Smart processes ------------------------------------------------------------------------------------------------------

_TYPE_FLAGS = {
    **dict.fromkeys(
        ("isAutomationEnabled", "isCategoriesEnabled", "isClientEnabled", "isObserversEnabled", "isStagesEnabled"), "Y"
    ),
    **dict.fromkeys(("isRecyclebinEnabled", "isUseInUserfieldEnabled", "isSourceEnabled"), "Y"),
    **dict.fromkeys(("isBeginCloseDatesEnabled", "isBizProcEnabled", "isCountersEnabled", "isDocumentsEnabled"), "N"),
    **dict.fromkeys(("isLinkWithProductsEnabled", "isMycompanyEnabled", "isPaymentsEnabled"), "N"),
    "isSetOpenPermissions": "N",
}


def _types(call: Call) -> list[Row]:
    """Say the smart processes of the portal: each type that has a funnel."""
    created = moment(call.portal.start_at, call.portal.zone)
    dynamic = [one for one in call.portal.crm.categories if one.entity_type >= FIRST_DYNAMIC and one.default]
    return [
        {
            "id": index + 1,
            "entityTypeId": one.entity_type,
            "code": "",
            "title": one.name,
            "customSectionId": None,
            "createdBy": 1,
            "updatedBy": 1,
            "createdTime": created,
            "updatedTime": created,
            **_TYPE_FLAGS,
        }
        for index, one in enumerate(dynamic)
    ]


@method("crm.type.list", scope="crm", params={"filter": "object", "order": "object", "start": "integer"})
def type_list(call: Call) -> Page:
    rows = ordered(picked(_types(call), call.mapping("filter")), call.mapping("order") or {"id": "asc"})
    page = call.page(rows, dict)
    return Page({"types": page.result}, page.total, page.next)


@method("crm.type.getByEntityTypeId", scope="crm", controller=True, params={"entityTypeId*": "integer"})
def type_get(call: Call) -> Json:
    wanted = call.strict_integer("entityTypeId")
    found = next((one for one in _types(call) if one["entityTypeId"] == wanted), None)
    if found is None:
        raise RestError("NOT_FOUND", "SPA not found")
    return {"type": {**found, "customSections": [], "linkedUserFields": {}, "relations": {"parent": [], "child": []}}}


_PROCESS = {"P": "process", "S": "success", "F": "failure"}

# Categories and stages ------------------------------------------------------------------------------------------------


@method("crm.category.list", scope="crm", controller=True, params={"entityTypeId*": "integer"})
def category_list(call: Call) -> Page:
    """List the funnels of a type; leads have stages and no funnels."""
    wanted = call.strict_integer("entityTypeId")
    if wanted < FIRST_DYNAMIC and wanted != DEAL:
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED", "Entity type is not supported")
    rows: list[Json] = [_category(one) for one in call.portal.crm.categories if one.entity_type == wanted]
    return Page({"categories": rows}, len(rows))


def _category(one: Category) -> Row:
    return {
        "id": one.id,
        "name": one.name,
        "sort": 200,
        "entityTypeId": one.entity_type,
        "isDefault": "Y" if one.default else "N",
        "originId": "",
        "originatorId": "",
    }


@method("crm.category.get", scope="crm", controller=True, params={"entityTypeId*": "integer", "id*": "integer"})
def category_get(call: Call) -> Json:
    key = call.strict_integer("entityTypeId"), call.strict_integer("id")
    found = next((one for one in call.portal.crm.categories if (one.entity_type, one.id) == key), None)
    if found is None:
        raise RestError("NOT_FOUND", "Category not found")
    return {"category": _category(found)}


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
            "EXTRA": {"COLOR": stage.color, "SEMANTICS": _PROCESS[stage.semantics]},
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
    page = call.page(kept, lambda row: selected(row, call.items("select")))
    return Page({"items": page.result}, page.total, page.next)
