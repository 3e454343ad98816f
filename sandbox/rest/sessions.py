"""REST methods of sessions: start one, come into one, pin it, silence it, rate it (openlines.md 3.1, 3.5)."""

from __future__ import annotations

from functools import partial

from sandbox.crm import LEAD
from sandbox.dialogs import Chat, Message, Session
from sandbox.errors import RestError, no_reason
from sandbox.quick_answers import Answer
from sandbox.rest.access import chat_to_act, may_act
from sandbox.rest.registry import Call, method
from sandbox.wire import Json
from sandbox.words import say

_CHAT = {"CHAT_ID*": "integer"}
_own = partial(method, scope="imopenlines", missing_code="{name}", cased=True)


@_own("imopenlines.session.open", params={"USER_CODE*": "string"})
def session_open(call: Call) -> Json:
    """Find a chat by its code; nothing is opened by it (openlines.md 3.1)."""
    chat = call.portal.openlines.by_user_code(call.text("USER_CODE"))
    if chat is None or not may_act(call.portal, call.user, chat):
        raise RestError("ACCESS_DENIED", "You do not have access to the chat")
    return {"chatId": str(chat.id)}


@_own("imopenlines.session.join", params=_CHAT)
def session_join(call: Call) -> Json:
    call.portal.openlines.join(chat_to_act(call), call.user)
    return True


@_own("imopenlines.session.start", params=_CHAT, seconds=0.2)
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


@_own("imopenlines.session.intercept", params=_CHAT, seconds=0.2)
def session_intercept(call: Call) -> Json:
    """Take over from another operator; ``true`` even when there is none (openlines.md 3.5)."""
    try:
        chat = chat_to_act(call)
    except RestError as error:
        raise RestError("OPERATOR_WRONG", "Wrong operator") from error
    if chat.owner not in (0, call.user.id):
        call.portal.openlines.accept(chat, call.user)
    return True


# How a dialog stands ------------------------------------------------------------------------------------------------


@_own("imopenlines.session.mode.pin", params={**_CHAT, "ACTIVATE": "char"})
def session_pin(call: Call) -> Json:
    """Pin one's own dialog; another's fails with an empty code, a closed one opens anew (openlines.md 3.5)."""
    return _pinned(call, call.flag("ACTIVATE", True))


@_own("imopenlines.session.mode.unpin", params=_CHAT)
def session_unpin(call: Call) -> Json:
    """Undocumented; there in the source of the platform (openlines.md 3.5)."""
    return _pinned(call, False)


def _pinned(call: Call, pinned: bool) -> Json:
    chat, lines = chat_to_act(call), call.portal.openlines
    session = lines.session_of(chat) or lines.open(chat, operator=call.user, incoming=False)
    if chat.owner != call.user.id:
        raise no_reason()
    _pin(call, chat, session, pinned)
    return True


def _pin(call: Call, chat: Chat, session: Session, pinned: bool) -> None:
    chat.pinned = pinned
    call.portal.openlines.closing.plan(chat, session)
    call.portal.record("pin", chat_id=chat.id, session_id=session.id, pinned=pinned)


@_own("imopenlines.session.mode.pinAll", seconds=0.3)
def pin_all(call: Call) -> Json:
    """Pin every open dialog of one's own; give their sessions (openlines.md 3.5)."""
    return _pinned_all(call, True)


@_own("imopenlines.session.mode.unpinAll", seconds=0.3)
def unpin_all(call: Call) -> Json:
    return _pinned_all(call, False)


def _pinned_all(call: Call, pinned: bool) -> Json:
    changed: list[Json] = []
    for chat in call.portal.openlines.chats.values():
        session = call.portal.openlines.session_of(chat)
        if session and chat.owner == call.user.id and chat.pinned is not pinned:
            _pin(call, chat, session, pinned)
            changed.append(session.id)
    return changed


@_own("imopenlines.session.mode.silent", params={**_CHAT, "ACTIVATE": "string"})
def session_silent(call: Call) -> Json:
    """Hide what staff write from the client, for everybody, or show it again (openlines.md 3.5)."""
    chat = chat_to_act(call)
    chat.silent = call.flag("ACTIVATE", True)
    words = "silent_on" if chat.silent else "silent_off"
    call.portal.openlines.talk.system(chat, say(call.portal.lang, words, user=call.user.full_name))
    return True


@method(
    "imopenlines.session.head.vote",
    scope="imopenlines",
    missing_code="EMPTY_SESSION_ID",
    cased=True,
    params={"SESSION_ID*": "integer", "RATING": "integer", "COMMENT": "string"},
)
def head_vote(call: Call) -> Json:
    """Rate a session as the head of its operators, who needs the right to (openlines.md 3.5)."""
    session = call.portal.openlines.sessions.get(call.integer("SESSION_ID"))
    if call.integer("SESSION_ID") <= 0:
        raise RestError("EMPTY_SESSION_ID", "Session ID can't be empty")
    if call.given("RATING") is None and call.given("COMMENT") is None:
        raise RestError("EMPTY_VOTE_PARAMS", "At least one of RATING and COMMENT must be given")
    if session is None or not (call.user.admin or call.user.rates_dialogs):
        raise RestError("ACCESS_DENIED", "You do not have access to the session")
    session.head_rating = min(max(call.integer("RATING", session.head_rating), 0), 5)
    session.head_comment = call.text("COMMENT", session.head_comment)
    call.portal.touch()
    return True


# Messages and CRM -----------------------------------------------------------------------------------------------------


@_own("imopenlines.message.session.start", params={**_CHAT, "MESSAGE_ID*": "integer"}, seconds=0.4)
def message_session_start(call: Call) -> Json:
    """Close what is open and begin a new session of one's own with a copy of a message (openlines.md 3.5)."""
    chat, lines = chat_to_act(call), call.portal.openlines
    message = _message(call, chat)
    session = lines.session_of(chat)
    if session:
        lines.closing.close(chat, session)
    lines.open(chat, operator=call.user, incoming=False)
    lines.talk.post(chat, message.author, message.text, params=dict(message.params))
    return True


@_own("imopenlines.message.quick.save", params={**_CHAT, "MESSAGE_ID*": "integer"})
def message_quick_save(call: Call) -> Json:
    """Keep a message among the quick answers of the line (openlines.md 3.3)."""
    chat = chat_to_act(call)
    line = call.portal.openlines.line_of(chat)
    found = next((one for one in chat.messages if one.id == call.integer("MESSAGE_ID")), None)
    if found is None or not line.quick_answers or not (call.user.admin or call.user.saves_quick_answers):
        raise RestError("CANT_SAVE_QUICK_ANSWER", "The quick answer was not saved")
    number = call.portal.ids.next("quick answer", above=6_990)
    answer = Answer(number, line.quick_answers, 0, found.text[:60], found.text, author=call.user.id)
    call.portal.quick_answers.answers.append(answer)
    return True


def _message(call: Call, chat: Chat) -> Message:
    found = next((one for one in chat.messages if one.id == call.integer("MESSAGE_ID")), None)
    if found is None:
        raise RestError("MESSAGE_ID", "The message was not found")
    return found


@_own("imopenlines.crm.lead.create", params=_CHAT, seconds=0.8)
def crm_lead_create(call: Call) -> Json:
    """Make a lead of a dialog, its operator only (openlines.md 3.5)."""
    chat, portal = chat_to_act(call), call.portal
    session = portal.openlines.session_of(chat)
    if session is None or chat.owner != call.user.id:
        raise RestError("ERROR_USER_NOT_OPERATOR", "The user is not the operator")
    if LEAD not in chat.bindings:
        lead = portal.openlines.tracker.create(chat, session, LEAD)
        if lead is None:
            raise RestError("ERROR_CORE", "This portal has no leads")
        portal.openlines.talk.system(chat, say(portal.lang, "lead_created", title=lead.title))
    return True
