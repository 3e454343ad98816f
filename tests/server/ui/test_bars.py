"""A wait as a bar."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.bitrix24.command import Json
from server.ui.bars import Segment, bar_of
from tests.core.runs.rows import NOON


def at(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat()


def test_time_that_does_not_count_lies_between() -> None:
    bar = bar_of(NOON, {"due": at(100), "counted": [[at(0), at(20)], [at(60), at(100)]]}, now=NOON)
    assert bar is not None
    assert bar.segments == (Segment(0, 20, True), Segment(20, 40, False), Segment(60, 40, True))
    assert bar.counted == timedelta(minutes=60)
    assert bar.now_at == 0


def test_a_wait_may_begin_and_end_outside_of_working_time() -> None:
    bar = bar_of(NOON, {"due": at(100), "counted": [[at(30), at(60)]]}, now=NOON + timedelta(minutes=45))
    assert bar is not None
    assert [segment.counts for segment in bar.segments] == [False, True, False]
    assert bar.now_at == 45


def test_counting_may_begin_before_it_was_said() -> None:
    said_at = NOON + timedelta(minutes=12)
    bar = bar_of(said_at, {"due": at(30), "counted": [[at(0), at(30)]]}, now=said_at)
    assert bar is not None
    assert (bar.start, bar.counted, bar.now_at) == (NOON, timedelta(minutes=30), 40)
    assert bar.segments == (Segment(0, 100, True),)


def test_a_wait_that_is_over_has_no_present() -> None:
    bar = bar_of(NOON, {"due": at(30)}, now=None)
    assert bar is not None
    assert bar.now_at is None


def test_what_is_counted_is_the_difference_of_the_clocks_that_are_shown() -> None:
    began = NOON + timedelta(seconds=12)
    bar = bar_of(began, {"due": at(5), "counted": [[began.isoformat(), at(5)]]}, now=None)
    assert bar is not None
    assert (bar.counted, bar.by_calendar) == (timedelta(minutes=5), True)


def test_what_is_due_at_once_is_no_wait() -> None:
    assert bar_of(NOON, {"due": at(1 / 60), "counted": []}, now=NOON) is None


def test_without_working_time_all_of_it_counts() -> None:
    bar = bar_of(NOON, {"due": at(10), "counted": []}, now=NOON + timedelta(minutes=20))
    assert bar is not None
    assert not bar.by_calendar
    assert bar.segments == (Segment(0, 100, True),)
    assert bar.now_at is None


def test_half_a_second_is_no_minute() -> None:
    bar = bar_of(NOON, {"due": at(30), "counted": [[at(0.006), at(30)]]}, now=NOON)
    assert bar is not None
    assert bar.counted == timedelta(minutes=30)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"due": 5},
        {"due": "soon"},
        {"due": "2026-11-23T12:00:00"},
        {"due": at(0)},
        {"due": at(-5)},
    ],
)
def test_what_is_no_wait_is_not_drawn(data: Json) -> None:
    assert bar_of(NOON, data, now=NOON) is None


@pytest.mark.parametrize("counted", [None, 5, [5], [[at(0)]], [[at(5), at(1)]], [["x", "y"]], [[at(200), at(300)]]])
def test_spans_without_sense_are_left_out(counted: Json) -> None:
    bar = bar_of(NOON, {"due": at(10), "counted": counted}, now=NOON)
    assert bar is not None
    assert bar.segments == (Segment(0, 100, True),)
