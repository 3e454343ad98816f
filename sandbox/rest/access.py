"""Who may do what with an open-line chat: the rules in front of the methods (openlines.md part 3, [ACC])."""

from __future__ import annotations

from sandbox.crm import TYPE_NAMES, Item
from sandbox.dialogs import Chat
from sandbox.errors import RestError
from sandbox.people import User
from sandbox.php import to_int, to_text
from sandbox.portal import Portal
from sandbox.rest.registry import Call
from sandbox.wire import Json

_TYPE_NUMBERS = {name: number for number, name in TYPE_NAMES.items()}


def has_join_role(user: User) -> bool:
    """Tell whether the role of a user lets him join any chat; administrators have it for all."""
    return user.admin or user.joins_lines


def may_act(portal: Portal, user: User, chat: Chat) -> bool:
    """[ACC]: a member, a role with JOIN, or READ on the primary CRM entity."""
    if user.id in chat.members or has_join_role(user):
        return True
    return chat.primary is not None and portal.crm.readable(user, chat.primary)


def may_read_messages(user: User, chat: Chat) -> bool:
    """``im.dialog.*`` are stricter: CRM read alone is not enough (openlines.md trap 16)."""
    return user.id in chat.members or has_join_role(user)


def chat_to_act(call: Call) -> Chat:
    """Find CHAT_ID and check [ACC]; errors are 400 (openlines.md part 3)."""
    chat = call.portal.openlines.chats.get(call.integer("CHAT_ID"))
    if call.integer("CHAT_ID") <= 0:
        raise RestError("CHAT_ID", "Chat id is not specified")
    if chat is None:
        raise RestError("CHAT_TYPE", "Chat is not an open line")
    if not may_act(call.portal, call.user, chat):
        raise RestError("ACCESS_DENIED", "You do not have access to the chat")
    return chat


def chat_of_dialog(portal: Portal, dialog_id: Json) -> Chat | None:
    """Read ``chat1763``; a bare number is a person and no chat."""
    text = to_text(dialog_id)
    if not text.startswith("chat"):
        return None
    return portal.openlines.chats.get(to_int(text.removeprefix("chat")))


def crm_entity(call: Call) -> tuple[int, int] | None:
    """Read the CRM entity; what is no number is refused, an unknown type is none (openlines.md fact 10, 3.1)."""
    number = call.given("CRM_ENTITY")
    if isinstance(number, list | dict) or to_int(number) <= 0:
        raise RestError("ERROR_ARGUMENT", "Argument 'CRM_ENTITY' is null or empty")
    kind = _TYPE_NUMBERS.get(call.text("CRM_ENTITY_TYPE").upper())
    return None if kind is None else (kind, to_int(number))


def readable_item(call: Call, entity_type: int, item_id: int) -> Item:
    item = call.portal.crm.get(entity_type, item_id)
    if item is None:
        raise RestError("NOT_FOUND", "Item not found")
    if not call.portal.crm.readable(call.user, item.key):
        raise RestError("ACCESS_DENIED", "Access denied")
    return item
