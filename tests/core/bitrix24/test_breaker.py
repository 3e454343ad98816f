"""When a portal is left alone, and who tries it again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.bitrix24.breaker import FAILURES, REST_SECONDS, Breaker
from core.bitrix24.errors import NotSent
from core.bitrix24.evidence import Sign


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def broken(time: Time) -> Breaker:
    breaker = Breaker(clock=time)
    for _ in range(FAILURES):
        breaker.check()
        breaker.failed(Sign.CONNECT_FAILED)
    return breaker


def test_a_few_failures_mean_nothing() -> None:
    breaker = Breaker(clock=Time())
    for _ in range(FAILURES - 1):
        breaker.failed(Sign.CONNECT_TIMEOUT)
    breaker.check()
    assert breaker.left == 0
    breaker.answered()
    breaker.failed(Sign.CONNECT_TIMEOUT)
    breaker.check()


def test_after_five_in_a_row_nobody_asks_for_a_minute() -> None:
    time = Time()
    breaker = broken(time)
    time.now += 20
    with pytest.raises(NotSent) as left_alone:
        breaker.check()
    assert left_alone.value.after == timedelta(seconds=REST_SECONDS - 20)
    assert breaker.left == REST_SECONDS - 20


def test_then_one_tries_and_the_others_wait_for_what_comes_of_it() -> None:
    time = Time()
    breaker = broken(time)
    time.now += REST_SECONDS
    assert breaker.left == 0
    breaker.check()
    with pytest.raises(NotSent):
        breaker.check()
    breaker.failed(Sign.CONNECT_TIMEOUT)
    time.now += REST_SECONDS - 1
    assert breaker.left == 1
    time.now += 1
    breaker.check()
    breaker.answered()
    breaker.check()
    breaker.check()
    assert breaker.left == 0


def test_what_is_our_own_doing_is_no_failure() -> None:
    breaker = Breaker(clock=Time())
    for _ in range(3 * FAILURES):
        breaker.failed(Sign.GIVEN_UP)
        breaker.failed(Sign.READ_TIMEOUT)
        breaker.failed(Sign.NO_FREE_CONNECTION)
    breaker.check()


def test_a_clock_that_is_put_back_closes_it() -> None:
    time = Time()
    breaker = broken(time)
    time.now -= 86_400
    breaker.check()
