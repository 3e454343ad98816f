"""One effect of every kind, with words that must never be found where they do not belong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from core.bitrix24.command import Answer, Json
from core.effects import (
    AddToChat,
    CommentTimeline,
    CreateTask,
    Effect,
    FinishDialog,
    FireTrigger,
    HiddenBrief,
    LeaveChat,
    NotifyStaff,
    ReleaseFromBot,
    RemoveFromChat,
    RenameDialog,
    SendAsOperator,
    SendAutomatic,
    SetResponsible,
    TakeDialog,
    TransferDialog,
    TransferFromBot,
    UnpinDialog,
)

NOON: Final = datetime(2025, 11, 24, 9, 0, tzinfo=UTC)
KEY: Final = "7f3b1c9e-0a4d-4a52-9a39-5a0f4f6f2f11"
WORDS: Final = "Слова $result[a][0] которые никто не должен видеть"

SEND: Final = SendAsOperator(
    chat_id=1777, session_id=343, text=WORDS, crm_type="deal", crm_id=9, user_id=27, after_message_id=100
)
AUTOMATIC: Final = SendAutomatic(chat_id=1777, session_id=343, text=WORDS, after_message_id=100)
ADD: Final = AddToChat(crm_type="deal", crm_id=9, chat_id=1777, user_id=5)
REMOVE: Final = RemoveFromChat(crm_type="deal", crm_id=9, chat_id=1777, user_id=5)
TRANSFER: Final = TransferDialog(chat_id=1777, user_id=5, line_id=22, seen_owner_id=27)
TO_QUEUE: Final = TransferDialog(chat_id=1777, user_id=0, line_id=22, seen_owner_id=27)
RESPONSIBLE: Final = SetResponsible(entity_type_id=2, entity_id=9, user_id=5, seen_user_id=27)
TRIGGER: Final = FireTrigger(code="sla_breached", entity_type_id=2, entity_id=9)
NOTIFY: Final = NotifyStaff(user_id=5, text=WORDS, tag="dezhurny|343|escalate_no_reply|1")
COMMENT: Final = CommentTimeline(entity_type="deal", entity_id=9, text=WORDS)
TASK: Final = CreateTask(
    title=WORDS, description=WORDS, responsible_id=5, creator_id=1, deadline_at=NOON, binding="D_9"
)
RENAME: Final = RenameDialog(chat_id=1777, title="БС - Ромашка", seen_title="Гость №17")
RENAME_AS_GUEST: Final = RENAME.model_copy(update={"joins": True})
FINISH: Final = FinishDialog(chat_id=1777, session_id=343, after_message_id=100)
FINISH_THROUGH: Final = FINISH.model_copy(update={"through": True})
FINISH_OWN: Final = FINISH.model_copy(update={"as_operator": True})
INTERCEPT: Final = TakeDialog(chat_id=1777, session_id=343, user_id=1, seen_owner_id=27)
ANSWER: Final = TakeDialog(chat_id=1777, session_id=343, user_id=1)
UNPIN: Final = UnpinDialog(chat_id=1777, session_id=343)
FROM_BOT: Final = TransferFromBot(chat_id=1777, session_id=343, user_id=5, seen_owner_id=597)
RELEASE: Final = ReleaseFromBot(chat_id=1777, session_id=343, seen_owner_id=597)
BRIEF: Final = HiddenBrief(chat_id=1777, text=WORDS)
BRIEF_OF_A_MEMBER: Final = BRIEF.model_copy(update={"is_member": True})
LEAVE: Final = LeaveChat(chat_id=1777, user_id=1)

ALL: Final[dict[str, Effect]] = {
    "send_as_operator": SEND,
    "send_automatic": AUTOMATIC,
    "add_to_chat": ADD,
    "remove_from_chat": REMOVE,
    "transfer_dialog": TRANSFER,
    "transfer_dialog to the queue": TO_QUEUE,
    "set_responsible": RESPONSIBLE,
    "fire_trigger": TRIGGER,
    "notify_staff": NOTIFY,
    "comment_timeline": COMMENT,
    "create_task": TASK,
    "rename_dialog": RENAME,
    "rename_dialog by a guest": RENAME_AS_GUEST,
    "finish_dialog": FINISH,
    "finish_dialog through both phases": FINISH_THROUGH,
    "finish_dialog of one's own": FINISH_OWN,
    "take_dialog from another": INTERCEPT,
    "take_dialog from the queue": ANSWER,
    "unpin_dialog": UNPIN,
    "transfer_from_bot": FROM_BOT,
    "release_from_bot": RELEASE,
    "hidden_brief": BRIEF,
    "hidden_brief of a member": BRIEF_OF_A_MEMBER,
    "leave_chat": LEAVE,
}


def ok(result: Json) -> Answer:
    return Answer(result)


def failed(error: str, description: str = "no") -> Answer:
    return Answer(error=error, description=description)
