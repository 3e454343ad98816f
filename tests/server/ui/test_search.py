"""The words of the search box."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.bitrix24.documents import COMPANY, CONTACT, DEAL, LEAD, Item
from core.runs.filters import Filter
from core.texts.text import Text
from server.ui.search import Search, without

SEARCH = Search(
    {
        "escalate_no_reply": Text("Эскалация, если нет ответа", "Escalate if no reply"),
        "send_message": Text("Отправить сообщение", "Send a message"),
    },
    ZoneInfo("Europe/Moscow"),
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Filter()),
        ("   ", Filter()),
        ("deal:4812", Filter(items=(Item(DEAL, 4812),))),
        ("DEAL:#4812", Filter(items=(Item(DEAL, 4812),))),
        ("сделка:4812", Filter(items=(Item(DEAL, 4812),))),
        ("lead:7", Filter(items=(Item(LEAD, 7),))),
        ("contact:7 company:8", Filter(items=(Item(CONTACT, 7), Item(COMPANY, 8)))),
        ("spa:128/77", Filter(items=(Item(128, 77),))),
        ("spa:5/77", Filter(words=("spa:5/77",))),
        ("deal:", Filter(words=("deal:",))),
        ("deal:abc", Filter(words=("deal:abc",))),
        ("deal:0", Filter(words=("deal:0",))),
        ("deal:٤٨", Filter(words=("deal:٤٨",))),
        ("robot:escalate", Filter(robots=("escalate_no_reply",))),
        ("robot:сообщение", Filter(robots=("send_message",))),
        ('robot:"нет ответа"', Filter(robots=("escalate_no_reply",))),
        ("robot:of_the_future", Filter(robots=("of_the_future",))),
        ("status:failed", Filter(statuses=("failed",))),
        ("status:ошибка", Filter(statuses=("failed",))),
        ("status:error", Filter(statuses=("failed", "rejected", "refused", "quarantined"))),
        ("статус:Ожидает", Filter(statuses=("waiting",))),
        ("status:nonsense", Filter(statuses=("nonsense",))),
        ("result:no_dialog", Filter(results=("no_dialog",))),
        ("err:QUERY_LIMIT", Filter(errors=("QUERY_LIMIT",))),
        ("after:2026-11-20", Filter(since=datetime(2026, 11, 19, 21, tzinfo=UTC))),
        ("before:2026-11-21", Filter(until=datetime(2026, 11, 20, 21, tzinfo=UTC))),
        ("after:2026-11-20T14:05", Filter(since=datetime(2026, 11, 20, 11, 5, tzinfo=UTC))),
        ("before:2026-11-20T14:05Z", Filter(until=datetime(2026, 11, 20, 14, 5, tzinfo=UTC))),
        ("after:2026-11-20 after:2026-11-21", Filter(since=datetime(2026, 11, 20, 21, tzinfo=UTC))),
        ("after:2026-11-20T99:05", Filter(words=("after:2026-11-20T99:05",))),
        ("prop.chain=sales", Filter(properties=(("chain", "sales"),))),
        ('Prop.client_text="Добрый день"', Filter(properties=(("client_text", "Добрый день"),))),
        ("prop.=x", Filter(words=("prop.=x",))),
        ("prop.a-b=x", Filter(words=("prop.a-b=x",))),
        ('""', Filter()),
        ("after:0001-01-01", Filter(words=("after:0001-01-01",))),
        ("after:yesterday", Filter(words=("after:yesterday",))),
        ("https://alpha.bitrix24.ru/crm/deal/details/4812/", Filter(items=(Item(DEAL, 4812),))),
        ("https://alpha.bitrix24.ru/crm/lead/show/9/?x=1", Filter(items=(Item(LEAD, 9),))),
        ("/crm/type/128/details/5/", Filter(items=(Item(128, 5),))),
        ("https://alpha.bitrix24.ru/page/a/b/type/1030/details/5/", Filter(items=(Item(1030, 5),))),
        ("https://example.org/", Filter(words=("https://example.org/",))),
        ("Ромашка окна", Filter(words=("Ромашка", "окна"))),
        ('"Иванов А."', Filter(words=("Иванов А.",))),
        ("10:30", Filter(words=("10:30",))),
        ("foo:bar", Filter(words=("foo:bar",))),
        ("' OR '1'='1", Filter(words=("'", "OR", "'1'='1"))),
        ("100%", Filter(words=("100%",))),
        (
            "robot:send status:done Ромашка deal:5",
            Filter(items=(Item(DEAL, 5),), robots=("send_message",), statuses=("done",), words=("Ромашка",)),
        ),
    ],
)
def test_grammar(text: str, wanted: Filter) -> None:
    assert SEARCH.read(text) == wanted


def test_nobody_needs_a_hundred_words() -> None:
    assert len(SEARCH.read("а " * 100).words) == 12


@pytest.mark.parametrize(
    ("text", "number", "left"),
    [
        ("deal:5 Ромашка", 0, "Ромашка"),
        ('robot:"нет ответа" deal:5  status:done', 1, 'robot:"нет ответа" status:done'),
        ("prop.x=1", 0, ""),
    ],
)
def test_a_part_can_be_taken_away(text: str, number: int, left: str) -> None:
    assert without(text, list(SEARCH.terms(text))[number]) == left


def test_a_number_alone_is_an_item_of_any_kind_and_a_status_alone_that_status() -> None:
    assert {item.entity_type_id for item in SEARCH.read("#7").items} == {1, 2, 3, 4}
    assert {item.id for item in SEARCH.read("#7").items} == {7}
    assert SEARCH.read("7").words == ("7",)
    assert SEARCH.read("отменён").statuses == ("cancelled",)
    assert SEARCH.read("cancelled окна").words == ("окна",)
