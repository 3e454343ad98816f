"""Hours of a day and of a week."""

from __future__ import annotations

import pytest

from core.worktime.intervals import ALL_DAY, Interval, Week


@pytest.mark.parametrize(
    ("opens", "closes", "start", "end", "text"),
    [
        ("09:00", "18:00", 540, 1080, "09:00–18:00"),
        ("22:00", "06:00", 1320, 1800, "22:00–06:00"),
        ("00:00", "24:00", 0, 1440, "00:00–24:00"),
        ("09:00", "09:00", 540, 1980, "09:00–09:00"),
        ("9", "18", 540, 1080, "09:00–18:00"),
    ],
)
def test_hours_are_read_and_said(opens: str, closes: str, start: int, end: int, text: str) -> None:
    interval = Interval.between(opens, closes)
    assert (interval.start, interval.end) == (start, end)
    assert interval.text.ru == text


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (1440, 1500), (10, 10), (10, 5), (10, 1451)])
def test_what_is_no_stretch_of_a_day_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="stretch"):
        Interval(start, end)


def test_a_week_with_days_off() -> None:
    week = Week.of(ALL_DAY, off=(" sa", "SU", "", "ZZ"))
    assert [bool(hours) for hours in week.days] == [True] * 5 + [False] * 2
    assert week.usual == ALL_DAY
    assert not week.never_closes
    assert Week.of(ALL_DAY).never_closes
    assert Week.of(()).usual == ()
