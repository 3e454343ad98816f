"""The filter in the address, and the chips that say how it was understood."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from core.runs.filters import Filter
from core.runs.listing import TROUBLED
from core.texts.text import Text
from server.errors import Bad
from server.ui.asked import Asked, asked_filter
from server.ui.chips import chips
from server.ui.reader import Reader
from server.ui.search import Search
from tests.core.runs.rows import NOON

ZONE = ZoneInfo("Europe/Moscow")
READER = Reader("ru", ZONE, NOON)
NAMES = {"escalate_no_reply": Text("Эскалация", "Escalation"), "send_message": Text("Сообщение", "Message")}
SEARCH = Search(NAMES, ZONE)


def said(text: str) -> list[str]:
    return [chip.label.ru for chip in chips(text, SEARCH, READER)]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("", []),
        ("deal:4812 spa:128/77", ["Сделка #4812", "Смарт-процесс 128 #77"]),
        ("https://alpha.bitrix24.ru/crm/lead/details/9/", ["Лид #9"]),
        ("robot:эскал robot:future", ["Робот: Эскалация", "Робот: future"]),
        ("status:error", ["Ошибка или Отклонён или Не подтверждён или Карантин"]),
        ("result:no_dialog err:LIMIT", ["Итог: Диалога нет", "Ошибка: LIMIT"]),
        ("after:2026-11-20 before:2026-11-21T14:05", ["с 20 нояб.", "до 21 нояб., 14:05"]),
        ("after:2025-11-20", ["с 20 нояб. 2025"]),
        ("prop.chain=sales", ["chain = sales"]),
        ('Ромашка "два слова"', ["«Ромашка»", "«два слова»"]),
        ("<b>" + "x" * 100, ["«<b>" + "x" * 57 + "»"]),
    ],
)
def test_chips_say_how_it_was_understood(text: str, labels: list[str]) -> None:
    assert said(text) == labels


def test_a_chip_takes_its_own_condition_away() -> None:
    asked = Asked(q="deal:5 Ромашка", status="failed")
    first, second = chips(asked.q, SEARCH, READER)
    assert asked.without(first.term).address() == "q=%D0%A0%D0%BE%D0%BC%D0%B0%D1%88%D0%BA%D0%B0&status=failed"
    assert asked.without(second.term).address() == "q=deal%3A5&status=failed"


def test_an_address_is_read_and_written_alike() -> None:
    address = "q=deal%3A5&status=failed&robot=send_message&view=waiting&period=7d&cause=0123456789ab"
    assert Asked.read(address).address() == address
    assert not Asked.read("")
    assert Asked.read("q=").address() == ""


@pytest.mark.parametrize(
    "address", ["view=x", "period=2y", "cause=xyz", "status=x", "q=a&q=b", "robot=%27", "q=%00", "q=" + "a" * 2001]
)
def test_what_makes_no_sense_is_refused(address: str) -> None:
    with pytest.raises(Bad) as bad:
        Asked.read(address)
    assert bad.value.status == 400


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (Asked(), Filter()),
        (Asked(period="24h"), Filter(since=NOON - timedelta(days=1))),
        (Asked(q="after:2026-11-23T11:30", period="1h"), Filter(since=NOON - timedelta(minutes=30))),
        (Asked(q="after:2026-11-20", period="1h"), Filter(since=NOON - timedelta(hours=1))),
        (Asked(view="troubled"), Filter(statuses=TROUBLED, since=NOON - timedelta(days=1))),
        (Asked(view="causes"), Filter(statuses=TROUBLED)),
        (Asked(view="waiting", status="done"), Filter(statuses=("done",))),
        (Asked(q="robot:эскал", robot="send_message"), Filter(robots=("send_message",))),
    ],
)
def test_what_was_typed_and_what_was_chosen_hold_together(asked: Asked, wanted: Filter) -> None:
    assert asked_filter(asked, NAMES, READER) == wanted


def test_a_stretch_of_the_picture_takes_the_place_of_other_moments() -> None:
    asked = Asked(q="after:2026-11-01 deal:5 before:2026-11-02", period="7d")
    inside = asked.timeless(SEARCH).within(NOON, NOON + timedelta(hours=1), ZONE)
    assert inside == Asked(q="deal:5 after:2026-11-23T12:00 before:2026-11-23T13:00")
