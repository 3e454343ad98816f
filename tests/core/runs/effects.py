"""Every effect as a robot plans it for the dialog it sees, and how the portal tells that it happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.effects import (
    AddToChat,
    CommentTimeline,
    CreateTask,
    Effect,
    FinishDialog,
    FireTrigger,
    NotifyStaff,
    RemoveFromChat,
    RenameDialog,
    SendAsOperator,
    SendAutomatic,
    SetResponsible,
    TransferDialog,
)
from core.robots import DialogView
from tests.core.runs.probe import Context
from tests.portal_side import ANNA, DIRECTOR, DMITRY, SUPPORT

Make = Callable[[DialogView, Context], Effect]


@dataclass(frozen=True, slots=True)
class Case:
    """An effect, the REST method it goes by, and the name under which the portal remembers that it happened."""

    kind: str
    make: Make
    method: str
    happened: str


def operator(dialog: DialogView, ctx: Context) -> Effect:
    assert dialog.crm_binding is not None
    kind, number = dialog.crm_binding
    return SendAsOperator(
        chat_id=dialog.chat.id,
        session_id=dialog.session_id,
        text="Здравствуйте! Расчёт будет в пятницу.",
        after_message_id=dialog.chat.last_message_id,
        crm_type=kind,
        crm_id=number,
        user_id=ANNA,
    )


def automatic(dialog: DialogView, ctx: Context) -> Effect:
    return SendAutomatic(
        chat_id=dialog.chat.id,
        session_id=dialog.session_id,
        text="Мы получили ваше сообщение.",
        after_message_id=dialog.chat.last_message_id,
    )


def added(dialog: DialogView, ctx: Context) -> Effect:
    assert dialog.crm_binding is not None
    kind, number = dialog.crm_binding
    return AddToChat(crm_type=kind, crm_id=number, chat_id=dialog.chat.id, user_id=DMITRY)


def removed(dialog: DialogView, ctx: Context) -> Effect:
    assert dialog.crm_binding is not None
    kind, number = dialog.crm_binding
    return RemoveFromChat(crm_type=kind, crm_id=number, chat_id=dialog.chat.id, user_id=SUPPORT)


def transferred(dialog: DialogView, ctx: Context) -> Effect:
    return TransferDialog(chat_id=dialog.chat.id, user_id=DMITRY, line_id=dialog.line_id, seen_owner_id=ANNA)


def renamed(dialog: DialogView, ctx: Context) -> Effect:
    return RenameDialog(chat_id=dialog.chat.id, title="БС - Ромашка", seen_title=dialog.title, joins=True)


def finished(dialog: DialogView, ctx: Context) -> Effect:
    return FinishDialog(
        chat_id=dialog.chat.id, session_id=dialog.session_id, after_message_id=dialog.chat.last_message_id
    )


def responsible(dialog: DialogView, ctx: Context) -> Effect:
    return SetResponsible(entity_type_id=2, entity_id=ctx.item.id, user_id=DMITRY, seen_user_id=ANNA)


def commented(dialog: DialogView, ctx: Context) -> Effect:
    return CommentTimeline(entity_type="deal", entity_id=ctx.item.id, text="Клиент ждёт ответа.")


def task(dialog: DialogView, ctx: Context) -> Effect:
    return CreateTask(
        title="Ответить клиенту",
        description="Он ждёт.",
        responsible_id=ANNA,
        creator_id=DIRECTOR,
        deadline_at=ctx.now,
        binding=ctx.item.task_binding,
    )


def trigger(dialog: DialogView, ctx: Context) -> Effect:
    return FireTrigger(code="waits", entity_type_id=2, entity_id=ctx.item.id)


def note(dialog: DialogView, ctx: Context) -> Effect:
    return NotifyStaff(user_id=ANNA, text="Клиент ждёт.", tag="probe")


CASES = (
    Case("send_as_operator", operator, "imopenlines.crm.message.add", "message"),
    Case("send_automatic", automatic, "imopenlines.bot.session.message.send", "message"),
    Case("add_to_chat", added, "imopenlines.crm.chat.user.add", "join"),
    Case("remove_from_chat", removed, "imopenlines.crm.chat.user.delete", "leave"),
    Case("transfer_dialog", transferred, "imopenlines.operator.transfer", "transfer"),
    Case("rename_dialog", renamed, "im.chat.updateTitle", "rename"),
    Case("finish_dialog", finished, "imopenlines.operator.another.finish", "close"),
    Case("set_responsible", responsible, "crm.item.update", "responsible"),
    Case("comment_timeline", commented, "crm.timeline.comment.add", "comment"),
    Case("create_task", task, "tasks.task.add", "task"),
    Case("fire_trigger", trigger, "crm.automation.trigger.execute", "trigger"),
    Case("notify_staff", note, "im.notify.system.add", "notification"),
)
