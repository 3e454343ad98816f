"""People on the pages: who they are, whether they are there, what they were told."""

from __future__ import annotations

from sandbox.people import User
from sandbox.portal import Portal
from sandbox.wire import Json, moment


def users(portal: Portal) -> list[dict[str, Json]]:
    return [user_json(portal, user) for user in portal.people.users.values()]


def user_json(portal: Portal, user: User) -> dict[str, Json]:
    is_away = user.absent_until is not None and user.absent_until > portal.now()
    return {
        "id": user.id,
        "name": user.full_name,
        "position": user.position,
        "departments": list(user.departments),
        "admin": user.admin,
        "active": user.active,
        "kind": "client" if user.is_client else "bot" if user.is_bot else "employee",
        "workday": str(user.workday),
        "workdayOpenedAt": moment(user.workday_opened_at, portal.zone),
        "absentUntil": moment(user.absent_until, portal.zone) if is_away else None,
    }


def departments(portal: Portal) -> list[dict[str, Json]]:
    return [
        {"id": one.id, "name": one.name, "parent": one.parent, "head": one.head}
        for one in portal.people.departments.values()
    ]


def notifications(portal: Portal) -> list[dict[str, Json]]:
    return [
        {
            "id": one.id,
            "user_id": one.user_id,
            "author": one.author,
            "text": one.text,
            "tag": one.tag,
            "at": moment(one.at, portal.zone),
        }
        for one in portal.office.notifications
    ]
