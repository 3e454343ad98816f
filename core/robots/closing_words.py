"""What is said about a dialog that is closed or kept: to the client one text, to employees and the log the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.bitrix24.documents import Item
from core.dialogs.view import DialogView
from core.robots.closing import Guard
from core.robots.staff_words import card_link, dialog_link
from core.texts.text import Text, joined

#: The regulation's own words (S0-21); an English portal gets them in English, unless somebody changed them.
FAREWELL: Final = Text(
    "Благодарим за обращение! Если появятся дополнительные вопросы — пишите сюда, мы на связи.",
    "Thank you for contacting us! If you have more questions, write to us here at any time.",
)

CLOSED_BEFORE: Final = Text(
    "Диалог уже закрыт: ничего не отправляем.", "The dialog is closed already: nothing is sent."
)
CLOSING_BEFORE: Final = Text(
    "Диалог уже завершают: он закроется сам. Ничего не отправляем.",
    "The dialog is being finished already and closes by itself. Nothing is sent.",
)
CLOSED_BY_OTHERS: Final = Text("Диалог закрыли без нас.", "Others have closed the dialog.")
CLIENT_WROTE: Final = Text("Клиент написал: диалог остаётся открытым.", "The client wrote: the dialog stays open.")
PERSON_WROTE: Final = Text(
    "Диалогом занялся сотрудник: он остаётся открытым.", "An employee took it up: the dialog stays open."
)
NOT_WITHDRAWN: Final = Text(
    " Прощание уже отправлено, отозвать его нельзя.", " The farewell was sent and cannot be taken back."
)
STALE: Final = Text("Прошло время, смотрим снова.", "Time has passed, looking again.")
MARKED_ACTIVE: Final = Text(
    "Клиента отметили действующим: диалог остаётся открытым.",
    "The client was marked as active: the dialog stays open.",
)
DONE: Final = Text("Диалог завершён.", "The dialog is finished.")
WAITS_FOR_RATING: Final = Text(
    "Диалог завершён, Битрикс24 ждёт оценку клиента.", "The dialog is finished; Bitrix24 waits for the client's rating."
)
SILENTLY: Final = Text(
    "Дежурный закрыл диалог без прощального сообщения: окно канала закрыто, и оно не дошло бы.",
    "Dezhurny closed the dialog without a farewell: the channel window is closed and it would not have arrived.",
)


def too_early(found: Sequence[Guard]) -> Text:
    """Say which guards keep the dialog open."""
    missing = joined([guard.text.inside() for guard in found if not guard.passed], "; ")
    return Text("Закрывать рано. Не выполнено: {missing}.", "Too early to close. Not fulfilled: {missing}.").format(
        missing=missing
    )


def kept_open(item: Item, title: str, dialog: DialogView, why: Text) -> Text:
    text = Text("Диалог не закрыт. {why} {card}. {chat}", "The dialog was not closed. {why} {card}. {chat}")
    return text.format(why=why, card=card_link(item, title or str(item)), chat=dialog_link(dialog))


def refused_words(error: str) -> Text:
    """Say why a dialog could not be finished, and what helps."""
    match error:
        case "ACCESS_DENIED" | "CHAT_ID" | "USER_ID" | "CHAT_TYPE":
            return Text(
                "Завершить диалог не удалось: пользователю приложения нужна роль открытых линий с правом "
                "присоединяться к диалогам.",
                "Finishing failed: the application's user needs a role in open lines that may join dialogs.",
            )
        case "":
            return Text("Битрикс24 не завершил диалог.", "Bitrix24 did not finish the dialog.")
        case _:
            return Text("Битрикс24 отказал: {error}.", "Bitrix24 refused: {error}.").format(error=error)
