"""What employees are told about a client who waits; no word of the client is ever in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.bitrix24.documents import Item
from core.dialogs.view import DialogView
from core.texts.text import Language, Text


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentences of a level are made of; ``level`` counts from 1, ``waited`` says how long in words."""

    item: Item
    title: str
    language: Language
    waited: Text
    now: datetime
    level: int
    sync_crm: bool


def waits(facts: Facts, dialog: DialogView) -> str:
    text = Text(
        "Клиент ждёт ответа {waited}: {title}. {chat}", "A client has waited {waited} for an answer: {title}. {chat}"
    )
    return _said(text, facts, dialog)


def yours(facts: Facts, dialog: DialogView) -> str:
    text = Text(
        "Вам передан диалог: клиент ждёт ответа {waited}. {title}. {chat}",
        "A dialog was handed to you: the client has waited {waited}. {title}. {chat}",
    )
    return _said(text, facts, dialog)


def nobody(facts: Facts, dialog: DialogView) -> str:
    text = Text(
        "Клиент ждёт ответа {waited}, а передать диалог некому: {title}. {chat}",
        "A client has waited {waited} and nobody can take the dialog over: {title}. {chat}",
    )
    return _said(text, facts, dialog)


def _said(text: Text, facts: Facts, dialog: DialogView) -> str:
    filled = text.format(waited=facts.waited, title=_card(facts), chat=_chat(dialog))
    return filled.said_in(facts.language)


def _card(facts: Facts) -> str:
    """A link to the card; brackets in its title would be read as markup."""
    title = " ".join(facts.title.replace("[", "(").replace("]", ")").split())
    return f"[URL={facts.item.path()}]{title}[/URL]"


def _chat(dialog: DialogView) -> Text:
    link = f"/online/?IM_HISTORY=imol|{dialog.session_id}"
    return Text(f"[URL={link}]Открыть диалог[/URL]", f"[URL={link}]Open the dialog[/URL]")
