"""One call of every method that the vendor shows an example answer of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.crm import DEAL, LEAD
from sandbox.demo import ACCOUNTING_LINE, ANNA, BOT, CHIEF, DMITRY, FUNNEL, PROCESS_TYPE, QUICK_LIST
from sandbox.dialogs import Chat
from sandbox.portal import Portal
from sandbox.rest.bizproc import event_send  # noqa: F401 - fills the table of methods
from tests.sandbox.conftest import HANDLER, Asker
from tests.sandbox.demo_dialogs import chat_of, operator

Ask = Callable[[Asker, Portal], Any]

#: This portal has no bots of applications.
REFUSED = {"imopenlines.bot.session.transfer", "imopenlines.bot.session.finish"}
ROBOT: dict[str, Any] = {"CODE": "r", "HANDLER": f"{HANDLER}/robot/r", "NAME": "R", "USE_SUBSCRIPTION": "Y"}
DEAL_1: dict[str, Any] = {"CRM_ENTITY_TYPE": "deal", "CRM_ENTITY": 1}


def prepare(portal: Portal) -> None:
    """Bring the demo to a state in which every call below has something to say."""
    portal.crm.move(portal.crm.items[DEAL, 1], "C3:WORK")
    portal.crm.move(portal.crm.items[LEAD, 1], "IN_PROCESS")
    portal.people.users[ANNA].absent_until = None


def chat(portal: Portal) -> Chat:
    return chat_of(portal, 1)


def _waiting(ask: Asker, portal: Portal, kind: str = "robot") -> str:
    """Register a robot, let it wait on a stage, and return its token."""
    ask(f"bizproc.{kind}.add", **ROBOT)
    from sandbox.workflows import PlacedRobot

    portal.bizproc.placed[DEAL, "C3:WON"] = [PlacedRobot("r", {})]
    portal.crm.move(portal.crm.items[DEAL, 1], "C3:WON")
    return portal.bizproc.history[-1].runs[0].token


def _registered(ask: Asker, kind: str) -> Any:
    return ask(f"bizproc.{kind}.add", **ROBOT)


def _with(*before: Callable[[], Any], then: Callable[[], Any]) -> Any:
    for step in before:
        step()
    return then()


def _on_chat(method: str, *, as_operator: bool = False, **more: Any) -> Ask:
    def call(ask: Asker, portal: Portal) -> Any:
        who = operator(portal) if as_operator else ask
        return who(method, CHAT_ID=chat(portal).id, **more)

    return call


def _last_of_staff(portal: Portal) -> int:
    return next(one.id for one in reversed(chat(portal).messages) if one.author == ANNA)


def _on_staff_message(method: str, **more: Any) -> Ask:
    return lambda _, portal: operator(portal)(method, MESSAGE_ID=_last_of_staff(portal), **more)


def _task(ask: Asker) -> dict[str, Any]:
    task: dict[str, Any] = ask("tasks.task.add", fields={"TITLE": "x", "RESPONSIBLE_ID": ANNA, "UF_CRM_TASK": ["D_1"]})
    return dict(task["task"])


def _bound(ask: Asker) -> Any:
    return ask("placement.bind", PLACEMENT="CRM_DEAL_DETAIL_TAB", HANDLER=f"{HANDLER}/app", TITLE="t")


def _comment(ask: Asker) -> Any:
    return ask("crm.timeline.comment.add", fields={"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "x"})


def _bots_dialog(ask: Asker, portal: Portal) -> Any:
    portal.openlines.accept(chat(portal), portal.people.users[BOT])
    return ask("imopenlines.bot.session.operator", CHAT_ID=chat(portal).id)


#: The selection that the example of a list shows.
LISTED = [
    "TITLE",
    "STATUS",
    "DESCRIPTION",
    "DEADLINE",
    "RESPONSIBLE_ID",
    "CREATED_DATE",
    "AUDITORS",
    "accomplices",
    "accomplicesData",
    "auditorsData",
    "counter",
    "group",
    "lengthDeadline",
    "mark",
    "parsedDescription",
    "priority",
    "responsible",
    "subStatus",
    "tags",
    "taskHasOpenResult",
    "taskHasResult",
    "taskRequireResult",
    "timeElapsed",
    "timerIsRunningForCurrentUser",
    "descriptionInBbcode",
]
_TRIGGER = {"CODE": "late", "NAME": "Late"}

CALLS: dict[str, Ask] = {
    "feature.get": lambda ask, _: ask("feature.get", CODE="x"),
    "method.get": lambda ask, _: ask("method.get", name="batch"),
    "event.bind": lambda ask, _: ask("event.bind", event="ONCRMDEALUPDATE", handler=f"{HANDLER}/event"),
    "event.unbind": lambda ask, _: ask("event.unbind", event="ONCRMDEALUPDATE", handler=f"{HANDLER}/event"),
    "placement.unbind": lambda ask, _: ask("placement.unbind", PLACEMENT="CRM_DEAL_DETAIL_TAB"),
    "placement.get": lambda ask, _: _with(lambda: _bound(ask), then=lambda: ask("placement.get")),
    "placement.list": lambda ask, _: ask("placement.list"),
    "bizproc.robot.add": lambda ask, _: _registered(ask, "robot"),
    "bizproc.robot.update": lambda ask, _: _with(
        lambda: _registered(ask, "robot"), then=lambda: ask("bizproc.robot.update", CODE="r", FIELDS={"NAME": "x"})
    ),
    "bizproc.robot.delete": lambda ask, _: _with(
        lambda: _registered(ask, "robot"), then=lambda: ask("bizproc.robot.delete", CODE="r")
    ),
    "bizproc.activity.add": lambda ask, _: _registered(ask, "activity"),
    "bizproc.activity.update": lambda ask, _: _with(
        lambda: _registered(ask, "activity"),
        then=lambda: ask("bizproc.activity.update", CODE="r", FIELDS={"NAME": "x"}),
    ),
    "bizproc.activity.delete": lambda ask, _: _with(
        lambda: _registered(ask, "activity"), then=lambda: ask("bizproc.activity.delete", CODE="r")
    ),
    "bizproc.activity.list": lambda ask, _: _with(
        lambda: _registered(ask, "activity"), then=lambda: ask("bizproc.activity.list")
    ),
    "bizproc.event.send": lambda ask, portal: ask("bizproc.event.send", EVENT_TOKEN=_waiting(ask, portal)),
    "bizproc.activity.log": lambda ask, portal: ask(
        "bizproc.activity.log", EVENT_TOKEN=_waiting(ask, portal), LOG_MESSAGE="x"
    ),
    "imopenlines.bot.session.operator": _bots_dialog,
    "imopenlines.bot.session.message.send": _on_chat(
        "imopenlines.bot.session.message.send", NAME="DEFAULT", MESSAGE="x"
    ),
    "imopenlines.crm.chat.get": lambda ask, _: ask("imopenlines.crm.chat.get", **DEAL_1),
    "imopenlines.crm.chat.getLastId": lambda ask, _: ask("imopenlines.crm.chat.getLastId", **DEAL_1),
    "imopenlines.crm.message.add": lambda ask, portal: ask(
        "imopenlines.crm.message.add", **DEAL_1, USER_ID=ANNA, CHAT_ID=chat(portal).id, MESSAGE="x"
    ),
    "imopenlines.crm.chat.user.add": lambda ask, _: ask("imopenlines.crm.chat.user.add", **DEAL_1, USER_ID=CHIEF),
    "imopenlines.crm.chat.user.delete": lambda ask, _: ask("imopenlines.crm.chat.user.delete", **DEAL_1, USER_ID=ANNA),
    "imopenlines.crm.lead.create": _on_chat("imopenlines.crm.lead.create", as_operator=True),
    "imopenlines.dialog.get": _on_chat("imopenlines.dialog.get"),
    "imopenlines.config.list.get": lambda ask, _: ask(
        "imopenlines.config.list.get",
        PARAMS={"select": ["ID", "LINE_NAME", "ACTIVE"]},
        OPTIONS={"QUEUE": "Y", "CONFIG_QUEUE": "Y"},
    ),
    "imopenlines.config.update": lambda ask, _: ask(
        "imopenlines.config.update", CONFIG_ID=ACCOUNTING_LINE, PARAMS={"LINE_NAME": "x"}
    ),
    "imopenlines.operator.answer": _on_chat("imopenlines.operator.answer"),
    "imopenlines.operator.transfer": _on_chat("imopenlines.operator.transfer", USER_ID=DMITRY),
    "imopenlines.operator.skip": _on_chat("imopenlines.operator.skip"),
    "imopenlines.operator.finish": _on_chat("imopenlines.operator.finish", as_operator=True),
    "imopenlines.operator.another.finish": _on_chat("imopenlines.operator.another.finish"),
    "imopenlines.operator.spam": _on_chat("imopenlines.operator.spam"),
    "imopenlines.session.open": lambda ask, portal: ask("imopenlines.session.open", USER_CODE=chat(portal).user_code),
    "imopenlines.session.join": _on_chat("imopenlines.session.join"),
    "imopenlines.session.start": _on_chat("imopenlines.session.start"),
    "imopenlines.session.intercept": _on_chat("imopenlines.session.intercept"),
    "imopenlines.session.mode.pin": _on_chat("imopenlines.session.mode.pin", as_operator=True),
    "imopenlines.session.mode.pinAll": lambda _, portal: operator(portal)("imopenlines.session.mode.pinAll"),
    "imopenlines.session.mode.unpinAll": lambda _, portal: _with(
        lambda: operator(portal)("imopenlines.session.mode.pinAll"),
        then=lambda: operator(portal)("imopenlines.session.mode.unpinAll"),
    ),
    "imopenlines.session.mode.silent": _on_chat("imopenlines.session.mode.silent"),
    "imopenlines.session.head.vote": lambda ask, portal: ask(
        "imopenlines.session.head.vote", SESSION_ID=chat(portal).session_id, RATING=5
    ),
    "imopenlines.message.session.start": lambda ask, portal: ask(
        "imopenlines.message.session.start", CHAT_ID=chat(portal).id, MESSAGE_ID=chat(portal).last_message_id
    ),
    "imopenlines.message.quick.save": lambda ask, portal: ask(
        "imopenlines.message.quick.save", CHAT_ID=chat(portal).id, MESSAGE_ID=chat(portal).last_message_id
    ),
    "im.message.add": lambda _, portal: operator(portal)(
        "im.message.add", DIALOG_ID=f"chat{chat(portal).id}", MESSAGE="x"
    ),
    "im.message.update": _on_staff_message("im.message.update", MESSAGE="y"),
    "im.message.delete": _on_staff_message("im.message.delete"),
    "im.dialog.get": lambda ask, portal: ask("im.dialog.get", DIALOG_ID=f"chat{chat(portal).id}"),
    "im.chat.get": lambda ask, portal: ask("im.chat.get", ENTITY_TYPE="LINES", ENTITY_ID=chat(portal).user_code),
    "im.chat.user.list": _on_chat("im.chat.user.list"),
    "im.chat.updateTitle": _on_chat("im.chat.updateTitle", as_operator=True, TITLE="x"),
    "im.chat.leave": _on_chat("im.chat.leave", as_operator=True),
    "im.chat.user.add": _on_chat("im.chat.user.add", as_operator=True, USERS=[CHIEF]),
    "im.chat.user.delete": _on_chat("im.chat.user.delete", as_operator=True, USER_ID=ANNA),
    "im.notify.system.add": lambda ask, _: ask("im.notify.system.add", USER_ID=ANNA, MESSAGE="x"),
    "im.notify.personal.add": lambda ask, _: ask("im.notify.personal.add", USER_ID=ANNA, MESSAGE="x"),
    "im.notify.delete": lambda ask, _: ask("im.notify.delete", TAG="x"),
    "im.user.get": lambda ask, _: ask("im.user.get", ID=ANNA),
    "im.user.list.get": lambda ask, _: ask("im.user.list.get", ID=[ANNA]),
    "user.get": lambda ask, _: ask("user.get"),
    "department.get": lambda ask, _: ask("department.get"),
    "timeman.status": lambda ask, _: ask("timeman.status", USER_ID=ANNA),
    "timeman.settings": lambda ask, _: ask("timeman.settings", USER_ID=ANNA),
    "timeman.schedule.get": lambda ask, _: ask("timeman.schedule.get", id=1),
    "lists.element.get": lambda ask, _: ask(
        "lists.element.get",
        IBLOCK_TYPE_ID="lists",
        IBLOCK_ID=QUICK_LIST,
        SELECT=["NAME", "CODE", "IBLOCK_SECTION_ID", "CREATED_BY"],
    ),
    "tasks.task.add": lambda ask, _: {"task": _task(ask)},
    "tasks.task.list": lambda ask, _: _with(lambda: _task(ask), then=lambda: ask("tasks.task.list", select=LISTED)),
    "tasks.task.get": lambda ask, _: ask(
        "tasks.task.get",
        taskId=_task(ask)["id"],
        select=["ID", "TITLE", "DESCRIPTION", "DEADLINE", "CREATED_BY", "RESPONSIBLE_ID", "UF_CRM_TASK"],
    ),
    "tasks.task.update": lambda ask, _: ask("tasks.task.update", taskId=_task(ask)["id"], fields={"TITLE": "y"}),
    "crm.item.get": lambda ask, _: ask("crm.item.get", entityTypeId=LEAD, id=1),
    "crm.item.list": lambda ask, _: ask(
        "crm.item.list",
        entityTypeId=LEAD,
        select=[
            "id",
            "title",
            "lastName",
            "name",
            "stageId",
            "sourceId",
            "assignedById",
            "opportunity",
            "isManualOpportunity",
        ],
    ),
    "crm.item.add": lambda ask, _: ask("crm.item.add", entityTypeId=DEAL, fields={"title": "x", "contactIds": [100]}),
    "crm.item.update": lambda ask, _: ask("crm.item.update", entityTypeId=DEAL, id=1, fields={"title": "x"}),
    "crm.item.delete": lambda ask, _: ask("crm.item.delete", entityTypeId=DEAL, id=1),
    "crm.lead.get": lambda ask, _: ask("crm.lead.get", id=1),
    "crm.lead.update": lambda ask, _: ask("crm.lead.update", id=1, fields={"TITLE": "x"}),
    "crm.deal.get": lambda ask, _: ask("crm.deal.get", id=1),
    "crm.deal.list": lambda ask, _: ask(
        "crm.deal.list",
        select=[
            "TITLE",
            "TYPE_ID",
            "CATEGORY_ID",
            "STAGE_ID",
            "OPPORTUNITY",
            "IS_MANUAL_OPPORTUNITY",
            "ASSIGNED_BY_ID",
            "DATE_CREATE",
        ],
    ),
    "crm.deal.update": lambda ask, _: ask("crm.deal.update", id=1, fields={"TITLE": "x"}),
    "crm.contact.get": lambda ask, _: ask("crm.contact.get", id=100),
    "crm.contact.list": lambda ask, _: ask(
        "crm.contact.list", select=["NAME", "LAST_NAME", "EMAIL", "EXPORT", "ASSIGNED_BY_ID", "DATE_CREATE"]
    ),
    "crm.company.get": lambda ask, _: ask("crm.company.get", id=40),
    "crm.company.list": lambda ask, _: ask("crm.company.list", select=["TITLE", "ASSIGNED_BY_ID", "PHONE"]),
    "crm.company.update": lambda ask, _: ask("crm.company.update", id=40, fields={"TITLE": "x"}),
    "crm.type.list": lambda ask, _: ask("crm.type.list"),
    "crm.type.getByEntityTypeId": lambda ask, _: ask("crm.type.getByEntityTypeId", entityTypeId=PROCESS_TYPE),
    "crm.category.list": lambda ask, _: ask("crm.category.list", entityTypeId=DEAL),
    "crm.category.get": lambda ask, _: ask("crm.category.get", entityTypeId=DEAL, id=FUNNEL),
    "crm.status.list": lambda ask, _: ask("crm.status.list"),
    "crm.stagehistory.list": lambda ask, _: ask("crm.stagehistory.list", entityTypeId=DEAL),
    "crm.activity.get": lambda ask, portal: ask("crm.activity.get", id=_activity(portal)),
    "crm.activity.update": lambda ask, portal: ask(
        "crm.activity.update", id=_activity(portal), fields={"SUBJECT": "x"}
    ),
    "crm.activity.todo.add": lambda ask, _: ask(
        "crm.activity.todo.add", ownerTypeId=DEAL, ownerId=1, deadline="2026-11-25T10:00:00+03:00"
    ),
    "crm.timeline.comment.add": lambda ask, _: _comment(ask),
    "crm.timeline.comment.list": lambda ask, _: _with(
        lambda: _comment(ask),
        then=lambda: ask("crm.timeline.comment.list", filter={"ENTITY_ID": 1, "ENTITY_TYPE": "deal"}),
    ),
    "crm.automation.trigger": lambda ask, _: ask("crm.automation.trigger", target="DEAL_1", code="x"),
    "crm.automation.trigger.add": lambda ask, _: ask("crm.automation.trigger.add", **_TRIGGER),
    "crm.automation.trigger.delete": lambda ask, _: _with(
        lambda: ask("crm.automation.trigger.add", **_TRIGGER),
        then=lambda: ask("crm.automation.trigger.delete", CODE="late"),
    ),
    "crm.automation.trigger.execute": lambda ask, _: _with(
        lambda: ask("crm.automation.trigger.add", **_TRIGGER),
        then=lambda: ask("crm.automation.trigger.execute", CODE="late", OWNER_TYPE_ID=DEAL, OWNER_ID=1),
    ),
}


def _activity(portal: Portal) -> int:
    session = portal.openlines.last_session(chat(portal))
    assert session is not None
    assert session.activity is not None
    return session.activity.id
