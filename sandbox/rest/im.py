"""REST methods of the messenger: messages, chats and their members (openlines.md 3.2-3.4)."""

from __future__ import annotations

from functools import partial

from sandbox.dialogs import Chat, Message
from sandbox.errors import RestError
from sandbox.php import to_int
from sandbox.rest.access import chat_of_dialog, may_read_messages
from sandbox.rest.chats import app_name, chat_json, message_json, user_json
from sandbox.rest.registry import Call, method
from sandbox.wire import Json
from sandbox.words import say

LONGEST_MESSAGE = 20_000
LONGEST_TITLE = 255
MOST_MESSAGES = 50


# Messages -----------------------------------------------------------------------------------------------------------


@method(
    "im.message.add",
    scope="im",
    missing_code="{name}_EMPTY",
    params={
        "DIALOG_ID*": "string",
        "MESSAGE*": "string",
        "SYSTEM": "string",
        "ATTACH": "object",
        "KEYBOARD": "object",
        "MENU": "object",
        "REPLY_ID": "integer",
        "URL_PREVIEW": "string",
        "SKIP_CONNECTOR": "char",
        "TEMPLATE_ID": "string",
    },
)
def message_add(call: Call) -> Json:
    """Write as the caller, who must be in the chat; delivery is left for after the answer (openlines.md 3.3).

    A repeated TEMPLATE_ID gives the same message again; SKIP_CONNECTOR=Y hides it from the client.
    """
    chat = chat_of_dialog(call.portal, call.given("DIALOG_ID"))
    if chat is None:
        raise RestError("DIALOG_ID_EMPTY", "Dialog id can't be empty")
    if call.user.id not in chat.members:
        raise RestError("PARAMS_ERROR", "You do not have access to the chat")
    text, uuid = call.text("MESSAGE"), call.text("TEMPLATE_ID") or None
    if len(text) > LONGEST_MESSAGE:
        raise RestError("MESSAGE_TOO_LONG", "The message is too long")
    if uuid and (known := next((one for one in chat.messages if one.uuid == uuid), None)):
        return known.id
    talk = call.portal.openlines.talk
    if call.flag("SYSTEM"):
        return talk.system(chat, f"[b]{app_name(call)}[/b]\n{text}").id
    message = talk.post_as(chat, call.user, text, hidden=call.flag("SKIP_CONNECTOR"), uuid=uuid)
    call.hit.later(partial(talk.complete, chat, message, call.user))
    return message.id


@method(
    "im.message.update",
    scope="im",
    missing_code="{name}_ERROR",
    params={
        "MESSAGE_ID*": "integer",
        "MESSAGE": "string",
        "ATTACH": "object",
        "KEYBOARD": "object",
        "MENU": "object",
        "URL_PREVIEW": "string",
        "IS_EDITED": "string",
    },
)
def message_update(call: Call) -> Json:
    """Edit a message of one's own; an empty text deletes it."""
    message = _own_message(call)
    talk = call.portal.openlines.talk
    if call.given("MESSAGE") == "":
        talk.delete(message)
    elif call.given("MESSAGE") is not None:
        talk.edit(message, call.text("MESSAGE"))
    return True


@method("im.message.delete", scope="im", missing_code="{name}_ERROR", params={"MESSAGE_ID*": "integer"})
def message_delete(call: Call) -> Json:
    call.portal.openlines.talk.delete(_own_message(call))
    return True


def _own_message(call: Call) -> Message:
    number = call.integer("MESSAGE_ID")
    found = next(
        (one for chat in call.portal.openlines.chats.values() for one in chat.messages if one.id == number), None
    )
    if number <= 0 or found is None:
        raise RestError("MESSAGE_ID_ERROR", "Message ID can't be empty")
    if found.author != call.user.id:
        raise RestError("CANT_EDIT_MESSAGE", "Time has expired for modification or you don't have access")
    return found


@method(
    "im.dialog.messages.get",
    scope="im",
    missing_code="{name}_EMPTY",
    params={"DIALOG_ID*": "string", "LAST_ID": "integer", "FIRST_ID": "integer", "LIMIT": "integer"},
)
def messages_get(call: Call) -> Json:
    """Give messages, newest first, to members and roles with JOIN (openlines.md 3.2)."""
    chat = _readable(call)
    limit = min(max(call.integer("LIMIT", 20), 1), MOST_MESSAGES)
    messages = _window(call, chat, limit)
    authors = {one.author for one in messages if one.author} | {chat.client_id}
    return {
        "chat_id": chat.id,
        "messages": [message_json(call.portal, one) for one in messages],
        "users": [user_json(call.portal, call.portal.people.users[one]) for one in sorted(authors)],
        "files": [],
    }


def _window(call: Call, chat: Chat, limit: int) -> list[Message]:
    """LAST_ID walks back to older messages, FIRST_ID forward to newer ones."""
    if call.given("FIRST_ID") is not None:
        newer = [one for one in chat.messages if one.id > call.integer("FIRST_ID")]
        return list(reversed(newer[:limit]))
    older = chat.messages
    unread = chat.unread_by(call.user.id)
    if len(unread) > limit and call.given("LAST_ID") is None and call.portal.switches.members_start_at_unread:
        return list(reversed(unread[:limit]))
    if call.given("LAST_ID") is not None:
        older = [one for one in chat.messages if one.id < call.integer("LAST_ID")]
    return list(reversed(older[-limit:]))


def _readable(call: Call) -> Chat:
    if not call.text("DIALOG_ID"):
        raise RestError("DIALOG_ID_EMPTY", "Dialog id can't be empty")
    chat = chat_of_dialog(call.portal, call.given("DIALOG_ID"))
    if chat is None and not call.text("DIALOG_ID").removeprefix("chat").isdecimal():
        raise RestError("DIALOG_ID_EMPTY", "Dialog id can't be empty")
    if chat is None or not may_read_messages(call.user, chat):
        raise RestError("ACCESS_ERROR", "You do not have access to the specified dialog", 403)
    return chat


# Chats --------------------------------------------------------------------------------------------------------------


@method("im.dialog.get", scope="im", missing_code="{name}_EMPTY", params={"DIALOG_ID*": "string"})
def dialog_get(call: Call) -> Json:
    return chat_json(call.portal, _readable(call), call.user)


@method(
    "im.chat.get", scope="im", missing_code="{name}_EMPTY", params={"ENTITY_TYPE*": "string", "ENTITY_ID*": "string"}
)
def chat_get(call: Call) -> Json:
    """Find a chat by what it is about; ``null`` when there is none (openlines.md 3.2)."""
    chat = call.portal.openlines.by_user_code(call.text("ENTITY_ID"))
    return {"ID": chat.id} if chat and call.text("ENTITY_TYPE") == "LINES" else None


def _chat(call: Call) -> Chat | None:
    if call.integer("CHAT_ID") <= 0:
        raise RestError("CHAT_ID_EMPTY", "Chat id can't be empty")
    return call.portal.openlines.chats.get(call.integer("CHAT_ID"))


@method("im.chat.user.list", scope="im", missing_code="{name}_EMPTY", params={"CHAT_ID*": "integer"})
def chat_user_list(call: Call) -> Json:
    """List members; without the right an empty list (openlines.md 3.2)."""
    chat = _chat(call)
    return list(chat.members) if chat and may_read_messages(call.user, chat) else []


@method(
    "im.chat.updateTitle",
    scope="im",
    missing_code="{name}_EMPTY",
    params={"CHAT_ID*": "integer", "DIALOG_ID": "string", "TITLE*": "string"},
)
def update_title(call: Call) -> Json:
    """Rename a chat; ``true`` even when the caller is no member and nothing changed (openlines.md part 6)."""
    chat, title = _chat(call), call.text("TITLE")[:LONGEST_TITLE]
    if chat and call.user.id in chat.members and title != chat.title:
        chat.title = title
        call.portal.openlines.talk.system(chat, say(call.portal.lang, "renamed", user=call.user.full_name, title=title))
        call.portal.record("rename", chat_id=chat.id, title=title)
    return True


@method("im.chat.leave", scope="im", missing_code="{name}_EMPTY", params={"CHAT_ID*": "integer"})
def chat_leave(call: Call) -> Json:
    chat = _chat(call)
    if chat is None or call.user.id not in chat.members:
        raise RestError("ACCESS_ERROR", "You do not have access to the chat", 403)
    call.portal.openlines.leave(chat, call.user)
    return True


@method(
    "im.chat.user.add",
    scope="im",
    missing_code="{name}_EMPTY",
    params={"CHAT_ID*": "integer", "USERS*": "array", "HIDE_HISTORY": "string"},
)
def chat_user_add(call: Call) -> Json:
    """Add employees to a chat the caller is in (openlines.md 3.4)."""
    chat = _chat(call)
    if chat is None or call.user.id not in chat.members:
        raise RestError("ACCESS_ERROR", "You do not have access to the chat", 403)
    users = [call.portal.people.employee(to_int(one)) for one in call.items("USERS")]
    for user in users:
        if user is None:
            raise RestError("WRONG_REQUEST", "You do not have access to the user")
        call.portal.openlines.join(chat, user)
    return True


@method(
    "im.chat.user.delete",
    scope="im",
    missing_code="{name}_EMPTY",
    params={"CHAT_ID*": "integer", "USER_ID*": "integer"},
)
def chat_user_delete(call: Call) -> Json:
    """Take an employee out of a chat: oneself, or anyone when one owns it."""
    chat, user = _chat(call), call.portal.people.get(call.integer("USER_ID"))
    if chat is None or user is None or user.id not in chat.members:
        raise RestError("WRONG_REQUEST", "You don't have access or user isn't member in chat")
    if call.user.id not in (user.id, chat.owner):
        raise RestError("WRONG_REQUEST", "You don't have access or user isn't member in chat")
    call.portal.openlines.leave(chat, user)
    return True
