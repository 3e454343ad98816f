"""What people are told of a time in which the service did not work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.runs.outages import Outage

TEN = datetime(2026, 11, 24, 10, 2, tzinfo=UTC)
END = datetime(2026, 11, 24, 12, 40, tzinfo=UTC)
HOUR = timedelta(hours=1)


def outage(done: int = 0, skipped: int = 0, asked: int = 0, *, began_at: datetime = TEN, **more: timedelta) -> Outage:
    fields: dict[str, timedelta] = {"after": HOUR} | more
    return Outage("o", "alpha", began_at, END, done, skipped, asked, **fields)


@pytest.mark.parametrize(
    ("one", "russian", "english"),
    [
        (
            outage(14, 2, 1),
            "17 ожиданий опоздали: 14 выполнены, 2 пропущены (опоздали больше чем на 1 ч), 1 ждёт вашего решения.",
            "17 waits were late: 14 done, 2 skipped (late by more than 1 h), 1 waits for your decision.",
        ),
        (
            outage(1, 1),
            "2 ожидания опоздали: 1 выполнено, 1 пропущено (опоздало больше чем на 1 ч).",
            "2 waits were late: 1 done, 1 skipped (late by more than 1 h).",
        ),
        (
            outage(0, 21, 22),
            "43 ожидания опоздали: 21 пропущено (опоздало больше чем на 1 ч), 22 ждут вашего решения.",
            "43 waits were late: 21 skipped (late by more than 1 h), 22 wait for your decision.",
        ),
        (outage(1), "1 ожидание опоздало и уже выполнено.", "1 wait was late and is done by now."),
        (outage(5), "5 ожиданий опоздали и уже выполнены.", "5 waits were late and are done by now."),
        (
            outage(0, 0, 5),
            "5 ожиданий опоздали: 5 ждут вашего решения.",
            "5 waits were late: 5 wait for your decision.",
        ),
    ],
)
def test_numbers_and_words_agree(one: Outage, russian: str, english: str) -> None:
    said = one.said(UTC, END)
    assert said.ru == f"Сервис не работал с 10:02 до 12:40. {russian}"
    assert said.en == f"The service did not work from 10:02 until 12:40. {english}"


def test_a_day_is_named_where_it_is_another_one() -> None:
    said = outage(1, began_at=TEN - timedelta(days=1)).said(UTC, END)
    assert said.ru.startswith("Сервис не работал с 23 нояб., 10:02 до 12:40.")


def test_of_a_short_one_it_is_said_how_long_it_was() -> None:
    said = outage(1, began_at=END - timedelta(seconds=30)).said(UTC, END)
    assert said.ru.startswith("Сервис не работал 30 с, до 12:40. ")
    assert said.en.startswith("The service did not work for 30 s, until 12:40. ")


def test_who_skipped_himself_is_not_told_a_limit() -> None:
    said = Outage("o", "alpha", TEN, END, 1, 1, 0).said(UTC, END)
    assert said.ru.endswith("2 ожидания опоздали: 1 выполнено, 1 пропущено.")


@pytest.mark.parametrize(
    ("one", "is_told"),
    [
        (outage(1), True),
        (outage(1, began_at=END - timedelta(minutes=4)), False),
        (outage(1, began_at=END - timedelta(minutes=1), latest_for=HOUR), True),
        (outage(1, 1, began_at=END - timedelta(minutes=1)), True),
        (outage(0, 0, 1, began_at=END - timedelta(minutes=1)), True),
        (outage(), False),
    ],
)
def test_a_short_one_after_which_all_was_done_is_nothing_to_tell_of(one: Outage, is_told: bool) -> None:
    assert one.is_worth_telling is is_told
