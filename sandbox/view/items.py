"""CRM on the pages: funnels, the items that stand on their stages, what hangs on their cards."""

from __future__ import annotations

from collections import defaultdict

from sandbox.crm import CONTACT, Item
from sandbox.portal import Portal
from sandbox.wire import Json, moment

#: Chats by the item they belong to.
ChatsOf = dict[tuple[int, int], list[int]]


def categories(portal: Portal) -> list[dict[str, Json]]:
    return [
        {
            "id": one.id,
            "entityTypeId": one.entity_type,
            "name": one.name,
            "stages": [
                {"id": stage.id, "name": stage.name, "semantics": stage.semantics, "color": stage.color}
                for stage in one.stages
            ],
        }
        for one in portal.crm.categories
    ]


def items(portal: Portal) -> list[dict[str, Json]]:
    known = chats_of(portal)
    return [item_json(portal, one, known) for one in portal.crm.items.values() if one.stage_id]


def chats_of(portal: Portal) -> ChatsOf:
    """Find the chats of all items: bound to them directly, or through the activity of a session."""
    found: ChatsOf = defaultdict(list)
    for chat in portal.openlines.chats.values():
        for key in chat.bindings.items():
            found[key].append(chat.id)
    for session in portal.openlines.sessions.values():
        for key in session.activity.bindings if session.activity else []:
            if session.chat_id not in found[key]:
                found[key].append(session.chat_id)
    return found


def item_json(portal: Portal, item: Item, known: ChatsOf | None = None) -> dict[str, Json]:
    """Say an item with its own dialogs, and those of its contacts apart."""
    chats = chats_of(portal) if known is None else known
    contacts = [portal.crm.get(CONTACT, number) for number in item.contact_ids]
    own = chats.get(item.key, [])
    through = [chat for number in item.contact_ids for chat in chats.get((CONTACT, number), [])]
    found = portal.crm.stage(item.entity_type, item.stage_id)
    return {
        "entityTypeId": item.entity_type,
        "id": item.id,
        "title": item.title,
        "stageId": item.stage_id,
        "stageName": found[1].name if found else "",
        "categoryId": item.category_id,
        "assignedById": item.assigned_by,
        "companyId": item.company_id,
        "contactIds": list(item.contact_ids),
        "contacts": [name for one in (item, *contacts) if one and (name := f"{one.name} {one.last_name}".strip())],
        "opportunity": item.opportunity,
        "createdTime": moment(item.created_at, portal.zone),
        "movedTime": moment(item.moved_at or item.created_at, portal.zone),
        "chats": own,
        "contactChats": [chat for chat in through if chat not in own],
    }


def timeline(portal: Portal) -> list[dict[str, Json]]:
    return [
        {
            "id": one.id,
            "entityTypeId": one.entity_type,
            "itemId": one.entity_id,
            "author": one.author,
            "text": one.text,
            "at": moment(one.at, portal.zone),
        }
        for one in portal.office.comments
    ]


def tasks(portal: Portal) -> list[dict[str, Json]]:
    return [portal.office.task_fields(task) for task in portal.office.tasks.values()]
