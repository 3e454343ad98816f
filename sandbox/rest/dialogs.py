"""REST methods that find and read dialogs and lines (openlines.md 3.1, 3.2)."""

from __future__ import annotations

from sandbox.dialogs import Chat, Line
from sandbox.errors import RestError, access_denied
from sandbox.php import to_text
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


# Lines ----------------------------------------------------------------------------------------------------------------


@method(
    "imopenlines.config.get",
    scope="imopenlines",
    missing_code="{name}_EMPTY",
    params={"CONFIG_ID*": "integer", "WITH_QUEUE": "char", "SHOW_OFFLINE": "char"},
    cased=True,
)
def config_get(call: Call) -> Json:
    """Give the settings of a line to anyone, or ``false``; all values are texts (openlines.md 3.2)."""
    if call.integer("CONFIG_ID") <= 0:
        raise RestError("CONFIG_ID_EMPTY", "Config id is empty")
    line = call.portal.openlines.lines.get(call.integer("CONFIG_ID"))
    return _settings(call, line, with_queue=call.flag("WITH_QUEUE", True)) if line else False


def _settings(call: Call, line: Line, *, with_queue: bool) -> dict[str, Json]:
    said = _yes_no
    settings: dict[str, Json] = {
        "ID": str(line.id),
        "ACTIVE": said(line.active),
        "LINE_NAME": line.name,
        "CRM": said(line.crm),
        "CRM_CREATE": "none",
        "CRM_FORWARD": "Y",
        "CRM_TRANSFER_CHANGE": said(line.crm_transfer_change),
        "QUEUE_TYPE": line.queue_type,
        "QUEUE_TIME": str(line.queue_time),
        "NO_ANSWER_TIME": "60",
        "NO_ANSWER_RULE": "none",
        "CHECK_AVAILABLE": said(line.check_available),
        "MAX_CHAT": "0",
        "TYPE_MAX_CHAT": "answered_new",
        "WELCOME_BOT_ENABLE": "N",
        "WELCOME_MESSAGE": "N",
        "WORKTIME_ENABLE": said(line.worktime_enabled),
        "WORKTIME_FROM": line.worktime_from,
        "WORKTIME_TO": line.worktime_to,
        "WORKTIME_TIMEZONE": line.time_zone,
        "WORKTIME_HOLIDAYS": list(line.holidays) or [""],
        "WORKTIME_DAYOFF": list(line.days_off) or [""],
        "WORKTIME_DAYOFF_RULE": "text" if line.off_hours_text else "none",
        "WORKTIME_DAYOFF_TEXT": line.off_hours_text,
        "CLOSE_RULE": "text" if line.close_text else "none",
        "CLOSE_TEXT": line.close_text,
        "FULL_CLOSE_TIME": str(line.full_close_minutes),
        "AUTO_CLOSE_RULE": "none",
        "AUTO_CLOSE_TIME": str(line.auto_close_seconds),
        "VOTE_MESSAGE": said(line.vote),
        "VOTE_TIME_LIMIT": "0",
        "VOTE_CLOSING_DELAY": "N",
        "KPI_FIRST_ANSWER_TIME": "0",
        "KPI_FURTHER_ANSWER_TIME": "0",
        "LANGUAGE_ID": call.portal.lang,
        "QUICK_ANSWERS_IBLOCK_ID": "0",
        "OPERATOR_DATA": "profile",
    }
    if with_queue:
        settings["QUEUE"] = [str(one) for one in line.queue]
        settings["QUEUE_FULL"] = {
            str(one): {"ID": str(index + 1), "SORT": str(index), "USER_ID": str(one), "DEPARTMENT_ID": "0"}
            for index, one in enumerate(line.queue)
        }
        settings["QUEUE_ONLINE"] = "Y"
    return settings


def _yes_no(value: bool) -> str:
    return "Y" if value else "N"


@method(
    "imopenlines.config.list.get",
    scope="imopenlines",
    params={"PARAMS": "object", "OPTIONS": "object"},
    cased=True,
)
def config_list_get(call: Call) -> Json:
    with_queue = to_text(call.mapping("OPTIONS").get("QUEUE")) == "Y"
    found: list[Json] = []
    for line in call.portal.openlines.lines.values():
        row = _settings(call, line, with_queue=False)
        if with_queue:
            row["QUEUE"] = list(line.queue)
        found.append(row)
    return found
