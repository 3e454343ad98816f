"""The CRM item on which a robot runs, and where else its dialog may hang."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.bitrix24.command import Command, Json
from core.bitrix24.documents import COMPANY, CONTACT, DEAL, LEAD, Item
from core.bitrix24.wire import as_dict, as_int, as_list, as_str
from core.texts.text import Text

#: Contacts of one item that are looked at; the rest are left out.
MOST_CONTACTS: Final = 10


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What ``crm.item.get`` says of the item on which the robot runs."""

    item: Item
    exists: bool = True
    title: str = ""
    stage_id: str = ""
    category_id: int = 0
    assigned_by_id: int = 0
    contact_ids: tuple[int, ...] = ()
    company_id: int = 0


def item_command(item: Item) -> Command:
    return Command("crm.item.get", {"entityTypeId": item.entity_type_id, "id": item.id})


def facts_of(result: Json, item: Item) -> ItemFacts:
    fields = as_dict(as_dict(result).get("item"))
    first = as_int(fields.get("contactId")) or 0
    contacts = [number for entry in as_list(fields.get("contactIds")) if (number := as_int(entry))]
    return ItemFacts(
        item=item,
        title=as_str(fields.get("title")) or as_str(fields.get("name")),
        stage_id=as_str(fields.get("stageId")),
        category_id=as_int(fields.get("categoryId")) or 0,
        assigned_by_id=as_int(fields.get("assignedById")) or 0,
        contact_ids=tuple(dict.fromkeys([*([first] if first > 0 else []), *contacts])),
        company_id=as_int(fields.get("companyId")) or 0,
    )


def fallbacks(facts: ItemFacts) -> tuple[Item, ...]:
    """Return where else the dialog may hang: on the contacts of the item, then on its company."""
    contacts = [Item(CONTACT, number) for number in facts.contact_ids[:MOST_CONTACTS]]
    companies = [Item(COMPANY, facts.company_id)] if facts.company_id > 0 else []
    return tuple(place for place in (*contacts, *companies) if place != facts.item)


_NAMES: Final = {
    LEAD: Text("лид {id}", "lead {id}"),
    DEAL: Text("сделка {id}", "deal {id}"),
    CONTACT: Text("контакт {id}", "contact {id}"),
    COMPANY: Text("компания {id}", "company {id}"),
}
_OTHER_NAME: Final = Text("элемент смарт-процесса {id}", "smart process item {id}")


def name_of(item: Item) -> Text:
    return _NAMES.get(item.entity_type_id, _OTHER_NAME).format(id=item.id)
