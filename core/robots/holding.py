"""A text that only says to the client that he is not forgotten."""

from __future__ import annotations

from core.dialogs.view import DialogView
from core.effects import SendAutomatic
from core.robots.context import Ctx, InputT, StateT
from core.robots.message_values import message_values
from core.robots.outcomes import Check
from core.texts.placeholders import TooLong, fill
from core.texts.text import Text


async def holding_message(
    ctx: Ctx[InputT, StateT], dialog: DialogView, template: str
) -> tuple[SendAutomatic | None, Check | None]:
    """Return the message and what was checked for it; it is automatic, so it is no answer and stops no clock."""
    if not template.strip():
        return None, None
    if not dialog.window_open:
        return None, Check(
            Text("Текст клиенту: окно канала закрыто", "Text to the client: the window is closed"), False
        )
    try:
        text = fill(template, await message_values(ctx, dialog, template), blank=True).strip()
    except TooLong:
        text = ""
    if not text:
        return None, Check(Text("Текст клиенту: отправить нечего", "Text to the client: nothing to send"), False)
    message = SendAutomatic(
        chat_id=dialog.chat.id, session_id=dialog.session_id, text=text, after_message_id=dialog.chat.last_message_id
    )
    return message, Check(Text("Клиенту отправляем текст", "The client is sent the text"), True)
