"""What people are told about a dialog's title; the present one names the client and stays where it is."""

from __future__ import annotations

from typing import Final

from core.bitrix24.documents import Item
from core.dialogs.view import DialogView
from core.robots.naming import Naming
from core.robots.staff_words import card_link, dialog_link, our_link, plain
from core.texts.text import Text

RENAMED: Final = Text(
    "Диалог переименован: было «{was}», стало «{now}».", "The dialog was renamed from “{was}” to “{now}”."
)
REPORTED: Final = Text(" Ничего не меняем.", " Nothing is changed.")


def why_bad(naming: Naming) -> Text:
    return Text(
        "Название не по маске: «{current}», а нужно «{expected}».",
        "The title does not fit the mask: it is “{current}” and should be “{expected}”.",
    ).format(current=naming.current, expected=naming.expected)


def please_rename(item: Item, title: str, dialog: DialogView, naming: Naming, *, run_url: str, again: bool) -> Text:
    """Say what the title shall be, with ways to the card, to the dialog, and to our page (decisions.md 26)."""
    text = Text("Переименуйте диалог: «{expected}».", "Please rename the dialog: “{expected}”.")
    if again:
        text = Text(
            "Диалог всё ещё назван не по правилам. Нужно «{expected}».",
            "The dialog still bears the wrong title. It should be “{expected}”.",
        )
    places = Text(" {card}. {chat}. {ours}", " {card}. {chat}. {ours}").format(
        card=card_link(item, title or str(item)), chat=dialog_link(dialog), ours=our_link(run_url)
    )
    return text.format(expected=plain(naming.expected)) + places


def refused_words(error: str) -> Text:
    """Say why a dialog could not be renamed, and what helps."""
    match error:
        case "rename":
            return Text("Битрикс24 не разрешает переименовать этот чат.", "Bitrix24 does not let this chat be renamed.")
        case "ACCESS_DENIED" | "ACCESS_ERROR" | "CHAT_ID" | "USER_ID" | "CHAT_TYPE":
            return Text(
                "Переименовать не удалось: пользователю приложения нужна роль открытых линий с правом "
                "присоединяться к диалогам.",
                "Renaming failed: the application's user needs a role in open lines that may join dialogs.",
            )
        case _:
            return Text("Битрикс24 не переименовал диалог.", "Bitrix24 did not rename the dialog.")
