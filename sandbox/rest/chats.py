"""Chats and messages as REST shows them; the two ways of reading spell their keys differently (openlines.md 3.2)."""

from __future__ import annotations

from sandbox.dialogs import Chat, Message, Session
from sandbox.people import User
from sandbox.portal import Portal
from sandbox.rest.registry import Call
from sandbox.wire import Json, moment
from sandbox.words import say

#: Parameters of messages as the history spells them (openlines.md part 4).
_HISTORY_NAMES = {
    "CLASS": "class",
    "COMPONENT_ID": "componentId",
    "IMOL_VOTE_SID": "imolVoteSid",
    "IMOL_VOTE_USER": "imolVoteUser",
    "ATTACH": "attach",
    "CODE": "code",
    "IS_DELETED": "isDeleted",
    "FILE_ID": "fileId",
}


#: What anyone may do with a chat, and what it takes to do the rest.
_ALLOWED = ("avatar", "call", "extend", "leave", "leave_owner", "mute", "rename", "send", "user_list")
_PERMISSIONS: dict[str, Json] = {
    "can_post": "member",
    "manage_messages": "member",
    "manage_settings": "owner",
    "manage_ui": "member",
    "manage_users_add": "member",
    "manage_users_delete": "manager",
}


def app_name(call: Call) -> str:
    """Say the name under which messages and notifications of the application appear."""
    if call.app is None:
        return say(call.portal.lang, "portal")
    return call.app.title_in(call.portal.lang) or call.app.client_id


def chat_json(portal: Portal, chat: Chat, user: User) -> dict[str, Json]:
    """Say a chat as ``imopenlines.dialog.get`` and ``im.dialog.get`` do (openlines.md 3.2)."""
    session = portal.openlines.sessions.get(chat.session_id)
    member, unread = user.id in chat.members, chat.unread_by(user.id)
    client = portal.people.users[chat.client_id]
    return {
        "id": chat.id,
        "parent_chat_id": 0,
        "name": chat.title,
        "description": None,
        "owner": chat.owner,
        "extranet": False,
        "avatar": "",
        "color": "#58cc47",
        "type": "lines",
        "counter": len(unread),
        "user_counter": len(chat.members),
        "message_count": len(chat.messages),
        "unread_id": unread[0].id if unread else 0,
        "restrictions": dict.fromkeys(_ALLOWED, True),
        "last_message_id": chat.last_message_id,
        "last_id": chat.last_message_id,
        "entity_type": "LINES",
        "entity_id": chat.user_code,
        "entity_data_1": chat.entity_data_1(session),
        "entity_data_2": chat.entity_data_2(),
        "entity_data_3": "Y" if chat.silent else "N",
        "mute_list": [],
        "date_create": moment(chat.created_at, portal.zone),
        "message_type": "L",
        "role": "owner" if chat.owner == user.id else "member" if member else "guest",
        "permissions": _PERMISSIONS,
        "readed_list": [
            {"user_id": client.id, "user_name": client.full_name, "message_id": chat.read_by_client, "date": None}
        ],
        "manager_list": [chat.owner] if chat.owner else [],
        "dialog_id": f"chat{chat.id}",
        "entity_link": {"type": "LINES", "url": "", "id": chat.user_code},
        "last_message_views": {"message_id": chat.last_message_id, "first_viewers": [], "count_of_viewers": 0},
        "background_id": None,
        "disk_folder_id": 0,
        "is_new": False,
        "marked_id": 0,
        "parent_message_id": 0,
        "public": "",
        "text_field_enabled": True,
    }


def message_json(portal: Portal, message: Message) -> dict[str, Json]:
    """Say a message as ``im.dialog.messages.get`` does: parameters in upper case."""
    return {
        "id": message.id,
        "chat_id": message.chat_id,
        "author_id": message.author,
        "date": moment(message.at, portal.zone),
        "text": message.text,
        "unread": False,
        "uuid": message.uuid,
        "replaces": [],
        "params": message.params or [],
        "disappearing_date": None,
    }


def user_json(portal: Portal, user: User) -> dict[str, Json]:
    """Say a user as the im methods do; ``connector`` tells clients (openlines.md part 4)."""
    on_line = user.workday.value == "OPENED"
    return {
        "id": user.id,
        "active": user.active,
        "name": user.full_name,
        "first_name": user.name,
        "last_name": user.last_name,
        "work_position": user.position,
        "color": "#4ba984",
        "avatar": "",
        "avatar_hr": "",
        "birthday": "",
        "desktop_last_date": False,
        "mobile_last_date": False,
        "gender": user.gender or "M",
        "extranet": user.is_client,
        "network": False,
        "bot": user.is_bot,
        "connector": user.is_client,
        "external_auth_id": user.external_auth_id,
        "status": "online" if on_line else "offline",
        "idle": False,
        "last_activity_date": moment(portal.now() if on_line else user.workday_closed_at, portal.zone) or False,
        "absent": _absent(portal, user),
        "departments": list(user.departments),
        "phones": False,
        "bot_data": None,
        "type": "bot" if user.is_bot else "extranet" if user.is_client else "user",
        "website": "",
        "email": user.email,
    }


def _absent(portal: Portal, user: User) -> Json:
    """Say until when somebody is away; an absence that is over is none."""
    until = user.absent_until
    if until is None or until <= portal.now():
        return False
    return (
        moment(until, portal.zone)
        if portal.switches.absence_is_a_moment
        else until.astimezone(portal.zone).date().isoformat()
    )


def history_json(portal: Portal, chat: Chat, session: Session) -> dict[str, Json]:
    """Say a whole session as ``imopenlines.session.history.get`` does: odd lower-case keys, texts for numbers."""
    messages = [one for one in chat.messages if one.session_id == session.id]
    authors = [portal.people.users[one] for one in {m.author for m in messages} | set(chat.members) if one]
    return {
        "chatId": chat.id,
        "canJoin": "Y",
        "canVoteHead": "Y",
        "sessionId": session.id,
        "sessionVoteHead": 0,
        "sessionCommentHead": None,
        "userId": f"chat{chat.id}",
        "message": {str(one.id): _history_message(portal, one) for one in messages} or [],
        "usersMessage": {f"chat{chat.id}": [str(one.id) for one in reversed(messages)]},
        "users": {str(one.id): _history_user(portal, one) for one in sorted(authors, key=lambda user: user.id)},
        "openlines": {"canvoteashead": {str(session.line_id): True}},
        "userInGroup": [],
        "woUserInGroup": [],
        "chat": {str(chat.id): _history_chat(portal, chat)},
        "userBlockChat": {str(chat.id): dict.fromkeys(map(str, chat.members), False)},
        "userInChat": {str(chat.id): list(chat.members)},
        "files": [],
    }


def _history_message(portal: Portal, message: Message) -> dict[str, Json]:
    return {
        "id": str(message.id),
        "chatid": str(message.chat_id),
        "senderid": str(message.author),
        "recipientid": f"chat{message.chat_id}",
        "date": moment(message.at, portal.zone),
        "text": message.text,
        "textlegacy": message.text,
        "params": {_HISTORY_NAMES.get(name, name.lower()): value for name, value in message.params.items()} or [],
    }


def _history_user(portal: Portal, user: User) -> dict[str, Json]:
    said = user_json(portal, user)
    return {
        "id": str(user.id),
        "name": user.full_name,
        "active": user.active,
        "firstName": user.name,
        "lastName": user.last_name,
        "workPosition": user.position,
        "extranet": said["extranet"],
        "bot": user.is_bot,
        "connector": user.is_client,
        "externalAuthId": user.external_auth_id,
        "status": said["status"],
        "idle": False,
        "lastActivityDate": said["last_activity_date"],
        "departments": list(user.departments),
        "absent": said["absent"],
        "type": said["type"],
    }


def _history_chat(portal: Portal, chat: Chat) -> dict[str, Json]:
    session = portal.openlines.session_of(chat)
    return {
        "id": str(chat.id),
        "name": chat.title,
        "owner": str(chat.owner),
        "entityType": "LINES",
        "entityId": chat.user_code,
        "entityData1": chat.entity_data_1(session),
        "entityData2": chat.entity_data_2(),
        "entityData3": "Y" if chat.silent else "N",
        "messageCount": len(chat.messages),
        "managerList": [chat.owner] if chat.owner else [],
        "dateCreate": moment(chat.created_at, portal.zone),
        "type": "lines",
        "messageType": "L",
    }
