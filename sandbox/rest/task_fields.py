"""Tasks as ``tasks.task.*`` spells them: camelCase, numbers as texts (openlines.md part 6)."""

from __future__ import annotations

from sandbox.office import Task
from sandbox.people import User
from sandbox.portal import Portal
from sandbox.rest.lists import Row
from sandbox.wire import Json, moment

_COMPLETED = 5
#: Fields that every task has and nothing here heeds.
_BLANK: Row = {
    **dict.fromkeys(("commentsCount", "dateStart", "durationFact", "durationPlan", "endDatePlan", "exchangeId")),
    **dict.fromkeys(("exchangeModified", "flowId", "forkedByTemplateId", "forumId", "forumTopicId", "mark")),
    **dict.fromkeys(("parentId", "serviceCommentsCount", "sorting", "startDatePlan", "statusChangedBy")),
    **dict.fromkeys(("timeSpentInLogs", "viewedDate", "xmlId")),
    "accomplices": [],
    "accomplicesData": [],
    "checklist": [],
    "group": [],
    **dict.fromkeys(("addInReport", "allowChangeDeadline", "allowTimeTracking", "favorite", "isMuted"), "N"),
    **dict.fromkeys(("isPinned", "isPinnedInGroup", "matchWorkTime", "multitask", "notViewed", "replicate"), "N"),
    "taskControl": "N",
    "subordinate": "N",
    "checkListCanAdd": True,
    "checkListTree": [],
    "descriptionInBbcode": "Y",
    "durationType": "days",
    "groupId": "0",
    "newCommentsCount": 0,
    "outlookVersion": "1",
    "priority": "1",
    "siteId": "s1",
    "stageId": "0",
    "timeEstimate": "0",
}
_BLANK_IN_LISTS: Row = {
    **dict.fromkeys(("taskHasOpenResult", "taskHasResult", "taskRequireResult", "timerIsRunningForCurrentUser"), "N"),
    "counter": {
        "color": "gray",
        "value": 0,
        "counters": {
            "expired": 0,
            "mutedExpired": 0,
            "mutedNewComments": 0,
            "newComments": 0,
            "projectExpired": 0,
            "projectNewComments": 0,
        },
    },
    "lengthDeadline": "0",
    "tags": [],
    "timeElapsed": None,
}
_ALWAYS = ("addFavorite", "changeDeadline", "checklist.add", "checklist.reorder", "checklistAddItems", "create")
_WHILE_OPEN = ("complete", "defer", "delegate", "edit", "edit.plan", "elapsedtime.add", "rate", "remove", "start")
_NEVER = (
    "accept",
    "approve",
    "dayplan.timer.toggle",
    "decline",
    "deleteFavorite",
    "disapprove",
    "edit.originator",
    "favorite.delete",
    "pause",
    "take",
)


def task_fields(portal: Portal, task: Task) -> Row:
    zone = portal.zone
    changed = moment(task.changed_at or task.created_at, zone)
    return {
        **_BLANK,
        **portal.office.task_fields(task),
        "action": _actions(task),
        "activityDate": changed,
        "auditorsData": {str(one): _person(portal, one) for one in task.auditors} or [],
        "changedBy": str(task.created_by),
        "changedDate": changed,
        "closedBy": str(task.closed_by) if task.closed_by else None,
        "closedDate": moment(task.closed_at, zone),
        "createdDate": moment(task.created_at, zone),
        "creator": _person(portal, task.created_by),
        "guid": f"{{00000000-0000-4000-8000-{task.id:012d}}}",
        "responsible": _person(portal, task.responsible),
        "statusChangedDate": changed,
    }


def listed_fields(portal: Portal, task: Task) -> Row:
    """Say a task as lists do, which count and tag it besides."""
    said = task_fields(portal, task)
    more = {"subStatus": said["status"], "parsedDescription": task.description}
    return {**said, **_BLANK_IN_LISTS, **more}


def _actions(task: Task) -> Json:
    is_open = task.status != _COMPLETED
    return {
        **dict.fromkeys(_NEVER, False),
        **dict.fromkeys((*_ALWAYS, "favorite.add"), True),
        **dict.fromkeys(_WHILE_OPEN, is_open),
        "renew": not is_open,
    }


def _person(portal: Portal, user_id: int) -> Json:
    user: User | None = portal.people.get(user_id)
    return {
        "id": str(user_id),
        "name": user.full_name if user else "",
        "link": f"/company/personal/user/{user_id}/",
        "icon": "/bitrix/images/tasks/default_avatar.png",
        "workPosition": user.position if user else "",
    }
