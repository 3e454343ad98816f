"""What a living process tells of an answer that was sent to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.bitrix24.documents import Item
from core.runs.processes import Process
from core.runs.unheard import MOST_REPEATS, PAUSES, Verdict, verdict

SENT = datetime(2026, 11, 24, 9, 0, 30, tzinfo=UTC)
NOW = SENT + timedelta(minutes=6)
MONTH = timedelta(days=30)


def process(*, modified: float, owned: bool = False) -> Process:
    """A process that was put down so many seconds after it was answered."""
    at = SENT + timedelta(seconds=modified)
    return Process("1", "5", Item(2, 17), SENT - timedelta(hours=1), at, NOW + timedelta(minutes=5) if owned else None)


def judged(found: Process | None, *, repeats: int = 0, has_others: bool = False, too_late: bool = False) -> Verdict:
    too_late_at = SENT if too_late else SENT + MONTH
    return verdict(found, sent_at=SENT, too_late_at=too_late_at, repeats=repeats, has_others=has_others, now=NOW)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, "over"),
        (process(modified=-600), "again"),
        (process(modified=-600, owned=True), "busy"),
        (process(modified=3), "moved"),
        (process(modified=0), "again"),
    ],
)
def test_by_when_it_was_put_down(found: Process | None, expected: Verdict) -> None:
    assert judged(found) == expected


def test_it_is_sent_again_so_often_and_then_a_person_is_told() -> None:
    stuck = process(modified=-600)
    assert [judged(stuck, repeats=number) for number in range(MOST_REPEATS + 1)] == ["again"] * MOST_REPEATS + ["deaf"]


def test_where_it_cannot_be_told_one_more_is_enough() -> None:
    assert [judged(process(modified=0), repeats=number) for number in (0, 1, 5)] == ["again", "moved", "moved"]


def test_two_answers_may_have_collided() -> None:
    moved = process(modified=3)
    assert [judged(moved, repeats=number, has_others=True) for number in (0, 1)] == ["again", "moved"]


def test_a_step_that_went_on_without_us_is_not_deaf() -> None:
    assert judged(process(modified=-600), repeats=5, too_late=True) == "moved"


def test_it_is_looked_after_for_about_a_day() -> None:
    assert timedelta(hours=12) < sum(PAUSES, timedelta()) < timedelta(days=1)
