"""REST methods of open lines: finding and reading dialogs, sending, members, operators, sessions."""

from __future__ import annotations

from sandbox.crm import TYPE_NAMES
from sandbox.dialogs import Chat, Line, Session
from sandbox.errors import RestError, access_denied, no_reason
from sandbox.people import User
from sandbox.php import to_int, to_text
from sandbox.rest.access import chat_of_dialog, chat_to_act, may_act
from sandbox.rest.chats import chat_json, history_json
from sandbox.rest.registry import Call, method
from sandbox.wire import Json
from sandbox.words import say

_CHAT = {"CHAT_ID*": "integer"}
_ENTITY = {"CRM_ENTITY_TYPE*": "string", "CRM_ENTITY*": "integer"}
_TYPE_NUMBERS = {name: number for number, name in TYPE_NAMES.items()}


# Finding chats ------------------------------------------------------------------------------------------------------


def _entity(call: Call) -> tuple[int, int] | None:
    """Read the CRM entity; what is no number is refused, an unknown type is none (openlines.md fact 10, 3.1)."""
    number = call.given("CRM_ENTITY")
    if isinstance(number, list | dict) or to_int(number) <= 0:
        raise RestError("ERROR_ARGUMENT", "Argument 'CRM_ENTITY' is null or empty")
    kind = _TYPE_NUMBERS.get(call.text("CRM_ENTITY_TYPE").upper())
    return None if kind is None else (kind, to_int(number))


@method("imopenlines.crm.chat.get", scope="imopenlines", params={**_ENTITY, "ACTIVE_ONLY": "char"}, cased=True)
def crm_chat_get(call: Call) -> Json:
    """List chats of a CRM entity; the default hides unaccepted ones too (openlines.md fact 2)."""
    entity = _entity(call)
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
    entity = _entity(call)
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


# Lines --------------------------------------------------------------------------------------------------------------


@method(
    "imopenlines.config.get",
    scope="imopenlines",
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


# Sending ------------------------------------------------------------------------------------------------------------


def _accepted_chat(call: Call) -> Chat:
    """Find a chat bound to exactly this entity, accepted and not closing, of a live connector (openlines.md fact 1)."""
    entity = _entity(call)
    found = call.portal.openlines.chats_of(*entity, active_only=True) if entity else []
    if call.given("CHAT_ID") is not None:
        found = [chat for chat in found if chat.id == call.integer("CHAT_ID")]
    if not found:
        raise RestError("CHAT_NOT_IN_CRM", "Chat is not related to the CRM entity")
    return found[0]


def _check_crm(call: Call, user: User | None, complaint: str) -> None:
    entity = _entity(call)
    if entity and (user is None or not call.portal.crm.readable(user, entity)):
        raise access_denied(complaint)


@method(
    "imopenlines.crm.message.add",
    scope="imopenlines",
    params={**_ENTITY, "USER_ID*": "integer", "CHAT_ID*": "integer", "MESSAGE*": "string"},
    cased=True,
    seconds=0.1,
)
def crm_message_add(call: Call) -> Json:
    """Write as an employee who is in the chat, at once; the id is no proof of delivery (openlines.md 3.3)."""
    for name in ("USER_ID", "CHAT_ID"):
        if isinstance(call.given(name), list | dict) or call.integer(name) <= 0:
            raise RestError("ERROR_ARGUMENT", f"Argument '{name}' is null or empty")
    author = call.portal.people.employee(call.integer("USER_ID"))
    _check_crm(call, call.user, "You do not have access to the CRM entity")
    _check_crm(call, author, "The user does not have access to the CRM entity")
    chat = _accepted_chat(call)
    if author is None or author.id not in chat.members:
        raise RestError("MESSAGE_ADD_ERROR", "Error adding the message")
    talk = call.portal.openlines.talk
    message = talk.post_as(chat, author, call.text("MESSAGE"))
    message.params["ATTACH"] = [{"MESSAGE": say(call.portal.lang, "sent_by_app")}]
    talk.complete(chat, message, author)
    return message.id


@method(
    "imopenlines.bot.session.message.send",
    scope="imopenlines",
    params={"CHAT_ID*": "integer", "NAME": "string", "MESSAGE": "string"},
    seconds=0.1,
)
def bot_message_send(call: Call) -> Json:
    """Send an automatic message with no check at all; ``true`` even when nothing went out (openlines.md fact 5)."""
    if call.integer("CHAT_ID") <= 0:
        raise RestError("CHAT_ID_EMPTY", "Chat id can't be empty")
    lines = call.portal.openlines
    chat, text = lines.chats.get(call.integer("CHAT_ID")), call.text("MESSAGE")
    if chat and text and call.text("NAME") == "DEFAULT":
        session = lines.session_of(chat) or lines.open(chat, incoming=False)  # a closed dialog opens anew
        lines.talk.automatic(chat, session, text)
    return True


# Members ------------------------------------------------------------------------------------------------------------


_MEMBER = {**_ENTITY, "USER_ID*": "integer", "CHAT_ID": "integer"}


@method("imopenlines.crm.chat.user.add", scope="imopenlines", params=_MEMBER, cased=True)
def crm_user_add(call: Call) -> Json:
    """Add an employee who may read the entity himself, to an accepted dialog only (openlines.md 3.4)."""
    user = call.portal.people.get(call.integer("USER_ID"))
    _check_crm(call, call.user, "You do not have access to the CRM entity")
    if user is None or not user.active or not user.is_employee:
        raise RestError("CRM_CHAT_USER_NOT_ACTIVE", "User is not active")
    _check_crm(call, user, "The user does not have access to the CRM entity")
    chat = _accepted_chat(call)
    if not may_act(call.portal, call.user, chat):
        raise access_denied("You do not have access to the chat")
    call.portal.openlines.join(chat, user)
    return chat.id


@method("imopenlines.crm.chat.user.delete", scope="imopenlines", params=_MEMBER, cased=True)
def crm_user_delete(call: Call) -> Json:
    _check_crm(call, call.user, "You do not have access to the CRM entity")
    chat = _accepted_chat(call)
    user = call.portal.people.get(call.integer("USER_ID"))
    if user is None or user.id not in chat.members:
        raise RestError("WRONG_REQUEST", "The user is not in the chat")
    call.portal.openlines.leave(chat, user)
    return chat.id


# Operators ----------------------------------------------------------------------------------------------------------


@method("imopenlines.operator.answer", scope="imopenlines", params=_CHAT, seconds=0.2)
def operator_answer(call: Call) -> Json:
    call.portal.openlines.accept(chat_to_act(call), call.user)
    return True


@method(
    "imopenlines.operator.transfer",
    scope="imopenlines",
    params={"CHAT_ID*": "integer", "USER_ID": "integer", "QUEUE_ID": "integer", "TRANSFER_ID": "string"},
    cased=True,
    seconds=0.4,
)
def operator_transfer(call: Call) -> Json:
    """Hand a dialog to an employee or to the queue of a line (openlines.md 3.5)."""
    if call.integer("CHAT_ID") <= 0:
        raise RestError("CHAT_ID_EMPTY", "Chat id can't be empty")
    chat = chat_to_act(call)
    kind, number = _target(call)
    lines = call.portal.openlines
    if kind == "queue":
        line = lines.lines.get(number)
        if line is None:
            raise RestError("OPERATOR_WRONG", "Wrong operator")
        lines.transfer_to_queue(chat, line, by=call.user)
        return True
    to = call.portal.people.employee(number)
    if to is None or to.id == call.user.id:
        raise RestError("OPERATOR_WRONG", "Wrong operator")
    lines.transfer_to_user(chat, to, by=call.user)
    return True


def _target(call: Call) -> tuple[str, int]:
    """Read where to: TRANSFER_ID is ``queue<line>`` or a user, else USER_ID, else QUEUE_ID."""
    if call.given("TRANSFER_ID") is not None:
        text = call.text("TRANSFER_ID")
        if text.startswith("queue"):
            return "queue", to_int(text.removeprefix("queue"))
        if to_int(text) <= 0:
            raise RestError("TRANSFER_ID_EMPTY", "Transfer id can't be empty")
        return "user", to_int(text)
    for name in ("USER_ID", "QUEUE_ID"):
        if call.given(name) is not None:
            number = to_int(to_text(call.given(name)).removeprefix("queue"))
            if number <= 0:
                raise RestError(f"{name}_EMPTY", f"{name} can't be empty")
            return ("user" if name == "USER_ID" else "queue"), number
    raise RestError("TRANSFER_ID_EMPTY", "Transfer id can't be empty")


@method("imopenlines.operator.skip", scope="imopenlines", params=_CHAT, seconds=0.3)
def operator_skip(call: Call) -> Json:
    call.portal.openlines.skip(chat_to_act(call), by=call.user)
    return True


@method("imopenlines.operator.finish", scope="imopenlines", params=_CHAT, seconds=0.2)
def operator_finish(call: Call) -> Json:
    """Finish one's own dialog; nobody else's (openlines.md 3.5)."""
    chat = call.portal.openlines.chats.get(call.integer("CHAT_ID"))
    if chat is None or call.portal.openlines.session_of(chat) is None:
        raise RestError("NOT_LOAD_SESSION_OR_CHAT", "Session or chat was not loaded")
    if chat.owner != call.user.id:
        raise RestError("ERROR_USER_NOT_OPERATOR", "The user is not the operator")
    call.portal.openlines.finish(chat, by=call.user)
    return True


@method("imopenlines.operator.another.finish", scope="imopenlines", params=_CHAT, cased=True, seconds=0.2)
def another_finish(call: Call) -> Json:
    """Finish for another; an unaccepted dialog is first accepted on the caller (openlines.md fact 7)."""
    chat = chat_to_act(call)
    lines = call.portal.openlines
    if lines.session_of(chat) and not chat.owner:
        lines.accept(chat, call.user)
    lines.finish(chat, by=call.user)
    return True


# Sessions -----------------------------------------------------------------------------------------------------------


@method("imopenlines.session.join", scope="imopenlines", params=_CHAT, cased=True)
def session_join(call: Call) -> Json:
    call.portal.openlines.join(chat_to_act(call), call.user)
    return True


@method("imopenlines.session.start", scope="imopenlines", params=_CHAT, cased=True, seconds=0.2)
def session_start(call: Call) -> Json:
    """Open a new session on oneself; an open one is joined, or accepted when nobody has it (openlines.md 3.5)."""
    chat, lines = chat_to_act(call), call.portal.openlines
    session: Session | None = lines.session_of(chat)
    if session is None:
        lines.open(chat, operator=call.user, incoming=False)
        call.portal.record("session.start", chat_id=chat.id, session_id=chat.session_id, operator=call.user.id)
    elif not chat.owner:
        lines.accept(chat, call.user)
    else:
        lines.join(chat, call.user)
    return True


@method("imopenlines.session.intercept", scope="imopenlines", params=_CHAT, cased=True, seconds=0.2)
def session_intercept(call: Call) -> Json:
    """Take over from another operator; ``true`` even when there is none (openlines.md 3.5)."""
    try:
        chat = chat_to_act(call)
    except RestError as error:
        raise RestError("OPERATOR_WRONG", "Wrong operator") from error
    if chat.owner not in (0, call.user.id):
        call.portal.openlines.accept(chat, call.user)
    return True


@method(
    "imopenlines.session.mode.pin", scope="imopenlines", params={"CHAT_ID*": "integer", "ACTIVATE": "char"}, cased=True
)
def session_pin(call: Call) -> Json:
    """Pin one's own dialog; another's fails with an empty code, a closed one opens anew (openlines.md 3.5)."""
    chat, lines = chat_to_act(call), call.portal.openlines
    session = lines.session_of(chat) or lines.open(chat, operator=call.user, incoming=False)
    if chat.owner != call.user.id:
        raise no_reason()
    chat.pinned = call.flag("ACTIVATE", True)
    lines.plan_close(chat, session)
    return True
