"""Moments in all the writings in which portals hand them over."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.robots.moments import read_moment

MOSCOW = ZoneInfo("Europe/Moscow")
EVENING = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T18:30:00+03:00",
        "2026-11-24T15:30:00Z",
        "2026-11-24T18:30:00",
        "2026-11-24 18:30",
        "24.11.2026 18:30:00",
        "24.11.2026 18:30",
        " 24.11.2026 18:30:00 ",
        "24-11-2026 18:30:00",
        "24/11/2026 18:30:00",
        "11/24/2026 06:30:00 pm",
        "11/24/2026 6:30 PM",
        "24.11.2026 18:30:00 [10800]",
        "24.11.2026 15:30:00 [0]",
        "2026-11-24 20:30:00 [18000]",
    ],
)
def test_all_of_these_are_one_moment(text: str) -> None:
    assert read_moment(text, MOSCOW) == EVENING


def test_a_date_alone_is_its_midnight() -> None:
    assert read_moment("24.11.2026", MOSCOW) == datetime(2026, 11, 23, 21, tzinfo=UTC)
    assert read_moment("2026-11-24", MOSCOW) == datetime(2026, 11, 23, 21, tzinfo=UTC)


def test_noon_and_midnight_of_americans() -> None:
    assert read_moment("11/24/2026 12:05:00 am", UTC) == datetime(2026, 11, 24, 0, 5, tzinfo=UTC)
    assert read_moment("11/24/2026 12:05:00 pm", UTC) == datetime(2026, 11, 24, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "завтра",
        "24.11.26",
        "31.02.2026 10:00:00",
        "24.11.2026 25:00",
        "11/12/2026 10:00:00",
        "11/24/2026 13:00 pm",
        "11/24/2026 0:30 am",
        "1700000000",
        "٢٤.١١.٢٠٢٦ 10:00:00",
        "24.11.2026 10:00:00 [99999]",
        "0001-01-01T00:00:00",
        "{=Document:DATE}",
    ],
)
def test_nobody_knows_what_these_mean(text: str) -> None:
    assert read_moment(text, MOSCOW) is None


@given(st.text(max_size=40))
def test_no_text_is_too_much(text: str) -> None:
    read = read_moment(text, MOSCOW)
    assert read is None or read.tzinfo is UTC
