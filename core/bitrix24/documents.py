"""The CRM item that a robot works on, and how Bitrix24 writes its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LEAD: Final = 1
DEAL: Final = 2
CONTACT: Final = 3
COMPANY: Final = 4
QUOTE: Final = 7
SMART_INVOICE: Final = 31
#: Smart processes have type ids from here up (crm/data-types.md#object_type).
FIRST_DYNAMIC: Final = 128

_NAMES: Final = {"LEAD": LEAD, "DEAL": DEAL, "CONTACT": CONTACT, "COMPANY": COMPANY}
_ID = re.compile(r"(LEAD|DEAL|CONTACT|COMPANY)_([0-9]{1,9})|DYNAMIC_([0-9]{1,9})_([0-9]{1,9})", re.ASCII)


class UnsupportedDocument(ValueError):
    """The robot was placed on a document that has no client dialog."""


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """A CRM item by type and id; the type numbers are those of ``crm.item.*``."""

    entity_type_id: int
    id: int

    @classmethod
    def from_document(cls, document_id: str) -> Item:
        """Read ``DEAL_17`` or ``DYNAMIC_128_5`` (the third part of ``document_id``).

        Raises UnsupportedDocument for everything else (invoices, quotes, tasks, broken ids).
        """
        match = _ID.fullmatch(document_id)
        if match is None:
            raise UnsupportedDocument(document_id[:80])
        name, number, type_id, dynamic_id = match.groups()
        item = cls(_NAMES[name], int(number)) if name else cls(int(type_id), int(dynamic_id))
        if item.id < 1 or (not name and item.entity_type_id < FIRST_DYNAMIC):
            raise UnsupportedDocument(document_id[:80])
        return item

    @property
    def kind(self) -> str:
        """``lead``, ``deal``, ``contact``, ``company`` or ``dynamic_128``, as timeline comments name it."""
        for name, number in _NAMES.items():
            if number == self.entity_type_id:
                return name.lower()
        return f"dynamic_{self.entity_type_id}"

    @property
    def document(self) -> str:
        """Its name as the third part of a ``document_id``: ``DEAL_17``, ``DYNAMIC_128_5``."""
        return f"{self.kind.upper()}_{self.id}"

    @property
    def is_dynamic(self) -> bool:
        return self.entity_type_id >= FIRST_DYNAMIC

    @property
    def task_binding(self) -> str:
        """The id as task fields write it: ``D_17``, ``T80_5`` (hexadecimal type)."""
        short = {LEAD: "L", DEAL: "D", CONTACT: "C", COMPANY: "CO"}.get(self.entity_type_id)
        return f"{short or f'T{self.entity_type_id:x}'}_{self.id}"

    def path(self) -> str:
        """The address of its card inside the portal."""
        if self.is_dynamic:
            return f"/crm/type/{self.entity_type_id}/details/{self.id}/"
        return f"/crm/{self.kind}/details/{self.id}/"

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"
