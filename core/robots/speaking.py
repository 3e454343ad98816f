"""How a message of ours reaches a client: in whose name, and who has to be put into the chat for it."""

from __future__ import annotations

from datetime import datetime

from core.bitrix24.command import Command
from core.bitrix24.wire import as_int, as_list
from core.dialogs.view import DialogView
from core.effects import AddToChat, Effect, RemoveFromChat, SendAsOperator, SendAutomatic
from core.robots.context import Ctx, InputT, StateT
from core.texts.text import Text


async def spoken(
    ctx: Ctx[InputT, StateT],
    dialog: DialogView,
    text: str,
    *,
    author_id: int = 0,
    once: str = "",
    stale_at: datetime | None = None,
) -> tuple[tuple[Effect, ...], Text]:
    """Say it in an operator's name where a person accepted the dialog, automatically otherwise (decisions.md 47).

    The author is the dialog's owner unless another one is given; the second value says how, for the log.
    """
    binding = dialog.crm_binding
    if not dialog.accepted or dialog.closing or dialog.owner_is_bot or dialog.chat.silent or binding is None:
        how = Text("Автоматическое: диалог никем не принят", "Automatic: nobody accepted the dialog")
        return (automatic(dialog, text, once=once, stale_at=stale_at),), how
    author, (kind, number) = author_id or dialog.owner_id, binding
    message = SendAsOperator(
        chat_id=dialog.chat.id,
        session_id=dialog.session_id,
        text=text,
        crm_type=kind,
        crm_id=number,
        user_id=author,
        after_message_id=dialog.chat.last_message_id,
        once=once,
        stale_at=stale_at,
    )
    if await _may_speak(ctx, dialog, author):
        return (message,), Text("От имени сотрудника, который в чате", "In the name of somebody in the chat")
    add = AddToChat(crm_type=kind, crm_id=number, chat_id=dialog.chat.id, user_id=author)
    remove = RemoveFromChat(crm_type=kind, crm_id=number, chat_id=dialog.chat.id, user_id=author)
    how = Text("Автора нет в чате: добавим и уберём", "The author is not in the chat: added, then removed")
    return (add, message, remove), how


def automatic(dialog: DialogView, text: str, *, once: str = "", stale_at: datetime | None = None) -> SendAutomatic:
    return SendAutomatic(
        chat_id=dialog.chat.id,
        session_id=dialog.session_id,
        text=text,
        after_message_id=dialog.chat.last_message_id,
        once=once,
        stale_at=stale_at,
    )


async def _may_speak(ctx: Ctx[InputT, StateT], dialog: DialogView, author: int) -> bool:
    """Only members of the chat may write; who surely is one need not be asked about (openlines.md 3.3)."""
    if author in dialog.chat.member_ids:
        return True
    answers = await ctx.read({"members": Command("im.chat.user.list", {"CHAT_ID": dialog.chat.id})})
    return author in {as_int(member) for member in as_list(answers["members"].result)}
