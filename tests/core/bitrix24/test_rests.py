"""Pauses after 503 and 429 grow, end and are forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.bitrix24.rests import LaneRest, MethodRest

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_method_rests_until_the_portal_s_moment() -> None:
    rest = MethodRest()
    assert rest.refused("m", until=NOON + 3 * MINUTE, now=NOON) == 3 * MINUTE
    assert rest.left("m", now=NOON + MINUTE) == 2 * MINUTE
    assert rest.left("other", now=NOON) is None
    assert rest.left("m", now=NOON + 3 * MINUTE) is None


@pytest.mark.parametrize("until", [None, NOON, NOON - MINUTE])
def test_without_a_moment_to_come_it_rests_longer_each_time(until: datetime | None) -> None:
    rest = MethodRest()
    rests = [rest.refused("m", until=until, now=NOON) for _ in range(12)]
    assert rests == [min(number, 10) * MINUTE for number in range(1, 13)]


def test_no_method_rests_longer_than_the_account_lasts() -> None:
    assert MethodRest().refused("m", until=NOON + timedelta(days=1), now=NOON) == 10 * MINUTE


def test_a_success_ends_the_row() -> None:
    rest = MethodRest()
    rest.refused("m", until=None, now=NOON)
    rest.refused("m", until=None, now=NOON)
    rest.worked("m")
    assert rest.left("m", now=NOON) is None
    assert rest.refused("m", until=None, now=NOON) == MINUTE


def test_a_lane_rests_twice_as_long_each_time_up_to_a_minute() -> None:
    rest = LaneRest(chance=lambda: 1.0)
    assert [rest.refused() for _ in range(9)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    rest.worked()
    assert rest.refused() == 1


def test_lanes_do_not_come_back_in_step() -> None:
    assert LaneRest(chance=lambda: 0.0).refused() == 0.5
    assert 0.5 <= LaneRest().refused() <= 1


@pytest.mark.parametrize(("asked_for", "rests"), [(None, 1), (0.0, 1), (7.0, 7), (86_400.0, 60)])
def test_a_lane_rests_as_long_as_asked_within_reason(asked_for: float | None, rests: float) -> None:
    assert LaneRest(chance=lambda: 1.0).refused(asked_for) == rests
