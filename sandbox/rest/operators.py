"""REST methods of operators: take a dialog, hand it on, finish it (openlines.md 3.5)."""

from __future__ import annotations

from sandbox.errors import RestError
from sandbox.php import to_int, to_text
from sandbox.rest.access import chat_to_act
from sandbox.rest.registry import Call, method
from sandbox.wire import Json

_CHAT = {"CHAT_ID*": "integer"}


@method("imopenlines.operator.answer", scope="imopenlines", missing_code="{name}", params=_CHAT, seconds=0.2)
def operator_answer(call: Call) -> Json:
    call.portal.openlines.accept(chat_to_act(call), call.user)
    return True


@method(
    "imopenlines.operator.transfer",
    scope="imopenlines",
    missing_code="{name}_EMPTY",
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


@method("imopenlines.operator.skip", scope="imopenlines", missing_code="{name}", params=_CHAT, seconds=0.3)
def operator_skip(call: Call) -> Json:
    call.portal.openlines.skip(chat_to_act(call), by=call.user)
    return True


@method("imopenlines.operator.finish", scope="imopenlines", missing_code="{name}", params=_CHAT, seconds=0.2)
def operator_finish(call: Call) -> Json:
    """Finish one's own dialog; nobody else's (openlines.md 3.5)."""
    chat = call.portal.openlines.chats.get(call.integer("CHAT_ID"))
    if chat is None or call.portal.openlines.session_of(chat) is None:
        raise RestError("NOT_LOAD_SESSION_OR_CHAT", "Session or chat was not loaded")
    if chat.owner != call.user.id:
        raise RestError("ERROR_USER_NOT_OPERATOR", "The user is not the operator")
    call.portal.openlines.closing.finish(chat, by=call.user)
    return True


@method(
    "imopenlines.operator.another.finish",
    scope="imopenlines",
    missing_code="{name}",
    params=_CHAT,
    cased=True,
    seconds=0.2,
)
def another_finish(call: Call) -> Json:
    """Finish for another; an unaccepted dialog is first accepted on the caller (openlines.md fact 7)."""
    chat = chat_to_act(call)
    lines = call.portal.openlines
    if lines.session_of(chat) and not chat.owner:
        lines.accept(chat, call.user)
    lines.closing.finish(chat, by=call.user)
    return True


@method("imopenlines.operator.spam", scope="imopenlines", missing_code="{name}", params=_CHAT, seconds=0.2)
def operator_spam(call: Call) -> Json:
    """Close as spam; ``true`` even without a session (openlines.md 3.5)."""
    call.portal.openlines.closing.spam(chat_to_act(call), by=call.user)
    return True
