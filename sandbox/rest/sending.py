"""REST methods that write into dialogs and change who is in them (openlines.md 3.3, 3.4)."""

from __future__ import annotations

from sandbox.dialogs import Chat
from sandbox.errors import RestError, access_denied
from sandbox.people import User
from sandbox.rest.access import crm_entity, may_act
from sandbox.rest.registry import Call, method
from sandbox.wire import Json
from sandbox.words import say

_ENTITY = {"CRM_ENTITY_TYPE*": "string", "CRM_ENTITY*": "integer"}


def _accepted_chats(call: Call) -> list[Chat]:
    entity = crm_entity(call)
    return call.portal.openlines.chats_of(*entity, active_only=True) if entity else []


def _accepted_chat(call: Call) -> Chat:
    """Find a chat bound to exactly this entity, accepted and not closing, of a live connector (openlines.md fact 1)."""
    found = _accepted_chats(call)
    if call.given("CHAT_ID") is not None:
        found = [chat for chat in found if chat.id == call.integer("CHAT_ID")]
    if not found:
        raise RestError("CHAT_NOT_IN_CRM", "Chat is not related to the CRM entity")
    return found[0]


def _check_crm(call: Call, user: User | None, complaint: str) -> None:
    entity = crm_entity(call)
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
    missing_code="{name}_EMPTY",
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


# Members --------------------------------------------------------------------------------------------------------------


_MEMBER = {**_ENTITY, "USER_ID*": "integer", "CHAT_ID": "integer"}


@method("imopenlines.crm.chat.user.add", scope="imopenlines", params=_MEMBER, cased=True)
def crm_user_add(call: Call) -> Json:
    """Add an employee who may read the entity himself, to an accepted dialog only (openlines.md 3.4)."""
    user = call.portal.people.get(call.integer("USER_ID"))
    _check_crm(call, call.user, "You do not have access to the CRM entity")
    if user is None or not user.active or not user.is_employee:
        raise RestError("CRM_CHAT_USER_NOT_ACTIVE", "User is not active")
    _check_crm(call, user, "The user does not have access to the CRM entity")
    if call.given("CHAT_ID") is None and not _accepted_chats(call):
        return 0
    chat = _accepted_chat(call)
    if not may_act(call.portal, call.user, chat):
        raise access_denied("You do not have access to the chat")
    if user.id in chat.members and call.portal.switches.repeated_user_add_fails:
        raise RestError("WRONG_REQUEST", "The user is in the chat already")
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
