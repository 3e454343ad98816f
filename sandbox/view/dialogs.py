"""Open lines on the pages: lines with their settings, chats with their sessions and messages."""

from __future__ import annotations

from sandbox.dialogs import Chat, Line, Message, Session
from sandbox.portal import Portal
from sandbox.wire import Json, moment


def line_json(portal: Portal, line: Line) -> dict[str, Json]:
    return {
        "id": line.id,
        "name": line.name,
        "active": line.active,
        "queue": list(line.queue),
        "hours": f"{line.worktime_from}-{line.worktime_to}" if line.worktime_enabled else "24/7",
        "worktimeEnabled": line.worktime_enabled,
        "worktimeFrom": line.worktime_from,
        "worktimeTo": line.worktime_to,
        "daysOff": list(line.days_off),
        "holidays": list(line.holidays),
        "offHoursText": line.off_hours_text,
        "closeText": line.close_text,
        "fullCloseMinutes": line.full_close_minutes,
        "autoCloseSeconds": line.auto_close_seconds,
        "vote": line.vote,
        "checkAvailable": line.check_available,
        "crmCreate": line.crm_create,
        "timeZone": line.time_zone,
        "isWorking": line.is_working(portal.now()),
    }


def chat_json(portal: Portal, chat: Chat) -> dict[str, Json]:
    """Say a chat with all that was said in it."""
    return {**chat_row(portal, chat), "messages": [message_json(portal, message) for message in chat.messages]}


def chat_row(portal: Portal, chat: Chat) -> dict[str, Json]:
    """Say how a chat stands, without what was said in it."""
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
        "sessionIds": list(chat.session_ids),
        "lastMessageId": chat.last_message_id,
        **_waiting(portal, chat, session),
    }


def _waiting(portal: Portal, chat: Chat, session: Session | None) -> dict[str, Json]:
    """Say since when the client waits for a visible answer of an employee, and how often employees have answered."""
    since: Message | None = None
    answers = 0
    for message in chat.messages:
        kind = kind_of(portal, message)
        if kind == "staff":
            since, answers = None, answers + 1
        elif kind == "client":
            since = since or message
    waits = since is not None and session is not None and session.is_open
    return {"waitingSince": moment(since.at, portal.zone) if waits and since else None, "answers": answers}


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
        "kind": kind_of(portal, message),
        "delivered": message.delivered,
        "edited": message.params.get("IS_EDITED") == "Y",
        "deleted": message.params.get("IS_DELETED") == "Y",
    }


def kind_of(portal: Portal, message: Message) -> str:
    if message.hidden:
        return "hidden"
    if message.author == 0:
        return "automatic" if str(message.params.get("CLASS", "")).endswith("ol-output") else "system"
    author = portal.people.get(message.author)
    return "client" if author and author.is_client else "bot" if author and author.is_bot else "staff"
