"""Calls through the vendor's client: what it is asked, and what its answer must be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.demo import ACCOUNTING_LINE, ANNA, DMITRY, QUICK_LIST

#: The client, and what it makes of an answer, have no types of their own.
Client = Any
It = Any

ROBOT: dict[str, Any] = {
    "code": "look",
    "handler": "https://127.0.0.1/robot/look",
    "name": {"ru": "Посмотреть", "en": "Look"},
    "use_subscription": True,
    "properties": {"text": {"Name": "Text", "Type": "string", "Required": "Y"}},
    "return_properties": {"result": {"Name": "Result", "Type": "string"}},
}
DEAL = {"crm_entity_type": "DEAL", "crm_entity": 1}
DIALOGS = {"PROVIDER_ID": "IMOPENLINES_SESSION", "BINDINGS": [{"OWNER_TYPE_ID": 2, "OWNER_ID": 1}]}
TASK = {"TITLE": "Call", "RESPONSIBLE_ID": ANNA, "UF_CRM_TASK": ["D_1"]}
COMMENT = {"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "ok"}
STAGES = ["C3:NEW", "C3:WORK", "C3:WAIT", "C3:WON"]
TAB = "https://127.0.0.1/tab"


def moment(it: It) -> datetime:
    return it if isinstance(it, datetime) else datetime.fromisoformat(it)


def keys(it: It) -> list[int]:
    return [one.bitrix_pk for one in it]


#: By the name in REST: a method of the client's own, and what it must give.
CALLS: dict[str, tuple[Callable[[Client], Any], Callable[[It], Any]]] = {
    "profile": (lambda c: c.profile(), lambda it: it.bitrix_id == 1 and it.time_zone.key == "Europe/Moscow"),
    "scope": (lambda c: c.scope(), lambda it: "bizproc" in it),
    "server.time": (lambda c: c.server.time(), lambda it: moment(it) == moment("2026-11-24T11:00:00+03:00")),
    "feature.get": (lambda c: c.feature.get("rest_offline_extended"), lambda it: it.value is False),
    "method.get": (lambda c: c.method.get("crm.item.get"), lambda it: it.is_existing and it.is_available),
    "user.admin": (lambda c: c.user.admin(), lambda it: it is True),
    "user.current": (lambda c: c.user.current(), lambda it: it.bitrix_pk == 1),
    "user.get": (lambda c: c.user.get(filter={"ACTIVE": True}), lambda it: keys(it) == [1, 7, 8, 9, 12]),
    "department.get": (lambda c: c.department.get(), lambda it: keys(it) == [1, 3, 5]),
    "timeman.status": (lambda c: c.timeman.status(user_id=ANNA), lambda it: it["STATUS"] == "OPENED"),
    "timeman.settings": (lambda c: c.timeman.settings(user_id=ANNA), lambda it: it["UF_TIMEMAN"] is True),
    "timeman.schedule.get": (lambda c: c.timeman.schedule.get(1), lambda it: it["SHIFTS"]),
    "calendar.settings.get": (lambda c: c.calendar.settings.get(), lambda it: float(it["work_time_end"]) == 18),
    "calendar.accessibility.get": (
        lambda c: c.calendar.accessibility.get([ANNA, DMITRY], "2026-11-24", "2026-11-25"),
        lambda it: set(it) == {str(ANNA), str(DMITRY)},
    ),
    "crm.item.list": (lambda c: c.crm.item.list(2).as_list(), lambda it: it[0]["id"] == 1),
    "crm.item.get": (lambda c: c.crm.item.get(2, 1), lambda it: it["item"]["stageId"] == "C3:NEW"),
    "crm.item.update": (lambda c: c.crm.item.update(2, 1, {"title": "A"}), lambda it: it["item"]["title"] == "A"),
    "crm.deal.get": (lambda c: c.crm.deal.get(1), lambda it: it["ID"] == "1"),
    "crm.activity.list": (lambda c: c.crm.activity.list(filter=DIALOGS), lambda it: len(it) == 1),
    "crm.status.list": (
        lambda c: c.crm.status.list(filter={"ENTITY_ID": "DEAL_STAGE_3"}),
        lambda it: [one["STATUS_ID"] for one in it] == STAGES,
    ),
    "crm.timeline.comment.add": (lambda c: c.crm.timeline.comment.add(COMMENT), lambda it: it > 0),
    "tasks.task.add": (lambda c: c.tasks.task.add(TASK), lambda it: it["task"]["responsibleId"] == str(ANNA)),
    "lists.element.get": (
        lambda c: c.lists.element.get("lists", iblock_id=QUICK_LIST).as_list(),
        lambda it: it and all(one["NAME"] for one in it),
    ),
    "bizproc.robot.add": (lambda c: c.bizproc.robot.add(**ROBOT), lambda it: it is True),
    "bizproc.robot.list": (lambda c: c.bizproc.robot.list(), lambda it: it == []),
    "bizproc.activity.list": (lambda c: c.bizproc.activity.list(), lambda it: it == []),
    "bizproc.workflow.instances": (lambda c: c.bizproc.workflow.instances(), lambda it: it == []),
    "im.user.get": (lambda c: c.im.user.get(bitrix_id=ANNA), lambda it: it["id"] == ANNA),
    "im.user.list.get": (
        lambda c: c.im.user.list.get([ANNA, DMITRY]),
        lambda it: [one["id"] for one in it] == [ANNA, DMITRY],
    ),
    "im.department.get": (lambda c: c.im.department.get([1]), lambda it: it),
    "im.department.managers.get": (lambda c: c.im.department.managers.get([3], user_data=True), lambda it: "3" in it),
    "im.notify.system.add": (lambda c: c.im.notify.system.add(ANNA, "Look", tag="T|1"), lambda it: it > 0),
    "im.notify.personal.add": (lambda c: c.im.notify.personal.add(ANNA, "Look"), lambda it: it > 0),
    "imopenlines.config.get": (
        lambda c: c.imopenlines.config.get(ACCOUNTING_LINE, with_queue=True),
        lambda it: it["ID"] == str(ACCOUNTING_LINE) and it["QUEUE"],
    ),
    "imopenlines.config.list.get": (lambda c: c.imopenlines.config.list.get(), lambda it: len(it) == 2),
    "event.bind": (lambda c: c.event.bind("ONCRMDEALUPDATE", "https://127.0.0.1/event"), lambda it: it is True),
    "event.get": (lambda c: c.event.get(), lambda it: it == []),
    "placement.bind": (lambda c: c.placement.bind("CRM_DEAL_DETAIL_TAB", TAB, title="Look"), lambda it: it is True),
    "placement.get": (lambda c: c.placement.get(), lambda it: it == []),
}  # fmt: skip

#: The same in the dialog of deal 1, which goes by its number.
IN_A_DIALOG: dict[str, tuple[Callable[[Client, int], Any], Callable[[It, int], Any]]] = {
    "im.chat.user.list": (lambda c, chat: c.im.chat.user.list(chat), lambda it, _: ANNA in it),
    "im.chat.user.add": (lambda c, chat: c.im.chat.user.add(chat, [DMITRY]), lambda it, _: it is True),
    "im.chat.updateTitle": (lambda c, chat: c.im.chat.update_title("New", chat_id=chat), lambda it, _: it is True),
    "im.dialog.get": (lambda c, chat: c.im.dialog.get(f"chat{chat}"), lambda it, chat: it["id"] == chat),
    "im.dialog.messages.get": (
        lambda c, chat: c.im.dialog.messages.get(f"chat{chat}", limit=20),
        lambda it, chat: it["chat_id"] == chat and it["messages"][0]["id"] > it["messages"][-1]["id"],
    ),
    "im.message.add": (lambda c, chat: c.im.message.add(dialog_id=f"chat{chat}", message="Yes"), lambda it, _: it > 0),
    "imopenlines.crm.chat.get": (
        lambda c, _: c.imopenlines.crm.chat.get(**DEAL, active_only=False),
        lambda it, chat: it[0]["CHAT_ID"] == str(chat),
    ),
    "imopenlines.crm.chat.getLastId": (
        lambda c, _: c.imopenlines.crm.chat.get_last_id(**DEAL),
        lambda it, chat: it == chat,
    ),
    "imopenlines.crm.message.add": (
        lambda c, chat: c.imopenlines.crm.message.add(**DEAL, user_id=ANNA, chat_id=chat, message="a+b & c #1 100%"),
        lambda it, _: it > 0,
    ),
    "imopenlines.dialog.get": (
        lambda c, chat: c.imopenlines.dialog.get(chat_id=chat),
        lambda it, chat: it["id"] == chat,
    ),
    "imopenlines.session.history.get": (
        lambda c, chat: c.imopenlines.session.history.get(chat_id=chat),
        lambda it, chat: it["chatId"] == chat and it["message"],
    ),
    "imopenlines.session.intercept": (lambda c, chat: c.imopenlines.session.intercept(chat), lambda it, _: it is True),
    "imopenlines.operator.transfer": (
        lambda c, chat: c.imopenlines.operator.transfer(chat, transfer_id=DMITRY),
        lambda it, _: it is True,
    ),
    "imopenlines.operator.another.finish": (
        lambda c, chat: c.imopenlines.operator.another.finish(chat),
        lambda it, _: it is True,
    ),
}  # fmt: skip
