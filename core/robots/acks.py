"""What we say when a client thanks us, and why sometimes nothing."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel

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


class Courtesy(BaseModel):
    """What the quick answers hold for an acknowledgement; without a text they hold nothing."""

    name: str = ""
    text: str = ""


async def courtesy_of(ctx: Ctx[InputT, StateT], dialog: DialogView, title: str) -> Courtesy:
    """Look for the courtesy of that title or section among the line's quick answers."""
    answer = (await quick_answers(ctx.read, dialog.line)).courtesy(title) if title.strip() else None
    return Courtesy(name=answer.name, text=answer.text) if answer is not None else Courtesy()


async def acknowledgement(
    ctx: Ctx[InputT, StateT], dialog: DialogView, template: str, *, quick: Courtesy
) -> tuple[str, Text]:
    """Return the quick answer if there is one, else the filled template, and which of them it is."""
    if quick.text:
        return quick.text, Text("Быстрый ответ «{name}»", "Quick answer “{name}”").format(name=quick.name)
    try:
        text = fill(template, await message_values(ctx, dialog, template), blank=True).strip()
    except TooLong:
        return "", Text("Текст слишком длинный", "The text is too long")
    return text, Text("Текст из настроек", "The text of the settings")
