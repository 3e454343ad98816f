"""Answers are narrowed without trust: no shape of JSON raises, and only readable values are read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bitrix24.wire import as_bool_yn, as_datetime, as_dict, as_float, as_int, as_list, as_moment, as_str

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((5, 5), ("5", 5), (" 5 ", 5), ("5\x1f", 5), ("-7", -7), ("+3", 3), (5.0, 5), ("007", 7), (0, 0), ("0", 0)),
        *((5.5, None), ("5.0", None), ("", None), (None, None), (True, None), (False, None), ([], None), ({}, None)),
        *(("٥", None), ("５", None), ("1_000", None), ("²", None), ("1e3", None), ("9" * 19, None), (1e300, None)),
    ],
)
def test_whole_numbers(value: Any, expected: int | None) -> None:
    assert as_int(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((1, 1.0), ("0.25", 0.25), ("1e3", 1000.0), (" 2 ", 2.0)),
        *(
            ("nan", None),
            ("inf", None),
            ("", None),
            ("1_0", None),
            ("٥", None),
            (True, None),
            (None, None),
            ([1], None),
        ),
    ],
)
def test_numbers(value: Any, expected: float | None) -> None:
    assert as_float(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), ("", ""), (5, "5"), (1.5, "1.5"), (None, ""), (True, ""), ([], ""), ({"a": 1}, "")],
)
def test_text(value: Any, expected: str) -> None:
    assert as_str(value) == expected


@pytest.mark.parametrize(
    ("value", "as_map", "as_row"),
    [
        ({"a": 1}, {"a": 1}, [1]),
        ([], {}, []),
        ({}, {}, []),
        ([7, 8], {"0": 7, "1": 8}, [7, 8]),
        ({"0": 7, "2": 8}, {"0": 7, "2": 8}, [7, 8]),
        (None, {}, []),
        ("text", {}, []),
        (5, {}, []),
        (False, {}, []),
    ],
)
def test_maps_and_lists(value: Any, as_map: dict[str, Any], as_row: list[Any]) -> None:
    assert as_dict(value) == as_map
    assert as_list(value) == as_row


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *(("Y", True), ("y", True), ("1", True), (1, True), (True, True), ("true", True), (" Y ", True)),
        *(("N", False), ("n", False), ("0", False), (0, False), (False, False), ("", False), ("false", False)),
        *((None, None), (2, None), ("maybe", None), ([], None), ({}, None), (1.0, None)),
    ],
)
def test_yes_and_no(value: Any, expected: bool | None) -> None:
    assert as_bool_yn(value) is expected


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-02T15:00:00+03:00", NOON),
        ("2026-03-02T12:00:00Z", NOON),
        (" 2026-03-02T12:00:00+00:00 ", NOON),
        ("2026-03-02T12:00:00", None),
        ("02.03.2026 12:00:00", None),
        ("0000-00-00 00:00:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
        (None, None),
        (1772452800, None),
        (False, None),
        ([], None),
    ],
)
def test_moments_as_text(value: Any, expected: datetime | None) -> None:
    assert as_datetime(value) == expected


def test_a_time_without_offset_is_read_in_the_zone_given() -> None:
    assert as_datetime("2026-03-02T15:00:00", ZoneInfo("Europe/Moscow")) == NOON


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((1772452800, NOON), ("1772452800", NOON), (1772452800.0, NOON)),
        *((0, None), (-5, None), (1e20, None), ("soon", None), (None, None), (True, None), ([], None)),
    ],
)
def test_moments_as_seconds(value: Any, expected: datetime | None) -> None:
    assert as_moment(value) == expected


@given(JSON)
def test_no_shape_raises(value: Any) -> None:
    for narrow in (as_int, as_float, as_str, as_dict, as_list, as_bool_yn, as_datetime, as_moment):
        narrow(value)


@given(st.text(max_size=20))
def test_no_text_raises(text: str) -> None:
    for narrow in (as_int, as_float, as_bool_yn, as_moment):
        narrow(text)
    moment = as_datetime(text, UTC)
    assert moment is None or moment.tzinfo is UTC


@given(st.integers(-(10**17), 10**17))
def test_a_number_is_the_same_as_its_text(number: int) -> None:
    assert as_int(number) == as_int(str(number)) == number
