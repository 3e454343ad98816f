"""REST methods of leads, deals, contacts and companies as they were before ``crm.item.*``: upper-case texts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sandbox.crm import COMPANY, CONTACT, DEAL, LEAD, Item
from sandbox.errors import RestError
from sandbox.field_names import camel
from sandbox.php import to_text
from sandbox.portal import Portal
from sandbox.rest.item_fields import classic_fields, reader
from sandbox.rest.lists import ordered_by, picked_by, selected
from sandbox.rest.registry import Call, Page, method
from sandbox.wire import Json

_KINDS = {"lead": LEAD, "deal": DEAL, "contact": CONTACT, "company": COMPANY}
#: Fields whose two names are no spellings of each other.
_RENAMED = {
    "STATUS_ID": "stageId",
    "STATUS_SEMANTIC_ID": "stageSemanticId",
    "STAGE_SEMANTIC_ID": "stageSemanticId",
    "DATE_CREATE": "createdTime",
    "DATE_MODIFY": "updatedTime",
    "CREATED_BY_ID": "createdBy",
    "MODIFY_BY_ID": "updatedBy",
}
#: What can be written; the rest is the portal's own.
_WRITABLE = frozenset(
    {
        "title",
        "stageId",
        "assignedById",
        "companyId",
        "contactId",
        "contactIds",
        "opportunity",
        "name",
        "lastName",
        "comments",
        "sourceId",
    }
)


def _renamed(name: str) -> str:
    return _RENAMED.get(name.upper()) or (name if name.upper().startswith("UF_") else camel(name))


def _reader(portal: Portal, name: str) -> Callable[[Item], Json]:
    return reader(portal, _renamed(name))


def _item(call: Call, kind: int) -> Item:
    item = call.portal.crm.get(kind, call.integer("id"))
    if item is None or not call.portal.crm.readable(call.user, item.key):
        raise RestError("", "Not found")
    return item


def _get(call: Call, kind: int) -> Json:
    """Answer in upper-case text fields (openlines.md part 6)."""
    return classic_fields(call.portal, _item(call, kind))


def _list(call: Call, kind: int) -> Page:
    portal = call.portal
    kept = [one for one in portal.crm.of_type(kind) if portal.crm.readable(call.user, one.key)]
    kept = picked_by(kept, call.mapping("filter"), partial(_reader, portal))
    kept = ordered_by(kept, call.mapping("order") or {"ID": "asc"}, partial(_reader, portal))
    names: list[Json] = [*call.items("select"), "ID"] if call.items("select") else []
    return call.page(kept, lambda one: selected(classic_fields(portal, one), names))


def _update(call: Call, kind: int) -> Json:
    """Save as ``crm.item.update`` does, robots and all (platform.md 7.8); what cannot be written is left alone."""
    item, crm = _item(call, kind), call.portal.crm
    given = {_renamed(name): value for name, value in call.mapping("fields").items()}
    changes = {
        name: value
        for name, value in given.items()
        if (name in _WRITABLE or name.startswith("UF_")) and to_text(reader(call.portal, name)(item)) != to_text(value)
    }
    stage = to_text(changes.get("stageId"))
    if stage and crm.stage(kind, stage) is None:
        raise RestError("", "Invalid value of the field of the stage")
    if changes:
        crm.update(item, changes, by=call.user.id)
    return True


def _family(name: str, kind: int) -> None:
    listed = {"filter": "object", "select": "array", "start": "integer"}
    if name != "lead":
        listed["order"] = "object"
    fields = "fields" if name in ("lead", "deal") else "fields*"
    saved = {"id*": "integer", fields: "object", "params": "object"}
    own = partial(method, scope="crm")
    own(f"crm.{name}.get", params={"id*": "integer"})(lambda call: _get(call, kind))
    own(f"crm.{name}.list", params=listed)(lambda call: _list(call, kind))
    own(f"crm.{name}.update", params=saved, seconds=0.3)(lambda call: _update(call, kind))


for _name, _kind in _KINDS.items():
    _family(_name, _kind)
