"""Filters, orders and selections of list methods."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.rest.lists import Row, ordered, picked, selected

ROWS: list[Row] = [
    {"ID": "1", "NAME": "Anna", "DATE": "2026-11-24T11:00:00+03:00", "TAGS": [1, 2], "NONE": None},
    {"ID": "10", "NAME": "Boris", "DATE": "2026-11-24T09:30:00+00:00", "TAGS": [], "NONE": ""},
    {"ID": "9", "NAME": "Anton", "DATE": "2026-11-23T11:00:00+03:00", "TAGS": [2], "NONE": None},
]


@pytest.mark.parametrize(
    ("conditions", "ids"),
    [
        ({}, ["1", "10", "9"]),
        ({"ID": 9}, ["9"]),
        ({"=ID": "9"}, ["9"]),
        ({"ID": "09"}, ["9"]),  # a guarded reference
        ({"@ID": ["01", "010"]}, ["1", "10"]),
        ({"NONE": ""}, ["1", "10", "9"]),
        ({"!ID": 9}, ["1", "10"]),
        ({"!=ID": 9}, ["1", "10"]),
        ({"@ID": ["1", "9"]}, ["1", "9"]),
        ({"ID": ["1", "9"]}, ["1", "9"]),
        ({"!@ID": ["1", "9"]}, ["10"]),
        ({">ID": 1}, ["10", "9"]),  # as numbers, not as texts
        ({">=ID": 9, "<ID": 10}, ["9"]),
        ({"%NAME": "an"}, ["1", "9"]),
        ({"=%NAME": "An%"}, ["1", "9"]),
        ({"!%NAME": "an"}, ["10"]),
        ({">DATE": "2026-11-24T08:30:00+00:00"}, ["10"]),  # as moments, whatever the offset
        ({"<=DATE": "2026-11-24T08:00:00Z"}, ["1", "9"]),
        ({">DATE": "not a date"}, []),
        ({"TAGS": 2}, ["1", "9"]),
    ],
)
def test_filters(conditions: dict[str, Any], ids: list[str]) -> None:
    assert [row["ID"] for row in picked(ROWS, conditions)] == ids


@pytest.mark.parametrize(
    ("order", "ids"),
    [
        ({"ID": "asc"}, ["1", "9", "10"]),
        ({"ID": "DESC"}, ["10", "9", "1"]),
        ({"NONE": "asc", "ID": "desc"}, ["10", "9", "1"]),
    ],
)
def test_orders(order: dict[str, Any], ids: list[str]) -> None:
    assert [row["ID"] for row in ordered(ROWS, order)] == ids


def test_selections() -> None:
    assert selected(ROWS[0], ["ID", "NAME"]) == {"ID": "1", "NAME": "Anna"}
    assert selected(ROWS[0], ["*"]) == ROWS[0]
    assert selected(ROWS[0], []) == ROWS[0]
