"""CRM items in words and as links into the portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.bitrix24.documents import COMPANY, CONTACT, DEAL, LEAD, Item
from core.texts.text import Text
from server.ui.words import runs as words

_KINDS: Final[Mapping[int, Text]] = {
    LEAD: words.LEAD,
    DEAL: words.DEAL,
    CONTACT: words.CONTACT,
    COMPANY: words.COMPANY,
}


@dataclass(frozen=True, slots=True)
class ItemLink:
    """How an item is called and where its card is; without a path it is not in the CRM."""

    label: Text
    path: str = ""
    href: str = ""


def portal_link(origin: str, client_id: str, run_id: str) -> str:
    """The address of a run's page inside the portal, which may be sent to a colleague (REST_APP_URI, ui.md 1.4)."""
    return f"{origin}/marketplace/view/{client_id}/?params[run]={run_id}"


def item_link(item: Item | None, origin: str, document: str = "") -> ItemLink:
    """Name an item; the address is made of the stored portal and a number, never of what was posted."""
    if item is None:
        return ItemLink(words.NO_ITEM + f" {document[:40]}" if document else words.NO_ITEM)
    kind = _KINDS.get(item.entity_type_id) or words.SMART.format(type=item.entity_type_id)
    return ItemLink(kind + f" #{item.id}", item.path(), f"{origin}{item.path()}")
