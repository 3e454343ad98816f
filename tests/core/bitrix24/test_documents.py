"""Names of CRM items: read from what a robot brings, and written as the platform wants them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bitrix24.documents import COMPANY, CONTACT, DEAL, FIRST_DYNAMIC, LEAD, Item, UnsupportedDocument


@pytest.mark.parametrize(
    ("document_id", "item"),
    [
        ("DEAL_17", Item(DEAL, 17)),
        ("LEAD_1", Item(LEAD, 1)),
        ("CONTACT_999999999", Item(CONTACT, 999_999_999)),
        ("COMPANY_5", Item(COMPANY, 5)),
        ("DYNAMIC_128_5", Item(128, 5)),
        ("DYNAMIC_1036_70", Item(1036, 70)),
        ("DEAL_007", Item(DEAL, 7)),
    ],
)
def test_a_document_is_an_item(document_id: str, item: Item) -> None:
    assert Item.from_document(document_id) == item
    assert Item.from_document(item.document) == item


@pytest.mark.parametrize(
    "document_id",
    [
        *("", "17", "DEAL", "DEAL_", "DEAL_0", "DEAL_-1", "DEAL_1.5", "DEAL_17 ", " DEAL_17", "deal_17", "DEAL_17_5"),
        *("DEAL_1000000000", "DEAL_١٧", "DEAL_１７", "DEAL_abc", "DEAL_17\n", "DYNAMIC_128", "DYNAMIC_127_5"),
        *("DYNAMIC_31_5", "DYNAMIC_128_0", "DYNAMIC_x_5", "SMART_INVOICE_5", "QUOTE_5", "ORDER_5", "x" * 10_000),
    ],
)
def test_anything_else_is_not_supported(document_id: str) -> None:
    with pytest.raises(UnsupportedDocument) as caught:
        Item.from_document(document_id)
    assert len(str(caught.value)) <= 80


@pytest.mark.parametrize(
    ("item", "kind", "binding", "path"),
    [
        (Item(DEAL, 17), "deal", "D_17", "/crm/deal/details/17/"),
        (Item(LEAD, 1), "lead", "L_1", "/crm/lead/details/1/"),
        (Item(CONTACT, 2), "contact", "C_2", "/crm/contact/details/2/"),
        (Item(COMPANY, 3), "company", "CO_3", "/crm/company/details/3/"),
        (Item(128, 5), "dynamic_128", "T80_5", "/crm/type/128/details/5/"),
        (Item(1036, 5), "dynamic_1036", "T40c_5", "/crm/type/1036/details/5/"),
    ],
)
def test_an_item_is_written_in_four_ways(item: Item, kind: str, binding: str, path: str) -> None:
    assert (item.kind, item.task_binding, item.path(), str(item)) == (kind, binding, path, f"{kind}:{item.id}")


@given(st.integers(FIRST_DYNAMIC, 999_999_999), st.integers(1, 999_999_999))
def test_a_smart_process_is_read_as_it_is_written(type_id: int, number: int) -> None:
    item = Item.from_document(f"DYNAMIC_{type_id}_{number}")
    assert (item.entity_type_id, item.id, item.is_dynamic) == (type_id, number, True)


@given(st.text(max_size=30).filter(lambda text: "_" not in text))
def test_a_refusal_names_what_was_refused(text: str) -> None:
    with pytest.raises(UnsupportedDocument) as caught:
        Item.from_document(text)
    assert str(caught.value) == text
