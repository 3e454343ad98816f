"""What a portal says when it fires a robot, read and checked for form, and not yet believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from core.bitrix24.documents import Item, UnsupportedDocument
from core.bitrix24.secret import Secret

Document = tuple[str, str, str]

#: Which class the platform uses for which kind of id (platform.md 1.2); the id alone would not be proof.
_CLASSES: Final = {
    "CCrmDocumentLead": "LEAD_",
    "CCrmDocumentDeal": "DEAL_",
    "CCrmDocumentContact": "CONTACT_",
    "CCrmDocumentCompany": "COMPANY_",
    "Bitrix\\Crm\\Integration\\BizProc\\Document\\Dynamic": "DYNAMIC_",
}


@dataclass(frozen=True, slots=True)
class AuthPair:
    """The tokens that came with a call; good for nothing until the OAuth host says whose they are."""

    access: Secret
    refresh: Secret | None


@dataclass(frozen=True, slots=True)
class RobotCall:
    """One firing of one robot.

    ``document`` and ``document_type`` are (module, class, id or type); ``ts`` is the portal's clock in seconds or None;
    ``timeout_seconds`` is the template's own limit, 0 for none; ``user_id`` is whose tokens these are said to be.
    """

    code: str
    workflow_id: str
    event_token: Secret
    document: Document
    document_type: Document | None = None
    properties: Mapping[str, object] = field(default_factory=dict)
    ts: int | None = None
    timeout_seconds: int = 0
    auth_pair: AuthPair | None = field(default=None, repr=False)
    user_id: int | None = None

    def item(self) -> Item:
        """Return the CRM item that the robot stands on; raises UnsupportedDocument.

        Class, type and id must agree, so that a foreign document with a likely id is not taken for a deal.
        """
        module, kind, name = self.document
        prefix = _CLASSES.get(kind) if module == "crm" else None
        agrees = self.document_type is None or self.document_type[:2] == (module, kind)
        if prefix is None or not name.startswith(prefix) or not agrees:
            raise UnsupportedDocument(name[:80])
        return Item.from_document(name)
