"""Refusals in a row, by address."""

from server.errors import Bad
from server.intake.refusals import FORGOTTEN_AFTER_SECONDS, IN_A_ROW, QUESTIONS, Refusals
from tests.portal_kit import Monotonic


def statuses(refusals: Refusals, address: str, times: int) -> set[int]:
    return {refusals.refused(address).status for _ in range(times)}


def test_the_hundred_and_first_in_a_row_is_asked_to_slow_down() -> None:
    refusals = Refusals(monotonic=Monotonic())
    assert statuses(refusals, "a", IN_A_ROW) == {401}
    bad = refusals.refused("a")
    assert (bad.status, bad.code, bad.headers) == (429, "too_many_requests", {"Retry-After": "60"})


def test_one_address_says_nothing_about_another() -> None:
    refusals = Refusals(monotonic=Monotonic())
    statuses(refusals, "a", IN_A_ROW + 1)
    assert refusals.refused("b").status == 401


def test_who_passes_starts_anew() -> None:
    refusals = Refusals(monotonic=Monotonic())
    statuses(refusals, "a", IN_A_ROW + 1)
    refusals.passed("a")
    assert refusals.refused("a").status == 401


def test_a_minute_of_quiet_is_forgiven() -> None:
    monotonic = Monotonic()
    refusals = Refusals(monotonic=monotonic)
    statuses(refusals, "a", IN_A_ROW + 1)
    monotonic.now += FORGOTTEN_AFTER_SECONDS + 1
    assert refusals.refused("a").status == 401


def test_addresses_without_end_cost_little_memory() -> None:
    refusals = Refusals(monotonic=Monotonic())
    for number in range(10_050):
        refusals.refused(str(number))
    assert len(refusals._rows) == 10_000


def asked(refusals: Refusals, address: str, times: int) -> int:
    """Bring wrong tokens; returns how often the OAuth host would have been asked."""
    questions = 0
    for _ in range(times):
        try:
            refusals.before_asking(address)
        except Bad as bad:
            if bad.status != 429:
                raise
        else:
            questions += 1
            refusals.refused(address)
    return questions


def test_wrong_tokens_without_end_cost_a_question_a_second() -> None:
    monotonic = Monotonic()
    refusals = Refusals(monotonic=monotonic)
    assert asked(refusals, "a", 1000) == IN_A_ROW + QUESTIONS
    monotonic.now += 5
    assert asked(refusals, "a", 1000) == 5
    assert asked(refusals, "b", 3) == 3
    monotonic.now += FORGOTTEN_AFTER_SECONDS + 1
    assert asked(refusals, "a", 50) == 50


def test_an_honest_one_at_the_same_address_gets_through_and_ends_it() -> None:
    monotonic = Monotonic()
    refusals = Refusals(monotonic=monotonic)
    asked(refusals, "a", 1000)
    monotonic.now += 1
    refusals.before_asking("a")
    refusals.passed("a")
    assert asked(refusals, "a", 1000) == IN_A_ROW + QUESTIONS
