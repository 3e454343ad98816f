"""REST methods that find and read dialogs (openlines.md 3.1, 3.2)."""

from __future__ import annotations

from sandbox.dialogs import Chat
from sandbox.errors import RestError, access_denied
from sandbox.rest.access import chat_of_dialog, crm_entity, may_act
from sandbox.rest.chats import chat_json, history_json
from sandbox.rest.registry import Call, method
from sandbox.wire import Json

_ENTITY = {"CRM_ENTITY_TYPE*": "string", "CRM_ENTITY*": "integer"}


@method("imopenlines.crm.chat.get", scope="imopenlines", params={**_ENTITY, "ACTIVE_ONLY": "char"}, cased=True)
def crm_chat_get(call: Call) -> Json:
    """List chats of a CRM entity; the default hides unaccepted ones too (openlines.md fact 2)."""
    entity = crm_entity(call)
    if entity is None:
        return []
    if not call.portal.crm.readable(call.user, entity):
        raise access_denied("You do not have access to the CRM entity")
    chats = call.portal.openlines.chats_of(*entity, active_only=call.flag("ACTIVE_ONLY", True))
    return [
        {"CHAT_ID": str(chat.id), "CONNECTOR_ID": chat.connector, "CONNECTOR_TITLE": chat.connector} for chat in chats
    ]


@method("imopenlines.crm.chat.getLastId", scope="imopenlines", params=_ENTITY, cased=True)
def crm_chat_last_id(call: Call) -> Json:
    """Give the chat of the latest activity, whatever the state of its session (openlines.md 3.1)."""
    entity = crm_entity(call)
    found = call.portal.openlines.chats_of(*entity, active_only=False) if entity else []
    if not found or entity is None or not call.portal.crm.readable(call.user, entity):
        raise RestError("CRM_CHAT_EMPTY_CRM_DATA", "Could not find CRM entity")
    return found[0].id


@method(
    "imopenlines.dialog.get",
    scope="imopenlines",
    params={"CHAT_ID": "integer", "DIALOG_ID": "string", "SESSION_ID": "integer", "USER_CODE": "string"},
)
def dialog_get(call: Call) -> Json:
    """Read the state of a dialog; CRM read is enough, and not found is no access (openlines.md fact 3, 3.2)."""
    chat = _dialog(call)
    if chat is None or not may_act(call.portal, call.user, chat):
        raise RestError("ACCESS_ERROR", "You do not have access to the specified dialog")
    return chat_json(call.portal, chat, call.user)


def _dialog(call: Call) -> Chat | None:
    lines = call.portal.openlines
    if call.given("CHAT_ID") is not None:
        return lines.chats.get(call.integer("CHAT_ID"))
    if call.given("DIALOG_ID") is not None:
        return chat_of_dialog(call.portal, call.given("DIALOG_ID"))
    if call.given("SESSION_ID") is not None:
        session = lines.sessions.get(call.integer("SESSION_ID"))
        return lines.chats.get(session.chat_id) if session else None
    return lines.by_user_code(call.text("USER_CODE")) if call.given("USER_CODE") is not None else None


@method(
    "imopenlines.session.history.get",
    scope="imopenlines",
    params={"SESSION_ID": "integer", "CHAT_ID": "integer"},
    cased=True,
    seconds=0.1,
)
def history_get(call: Call) -> Json:
    """Give a whole session: to its operator, to a role with history, or to who may read its CRM (openlines.md 3.2)."""
    lines = call.portal.openlines
    if call.given("SESSION_ID") is None and call.given("CHAT_ID") is None:
        raise RestError("MISSING_REQUIRED_PARAM", "SESSION_ID or CHAT_ID is required")
    session = lines.sessions.get(call.integer("SESSION_ID"))
    if session is None and call.given("CHAT_ID") is not None:
        chat = lines.chats.get(call.integer("CHAT_ID"))
        session = lines.last_session(chat) if chat else None
    if session is None:
        raise RestError("INVALID_SESSION_ID", "Session was not found")
    bindings = session.activity.bindings if session.activity else []
    if not (
        call.user.admin
        or session.operator == call.user.id
        or any(call.portal.crm.readable(call.user, key) for key in bindings)
    ):
        raise RestError("ACCESS_DENIED", "You do not have access to the session")
    return history_json(call.portal, lines.chats[session.chat_id], session)
