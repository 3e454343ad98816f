"""When runs look again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.robots.polling import LookingState, next_look


def at(clock: str) -> datetime:
    hours, minutes, seconds = map(int, clock.split(":"))
    return datetime(2026, 11, 23, hours, minutes, seconds, tzinfo=UTC)


NEXT = [
    ("between two", "12:02:00", None, "12:05:00"),
    ("on one", "12:05:00", None, "12:10:00"),
    ("too near to one", "12:04:30", None, "12:10:00"),
    ("a minute before one", "12:04:00", None, "12:05:00"),
    ("something comes first", "12:02:00", "12:03:00", "12:03:00"),
    ("something comes later", "12:02:00", "12:30:00", "12:05:00"),
    ("something is over", "12:02:00", "12:01:00", "12:05:00"),
]


@pytest.mark.parametrize(("why", "now", "before", "expected"), NEXT, ids=[row[0] for row in NEXT])
def test_the_next_look(why: str, now: str, before: str | None, expected: str) -> None:
    assert next_look(at(now), before=at(before) if before else None) == at(expected)


def test_all_look_at_the_same_moments() -> None:
    looks = {next_look(at("12:00:00") + timedelta(seconds=second)) for second in range(240)}
    assert looks == {at("12:05:00")}


SMALL = [
    ("in time", "12:05:00", "12:05:00", "11:30:00", True),
    ("late", "12:07:00", "12:05:00", "11:30:00", True),
    ("woken early", "12:03:00", "12:05:00", "12:00:00", False),
    ("the whole look is old", "12:05:00", "12:05:00", "11:05:00", False),
    ("never looked", "12:05:00", "12:05:00", None, False),
    ("never planned", "12:05:00", None, "12:00:00", False),
]


@pytest.mark.parametrize(("why", "now", "planned", "looked", "small"), SMALL, ids=[row[0] for row in SMALL])
def test_small_looks(why: str, now: str, planned: str | None, looked: str | None, small: bool) -> None:
    planned_at, looked_at = (at(clock) if clock else None for clock in (planned, looked))
    assert LookingState(planned_at=planned_at, looked_at=looked_at).is_small_look(at(now)) is small
