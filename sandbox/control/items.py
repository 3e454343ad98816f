"""Orders about CRM: items are made, moved and deleted; robots and triggers are placed on stages."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from sandbox import view
from sandbox.control.chats import open_dialog
from sandbox.control.orders import Body, Unusable, the_item, the_user
from sandbox.crm import CONTACT, TYPE_NAMES, Item
from sandbox.php import to_int, to_text, values_of
from sandbox.portal import Portal
from sandbox.triggers import Spot
from sandbox.wire import Json
from sandbox.workflows import PlacedRobot


def list_items(portal: Portal, _: Body, __: Request) -> Json:
    return {"items": view.items(portal)}


def list_crm(portal: Portal, _: Body, __: Request) -> Json:
    """Name all leads, deals, contacts and companies: what a person can choose from in a dialog of the portal."""
    return {
        name.lower(): [{"id": one.id, "title": one.title} for one in portal.crm.of_type(kind)]
        for kind, name in TYPE_NAMES.items()
    }


def move(portal: Portal, body: Body, _: Request) -> Json:
    item, stage_id = the_item(portal, body), to_text(body.get("stageId"))
    _check_stage(portal, item.entity_type, stage_id)
    by = the_user(portal, body.get("user_id"))
    with portal.acting(by):
        portal.crm.move(item, stage_id, by=by.id)
    return view.item_json(portal, item)


def change(portal: Portal, body: Body, _: Request) -> Json:
    """Save fields of an item as a person in the card does: ``{"entityTypeId", "id", "fields": {…}}``."""
    item, fields = the_item(portal, body), body.get("fields")
    by = the_user(portal, body.get("user_id"))
    with portal.acting(by):
        portal.crm.update(item, dict(fields) if isinstance(fields, Mapping) else {}, by=by.id)
    return view.item_json(portal, item)


def delete(portal: Portal, body: Body, _: Request) -> Json:
    portal.crm.delete(the_item(portal, body))
    return {"items": view.items(portal)}


def add(portal: Portal, body: Body, _: Request) -> Json:
    """Create an item; ``contact`` {name}, ``companyId``, ``chat`` (as POST /_sandbox/chats takes it) may be given."""
    crm, entity_type = portal.crm, to_int(body.get("entityTypeId"))
    category = next((one for one in crm.categories if one.entity_type == entity_type), None)
    if category is None:
        raise Unusable("There is no funnel for this type.", 404)
    stage_id = to_text(body.get("stageId")) or category.stages[0].id
    _check_stage(portal, entity_type, stage_id)
    item = Item(
        entity_type=entity_type,
        id=crm.next_id(entity_type),
        title=to_text(body.get("title")) or ("Новый элемент" if portal.lang == "ru" else "New item"),
        created_at=portal.now(),
        stage_id=stage_id,
        assigned_by=to_int(body.get("assignedById")) or portal.people.first_admin().id,
        contact_ids=_contacts(portal, body),
        company_id=to_int(body.get("companyId")),
    )
    crm.put(item)
    chat = body.get("chat")
    if isinstance(chat, Mapping):
        bound = ((entity_type, item.id), *((CONTACT, one) for one in item.contact_ids))
        open_dialog(portal, dict(chat), bound)
    with portal.acting(the_user(portal, body.get("user_id"))):
        crm.add(item)
    return view.item_json(portal, item)


def _contacts(portal: Portal, body: Body) -> tuple[int, ...]:
    numbers = tuple(to_int(one) for one in values_of(body.get("contactIds")))
    contact = body.get("contact")
    if not isinstance(contact, Mapping):
        return numbers
    first, _, last = to_text(contact.get("name")).partition(" ")
    number = portal.crm.next_id(CONTACT)
    portal.crm.put(Item(CONTACT, number, f"{first} {last}".strip(), portal.now(), name=first, last_name=last))
    return (*numbers, number)


def _check_stage(portal: Portal, entity_type: int, stage_id: str) -> None:
    if portal.crm.stage(entity_type, stage_id) is None:
        raise Unusable("There is no such stage.", 404)


def place_robots(portal: Portal, body: Body, _: Request) -> Json:
    """Place robots and triggers on a stage; an empty list takes them away.

    A robot is {code, properties, wait_previous, auth_user_id, timeout_seconds, delay_seconds, only_if, stock}; it
    keeps what its registration says about waiting at this moment (platform.md 1.4). A trigger is a code or
    {code, backwards, text}; without ``triggers`` those of the stage stay.
    """
    entity_type, stage_id = to_int(body.get("entityTypeId")), to_text(body.get("stageId"))
    _check_stage(portal, entity_type, stage_id)
    portal.bizproc.placed[(entity_type, stage_id)] = [_robot(portal, one) for one in values_of(body.get("robots"))]
    if "triggers" in body:
        portal.triggers.clear_stage(entity_type, stage_id)
    for one in values_of(body.get("triggers")):
        code, spot = _trigger(one, entity_type, stage_id)
        portal.triggers.place(code, spot)
    portal.touch()
    return {"automation": view.automation(portal)}


def _robot(portal: Portal, given: Json) -> PlacedRobot:
    if not isinstance(given, Mapping):
        raise Unusable("A robot is an object with a code.")
    app, code = portal.apps.installed, to_text(given.get("code"))
    properties, only_if = given.get("properties"), given.get("only_if")
    registration = app.registrations.get(code) if app else None
    return PlacedRobot(
        code=code,
        properties=dict(properties) if isinstance(properties, Mapping) else {},
        wait_previous=bool(given.get("wait_previous")),
        auth_user_id=to_int(given.get("auth_user_id")),
        use_subscription=registration.use_subscription if registration else None,
        timeout_seconds=to_int(given.get("timeout_seconds")),
        client_id=app.client_id if app and registration else "",
        delay_seconds=to_int(given.get("delay_seconds")),
        only_if=dict(only_if) if isinstance(only_if, Mapping) else {},
        stock=given.get("stock") is True,
    )


def _trigger(given: Json, entity_type: int, stage_id: str) -> tuple[str, Spot]:
    if not isinstance(given, Mapping):
        return to_text(given), Spot(entity_type, stage_id)
    backwards, text = given.get("backwards") is True, to_text(given.get("text"))
    return to_text(given.get("code")), Spot(entity_type, stage_id, backwards, text)
