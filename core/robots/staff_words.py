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
    #: Where the item stands on its pipeline.
    stage_id: str = ""


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
    filled = text.format(waited=facts.waited, title=card_link(facts.item, facts.title), chat=dialog_link(dialog))
    return filled.said_in(facts.language)


def card_link(item: Item, title: str) -> str:
    """A link to the card; brackets in its title would be read as markup."""
    return f"[URL={item.path()}]{plain(title)}[/URL]"


def dialog_link(dialog: DialogView) -> Text:
    link = f"/online/?IM_HISTORY=imol|{dialog.session_id}"
    return Text(f"[URL={link}]Открыть диалог[/URL]", f"[URL={link}]Open the dialog[/URL]")


def our_link(url: str) -> Text:
    """A link to our page about the run; brackets in an address would end the markup."""
    address = url.replace("[", "%5B").replace("]", "%5D")
    return Text(f"[URL={address}]Открыть в Дежурном[/URL]", f"[URL={address}]Open in Dezhurny[/URL]")


def plain(words: str) -> str:
    """Return words in one line, with brackets that are no markup."""
    return " ".join(words.replace("[", "(").replace("]", ")").split())
