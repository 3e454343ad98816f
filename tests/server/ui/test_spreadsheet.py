"""Cells are never formulas, and Excel reads the alphabet."""

from __future__ import annotations

import csv
import io
from zoneinfo import ZoneInfo

import pytest

from server.ui.spreadsheet import MARK, moment, rows_of
from tests.core.runs.rows import NOON


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+7 912", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", " =1+1", "%0A=1", "|calc"],
)
def test_no_cell_is_a_formula(text: str) -> None:
    [[cell, _]] = csv.reader(io.StringIO(rows_of([[text, "x"]], "en"), newline=""))
    assert cell == f"'{text}"


@pytest.mark.parametrize("text", ["Окна", "1=1", "a-b", "#1", "", "'=1", "deal:5"])
def test_other_texts_stay_what_they_are(text: str) -> None:
    [[cell, _]] = csv.reader(io.StringIO(rows_of([[text, "x"]], "en"), newline=""))
    assert cell == text


def test_numbers_stay_numbers() -> None:
    assert rows_of([[-5, 1.5, 0]], "en") == "-5,1.5,0\r\n"


def test_separators_quotes_and_lines() -> None:
    assert rows_of([["a;b", 'c"d', "e\nf"], ["г"]], "ru") == '"a;b";"c""d";"e\nf"\r\nг\r\n'


def test_nothing_breaks_a_reader() -> None:
    assert rows_of([["a\x00b"]], "en") == "ab\r\n"
    assert MARK.encode() == b"\xef\xbb\xbf"


def test_moments_are_those_of_the_portal() -> None:
    assert moment(NOON, ZoneInfo("Europe/Moscow")) == "2026-11-23 12:00:00"
    assert moment(None, ZoneInfo("Europe/Moscow")) == ""
