"""CRM activities as ``crm.activity.list`` shows them: one for each session of a line with CRM, and to-dos."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.dialogs import Activity, Chat, Session
from sandbox.office import Todo
from sandbox.people import User
from sandbox.php import to_int, values_of
from sandbox.portal import Portal
from sandbox.rest.lists import Row
from sandbox.wire import Json, moment

PROVIDER = "IMOPENLINES_SESSION"


def activity_rows(portal: Portal, user: User, bindings: Json) -> list[Row]:
    """Return rows of the activities a user may read; ``bindings`` keeps those bound to any of the named entities."""
    wanted = _pairs(bindings)
    rows: list[Row] = []
    for session in portal.openlines.sessions.values():
        activity = session.activity
        if activity and _bound(activity.bindings, wanted) and _readable(portal, user, activity.bindings):
            rows.append(_session_row(portal, portal.openlines.chats[session.chat_id], session, activity))
    for todo in portal.office.todos.values():
        if _bound([todo.owner], wanted) and portal.crm.readable(user, todo.owner):
            rows.append(_todo_row(portal, todo))
    return rows


def _pairs(bindings: Json) -> list[tuple[int | None, int | None]]:
    """Read ``[{OWNER_TYPE_ID, OWNER_ID}]``; each key may stand alone."""
    pairs: list[tuple[int | None, int | None]] = []
    for one in values_of(bindings):
        if isinstance(one, Mapping):
            kind, number = one.get("OWNER_TYPE_ID"), one.get("OWNER_ID")
            pairs.append((None if kind is None else to_int(kind), None if number is None else to_int(number)))
    return pairs


def _bound(bindings: list[tuple[int, int]], wanted: list[tuple[int | None, int | None]]) -> bool:
    if not wanted:
        return True
    return any(
        kind in (None, own_kind) and number in (None, own_number)
        for own_kind, own_number in bindings
        for kind, number in wanted
    )


def _readable(portal: Portal, user: User, bindings: list[tuple[int, int]]) -> bool:
    return user.admin or any(portal.crm.readable(user, key) for key in bindings)


def _session_row(portal: Portal, chat: Chat, session: Session, activity: Activity) -> Row:
    """Say what each field means for this provider (openlines.md 3.1)."""
    zone = portal.zone
    kind, number = activity.bindings[0] if activity.bindings else (0, 0)
    ends = moment(session.closed_at or activity.planned_end_at, zone)
    return {
        "ID": str(activity.id),
        "OWNER_ID": str(number),
        "OWNER_TYPE_ID": str(kind),
        "TYPE_ID": "6",
        "PROVIDER_ID": PROVIDER,
        "PROVIDER_TYPE_ID": str(activity.line_id),
        "PROVIDER_GROUP_ID": None,
        "ASSOCIATED_ENTITY_ID": str(session.id),
        "SUBJECT": chat.title,
        "CREATED": moment(session.created_at, zone),
        "LAST_UPDATED": moment(activity.updated_at, zone),
        "START_TIME": moment(session.created_at, zone),
        "END_TIME": ends,
        "DEADLINE": ends,
        "COMPLETED": "Y" if activity.completed else "N",
        "STATUS": "2" if activity.completed else "1",
        "RESPONSIBLE_ID": str(activity.responsible),
        "PRIORITY": "2",
        "DESCRIPTION": "",
        "DIRECTION": "1" if activity.incoming else "2",
        "SETTINGS": [],
        "ORIGIN_ID": f"IMOL_{session.id}",
        "ORIGINATOR_ID": None,
        "AUTHOR_ID": str(activity.responsible),
        "EDITOR_ID": str(activity.responsible),
        "PROVIDER_PARAMS": {"USER_CODE": chat.user_code},
        "RESULT_STATUS": "2" if activity.answered else "1",
        "RESULT_SOURCE_ID": chat.connector,
        "RESULT_MARK": "0",
    }


def _todo_row(portal: Portal, todo: Todo) -> Row:
    zone = portal.zone
    return {
        "ID": str(todo.id),
        "OWNER_ID": str(todo.owner[1]),
        "OWNER_TYPE_ID": str(todo.owner[0]),
        "TYPE_ID": "6",
        "PROVIDER_ID": "CRM_TODO",
        "PROVIDER_TYPE_ID": "TODO",
        "ASSOCIATED_ENTITY_ID": str(todo.parent),
        "SUBJECT": todo.title,
        "DESCRIPTION": todo.description,
        "CREATED": moment(todo.created_at, zone),
        "LAST_UPDATED": moment(todo.created_at, zone),
        "START_TIME": moment(todo.created_at, zone),
        "END_TIME": todo.deadline,
        "DEADLINE": todo.deadline,
        "COMPLETED": "N",
        "STATUS": "1",
        "RESPONSIBLE_ID": str(todo.responsible),
        "PROVIDER_PARAMS": [],
        "RESULT_STATUS": "0",
        "RESULT_SOURCE_ID": None,
    }
