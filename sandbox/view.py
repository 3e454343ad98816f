"""Everything the pages draw, as one JSON document."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.apps import Placement
from sandbox.crm import CONTACT, Item
from sandbox.dialogs import Chat, Line, Message, Session
from sandbox.people import User
from sandbox.portal import Portal
from sandbox.wire import Json, moment
from sandbox.workflows import Workflow

SHOWN_PROCESSES = 200


def view(portal: Portal) -> dict[str, Json]:
    return {
        "version": portal.version,
        "lang": portal.lang,
        "domain": portal.domain,
        "clock": clock(portal),
        "users": [user_json(portal, user) for user in portal.people.users.values()],
        "departments": [
            {"id": one.id, "name": one.name, "parent": one.parent, "head": one.head}
            for one in portal.people.departments.values()
        ],
        "lines": [line_json(portal, line) for line in portal.openlines.lines.values()],
        "categories": [
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
        ],
        "items": items(portal),
        "chats": [chat_json(portal, chat) for chat in portal.openlines.chats.values()],
        "automation": automation(portal),
        "processes": processes(portal)[-SHOWN_PROCESSES:],
        "notifications": notifications(portal),
        "tasks": [portal.office.task_fields(task) for task in portal.office.tasks.values()],
        "timeline": timeline(portal),
        "deliveries": portal.queue.as_json()[-50:],
        "app": app_json(portal),
        "switches": portal.switches.as_json(),
        "faults": faults(portal),
    }


def faults(portal: Portal) -> list[Json]:
    return [{"method": one.method, "kind": one.kind, "times": one.times} for one in portal.faults.ordered]


def clock(portal: Portal) -> dict[str, Json]:
    now = portal.now()
    return {
        "now": now.isoformat(),
        "local": moment(now, portal.zone),
        "zone": str(portal.zone),
        "speed": portal.clock.speed,
    }


def items(portal: Portal) -> list[Json]:
    return [item_json(portal, one) for one in portal.crm.items.values() if one.stage_id]


def item_json(portal: Portal, item: Item) -> dict[str, Json]:
    """Say an item with its own dialogs, and those of its contacts apart."""
    contacts = [portal.crm.get(CONTACT, number) for number in item.contact_ids]
    own = _chats(portal, item.entity_type, item.id)
    through = [chat for number in item.contact_ids for chat in _chats(portal, CONTACT, number)]
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
        "contacts": [f"{one.name} {one.last_name}".strip() for one in contacts if one],
        "opportunity": item.opportunity,
        "createdTime": moment(item.created_at, portal.zone),
        "movedTime": moment(item.moved_at or item.created_at, portal.zone),
        "chats": own,
        "contactChats": [chat for chat in through if chat not in own],
    }


def _chats(portal: Portal, entity_type: int, item_id: int) -> list[int]:
    """Return chats bound to an item directly or through the activity of a session."""
    bound = [chat.id for chat in portal.openlines.chats.values() if chat.bindings.get(entity_type) == item_id]
    for session in portal.openlines.sessions.values():
        if session.activity and (entity_type, item_id) in session.activity.bindings and session.chat_id not in bound:
            bound.append(session.chat_id)
    return bound


def user_json(portal: Portal, user: User) -> dict[str, Json]:
    return {
        "id": user.id,
        "name": user.full_name,
        "position": user.position,
        "departments": list(user.departments),
        "admin": user.admin,
        "active": user.active,
        "kind": "client" if user.is_client else "bot" if user.is_bot else "employee",
        "workday": str(user.workday),
        "workdayOpenedAt": moment(user.workday_opened_at, portal.zone),
        "absentUntil": moment(user.absent_until, portal.zone) if is_away(portal, user) else None,
    }


def is_away(portal: Portal, user: User) -> bool:
    return user.absent_until is not None and user.absent_until > portal.now()


def line_json(portal: Portal, line: Line) -> dict[str, Json]:
    return {
        "id": line.id,
        "name": line.name,
        "active": line.active,
        "queue": list(line.queue),
        "hours": f"{line.worktime_from}-{line.worktime_to}" if line.worktime_enabled else "24/7",
        "daysOff": list(line.days_off),
        "timeZone": line.time_zone,
        "isWorking": line.is_working(portal.now()),
    }


def chat_json(portal: Portal, chat: Chat) -> dict[str, Json]:
    session = portal.openlines.last_session(chat)
    line = portal.openlines.line_of(chat)
    return {
        "id": chat.id,
        "title": chat.title,
        "connector": chat.connector,
        "lineId": line.id,
        "lineName": line.name,
        "clientId": chat.client_id,
        "owner": chat.owner,
        "members": list(chat.members),
        "bindings": [{"entityTypeId": kind, "id": number} for kind, number in chat.bindings.items()],
        "pinned": chat.pinned,
        "silent": chat.silent,
        "connectorActive": chat.connector_active,
        "blockedFrom": moment(chat.blocked_from, portal.zone),
        "session": session_json(portal, session) if session else None,
        "messages": [message_json(portal, message) for message in chat.messages],
    }


def session_json(portal: Portal, session: Session) -> dict[str, Json]:
    return {
        "id": session.id,
        "status": int(session.status),
        "open": session.is_open,
        "accepted": session.accepted,
        "operator": session.operator,
        "offeredTo": session.offered_to,
        "createdAt": moment(session.created_at, portal.zone),
        "closedAt": moment(session.closed_at, portal.zone),
    }


def message_json(portal: Portal, message: Message) -> dict[str, Json]:
    return {
        "id": message.id,
        "sessionId": message.session_id,
        "author": message.author,
        "text": message.text,
        "at": moment(message.at, portal.zone),
        "kind": _kind(portal, message),
        "delivered": message.delivered,
    }


def _kind(portal: Portal, message: Message) -> str:
    if message.hidden:
        return "hidden"
    if message.author == 0:
        return "automatic" if str(message.params.get("CLASS", "")).endswith("ol-output") else "system"
    author = portal.people.get(message.author)
    return "client" if author and author.is_client else "bot" if author and author.is_bot else "staff"


def automation(portal: Portal) -> list[Json]:
    """Say which robots stand on which stages, and whether an installed application knows their codes."""
    app = portal.apps.installed
    known = app.registrations if app else {}
    return [
        {
            "entityTypeId": entity_type,
            "stageId": stage_id,
            "robots": [
                {
                    "code": robot.code,
                    "properties": robot.properties,
                    "wait_previous": robot.wait_previous,
                    "auth_user_id": robot.auth_user_id,
                    "registered": robot.code in known,
                    "name": known[robot.code].name if robot.code in known else robot.code,
                }
                for robot in robots
            ],
        }
        for (entity_type, stage_id), robots in portal.bizproc.placed.items()
    ]


def processes(portal: Portal) -> list[Json]:
    return [process_json(portal, workflow) for workflow in portal.bizproc.history]


def process_json(portal: Portal, workflow: Workflow) -> dict[str, Json]:
    return {
        "id": workflow.id,
        "entityTypeId": workflow.item[0],
        "itemId": workflow.item[1],
        "document": workflow.document[2],
        "stageId": workflow.stage_id,
        "state": str(workflow.state),
        "said": workflow.said,
        "startedAt": moment(workflow.started_at, portal.zone),
        "robots": [
            {
                "code": run.placed.code,
                "activity": run.activity,
                "state": str(run.state),
                "timedOut": run.timed_out,
                "token": run.token,
                "returned": run.returned,
                "log": list(run.log),
                "startedAt": moment(run.started_at, portal.zone),
                "finishedAt": moment(run.finished_at, portal.zone),
            }
            for run in workflow.runs
        ],
    }


def notifications(portal: Portal) -> list[Json]:
    return [
        {
            "id": one.id,
            "user_id": one.user_id,
            "author": one.author,
            "text": one.text,
            "tag": one.tag,
            "at": moment(one.at, portal.zone),
        }
        for one in portal.office.notifications
    ]


def timeline(portal: Portal) -> list[Json]:
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


def titles(placement: Placement) -> Json:
    """Say the title of a tab by language where the application gave it so, else the one text."""
    given = placement.lang_all if isinstance(placement.lang_all, Mapping) else {}
    found: dict[str, Json] = {
        lang.lower(): words["TITLE"]
        for lang, words in given.items()
        if isinstance(words, Mapping) and words.get("TITLE")
    }
    return found or placement.title


def app_json(portal: Portal) -> Json:
    app = portal.apps.installed
    if app is None:
        return None
    return {
        "client_id": app.client_id,
        "title": app.title,
        "paid": app.paid,
        "version": app.version,
        "installed": app.installed,
        "scope": list(app.scope),
        "app_url": app.app_url,
        "robots": [
            {
                "code": one.code,
                "kind": one.kind,
                "name": one.name,
                "description": one.description,
                "handler": one.handler,
                "use_subscription": one.use_subscription,
                "properties": one.properties,
                "return_properties": one.return_properties,
                "placement_handler": one.placement_handler,
            }
            for one in app.registrations.values()
        ],
        "events": [{"event": one.event, "handler": one.handler} for one in app.bindings],
        "placements": [{"placement": one.code, "handler": one.handler, "title": titles(one)} for one in app.placements],
        "triggers": [{"code": code, "name": name} for code, name in app.triggers.items()],
    }
