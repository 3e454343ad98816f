"""What a worker holds, counted."""

from __future__ import annotations

from core.runs.hands import LANE_MOST, MOST, PER_LANE, Hands


def test_enough_of_one_portal_is_enough() -> None:
    hands = Hands()
    for number in range(LANE_MOST):
        assert hands.full() == []
        hands.take("noisy", f"run {number}")
    hands.take("quiet", "run of another")
    assert hands.full() == ["noisy"]
    assert hands.full(["away"]) == ["away", "noisy"]
    hands.put_down("noisy", "run 0")
    assert hands.full() == []
    assert not hands.holds("run 0")
    assert hands.holds("run 1")


def test_answers_count_like_runs() -> None:
    hands = Hands()
    for _ in range(LANE_MOST):
        hands.take("noisy")
    assert hands.full() == ["noisy"]
    for _ in range(LANE_MOST):
        hands.put_down("noisy")
    assert (hands.full(), hands.free()) == ([], MOST)


def test_all_together_have_an_end() -> None:
    hands = Hands()
    for number in range(MOST):
        hands.take(f"portal {number}", f"run {number}")
    assert hands.free() == 0
    hands.put_down("portal 0", "run 0")
    assert hands.free() == 1


def test_a_gate_lets_some_of_a_portal_in() -> None:
    hands = Hands()
    hands.take("noisy", "run")
    gate = hands.gate("noisy")
    assert gate is hands.gate("noisy")
    assert gate._value == PER_LANE
