"""The table of the bench: a missed target is seen."""

from __future__ import annotations

import pytest

from bench.figure import Figure, table


@pytest.mark.parametrize(
    ("value", "target", "holds"),
    [
        (0.5, ("≤", 0.5), True),
        (0.6, ("≤", 0.5), False),
        (0.5, ("≥", 0.45), True),
        (0.4, ("≥", 0.45), False),
        (1, None, None),
    ],
)
def test_a_target_holds_or_not(value: float, target: tuple[str, float] | None, holds: bool | None) -> None:
    assert Figure("x", value, "s", target=target).holds is holds


def test_the_table_names_what_was_missed() -> None:
    figures = [
        Figure("help", 0.0638, "s", "python alone", ("≤", 0.5)),
        Figure("rate", 6281, "/s", target=("≥", 9000.0)),
    ]
    lines = table(figures).splitlines()
    assert lines[0].split() == ["what", "measured", "target", "beside", "it"]
    assert lines[1].split() == ["help", "0.0638", "s", "≤", "0.5", "ok", "python", "alone"]
    assert lines[2].split() == ["rate", "6,281", "/s", "≥", "9,000", "MISSED"]


def test_a_figure_is_json_with_its_verdict() -> None:
    assert Figure("x", 1.0, "s", "y", ("≤", 2.0)).as_json() == {
        "name": "x",
        "value": 1.0,
        "unit": "s",
        "beside": "y",
        "target": ("≤", 2.0),
        "holds": True,
    }
