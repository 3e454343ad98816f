"""What we say when a client thanks us, and why sometimes nothing."""

from __future__ import annotations

from typing import Final

from core.dialogs.view import DialogView
from core.robots.context import Ctx, InputT, StateT
from core.robots.message_values import message_values
from core.robots.quick_answers import quick_answers
from core.texts.placeholders import TooLong, fill
from core.texts.text import Text

CLOSED: Final = Text("Диалог закрыт: ответ открыл бы новый.", "The dialog is closed: an answer would open a new one.")
ANSWERED: Final = Text("Сотрудник написал сам: последнее слово наше.", "An employee wrote: the last word is ours.")
SHUT: Final = Text(
    "Окно канала закрыто: мессенджер не доставит ответ, пока клиент не напишет сам.",
    "The channel window is closed: the messenger delivers nothing until the client writes.",
)
ENOUGH: Final = Text("На сегодня ответов на благодарности достаточно.", "Thanks were answered often enough today.")
EMPTY: Final = Text("После подстановки текст пуст.", "The text is empty after filling in.")
QUESTION: Final = Text("Клиент ждёт ответа: это не благодарность.", "The client waits for an answer: it is no thanks.")
REOPENS: Final = Text("Диалог закрыт: ответ откроет новый", "The dialog is closed: the answer opens a new one")


async def acknowledgement(
    ctx: Ctx[InputT, StateT], dialog: DialogView, template: str, *, quick: str
) -> tuple[str, Text]:
    """Return the courtesy of that title or section among the quick answers, else the filled template, and which."""
    if quick.strip():
        answer = (await quick_answers(ctx.read, dialog.line)).courtesy(quick)
        if answer is not None:
            return answer.text, Text("Быстрый ответ «{name}»", "Quick answer “{name}”").format(name=answer.name)
    try:
        text = fill(template, await message_values(ctx, dialog, template), blank=True).strip()
    except TooLong:
        return "", Text("Текст слишком длинный", "The text is too long")
    return text, Text("Текст из настроек", "The text of the settings")
