"""The item of a robot call: class, type and id must agree."""

import pytest

from core.bitrix24.documents import DEAL, LEAD, Item, UnsupportedDocument
from core.bitrix24.secret import Secret
from core.portals.calls import Document, RobotCall

DYNAMIC = "Bitrix\\Crm\\Integration\\BizProc\\Document\\Dynamic"


def call(document: Document, document_type: Document | None = None) -> RobotCall:
    return RobotCall("send_message", "w1", Secret("CANARY-token"), document, document_type)


@pytest.mark.parametrize(
    ("document", "item"),
    [
        (("crm", "CCrmDocumentDeal", "DEAL_17"), Item(DEAL, 17)),
        (("crm", "CCrmDocumentLead", "LEAD_5"), Item(LEAD, 5)),
        (("crm", DYNAMIC, "DYNAMIC_177_5"), Item(177, 5)),
    ],
)
def test_the_item_is_read(document: Document, item: Item) -> None:
    assert call(document).item() == item
    assert call(document, (document[0], document[1], "whatever")).item() == item


@pytest.mark.parametrize(
    ("document", "document_type"),
    [
        (("lists", "BizprocDocument", "lists_5"), None),
        (("tasks", "Bitrix\\Tasks\\Integration\\Bizproc\\Document\\Task", "TASK_1"), None),
        (("crm", "Evil\\Class", "DEAL_1"), None),
        (("lists", "CCrmDocumentDeal", "DEAL_1"), None),
        (("crm", "CCrmDocumentLead", "DEAL_1"), None),
        (("crm", "CCrmDocumentDeal", "DEAL_abc"), None),
        (("crm", "CCrmDocumentDeal", "DEAL_1"), ("crm", "CCrmDocumentLead", "DEAL")),
        (("crm", "CCrmDocumentDeal", "DEAL_1"), ("lists", "CCrmDocumentDeal", "DEAL")),
        (("crm", "Bitrix\\Crm\\Integration\\BizProc\\Document\\Quote", "QUOTE_1"), None),
    ],
)
def test_a_document_that_is_not_what_it_says_is_unsupported(document: Document, document_type: Document | None) -> None:
    with pytest.raises(UnsupportedDocument):
        call(document, document_type).item()


def test_a_call_shows_no_secret() -> None:
    assert "CANARY" not in repr(call(("crm", "CCrmDocumentDeal", "DEAL_17")))
