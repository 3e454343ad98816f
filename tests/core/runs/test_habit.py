"""What is expected of a process, by others of its template that were seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from core.runs.habit import ALIKE, KNOWN, PROMPT, Call, Habit, learned, silence

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
NOTHING = Habit("5", first_at=AT, last_at=AT)


def call(robot: str = "send_message", *, properties: str = "same", seconds: float = 2) -> Call:
    return Call("run", robot, properties, timedelta(seconds=seconds))


def seen(*processes: Sequence[Call], habit: Habit = NOTHING) -> Habit:
    for calls in processes:
        habit = learned(habit, calls, at=habit.last_at + timedelta(seconds=1))
    return habit


def test_nothing_is_expected_before_some_were_seen() -> None:
    assert not seen(*[[call()]] * (KNOWN - 1)).expects_a_call
    assert seen(*[[call()]] * KNOWN).expects_a_call


def test_what_calls_late_stands_behind_something() -> None:
    assert not seen(*[[call()]] * 9, [call(seconds=PROMPT.total_seconds() + 1)]).expects_a_call


def test_what_was_slow_once_is_not_slow_for_ever() -> None:
    slow = seen(*[[call()]] * 9, [call(seconds=600)])
    assert seen(*[[call()]] * 30, habit=slow).expects_a_call


@pytest.mark.parametrize(("processes", "silent", "expects"), [(9, 1, False), (10, 1, True), (20, 3, False)])
def test_where_many_are_silent_silence_is_nothing_strange(processes: int, silent: int, expects: bool) -> None:
    assert silence(seen(*[[call()]] * processes), silent).expects_a_call is expects


def test_settings_are_known_when_they_were_the_same_each_time() -> None:
    assert seen(*[[call()]] * ALIKE).settings_are_known
    assert not seen(*[[call()]] * (ALIKE - 1)).settings_are_known
    assert not seen(*[[call()]] * 9, [call(properties="other")]).settings_are_known
    assert not seen(*[[call(properties="")]] * 9).settings_are_known, "they are kept no more"


def test_two_robots_are_not_told_apart() -> None:
    assert not seen(*[[call(), call("dialog_state")]] * 9).settings_are_known
    twice = seen(*[[call(), call()]] * 9)
    assert (twice.robots, twice.only_robot, twice.settings_are_known) == ({"send_message": 2}, "", False)


def test_a_process_that_is_seen_again_is_the_same_process() -> None:
    once = seen([call()])
    habit = learned(once, [call(), call("close_dialog")], at=once.last_at)
    assert (habit.processes, habit.robots) == (1, {"close_dialog": 1, "send_message": 1})
