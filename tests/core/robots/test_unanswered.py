"""Who acts first for a client whom nobody answers, the line or the robot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.dialogs.line import Line, line_of
from core.robots.outcomes import Check
from core.robots.unanswered import line_beside

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPEAKS = Line(22, no_answer_rule="text", no_answer_text="Скоро ответим", no_answer_for=600)


def beside(line: Line | None, *, accepted: bool = False, due: int = 15, passed: int = 0) -> tuple[Check, ...]:
    return line_beside(
        line,
        accepted=accepted,
        since=NOON,
        due=NOON + timedelta(minutes=due),
        now=NOON + timedelta(minutes=passed),
        zone=UTC,
    )


@pytest.mark.parametrize(("due", "words"), [(15, "раньше этого уровня"), (5, "позже этого уровня"), (10, "позже")])
def test_who_is_first(due: int, words: str) -> None:
    [check] = beside(SPEAKS, due=due)
    assert words in check.text.ru
    assert "12:10" in check.text.ru
    assert check.passed is None, "it decides nothing"


SILENT = [
    (None, {}),
    (Line(22), {}),
    (Line(22, no_answer_rule="none", no_answer_text="Скоро ответим", no_answer_for=600), {}),
    (Line(22, no_answer_rule="text", no_answer_text=" ", no_answer_for=600), {}),
    (SPEAKS, {"accepted": True}),
    (SPEAKS, {"passed": 11}),
]


@pytest.mark.parametrize(("line", "form"), SILENT)
def test_nothing_to_compare(line: Line | None, form: dict[str, Any]) -> None:
    assert beside(line, **form) == ()


def test_as_the_portal_writes_it() -> None:
    line = line_of({"ID": "22", "NO_ANSWER_RULE": "text", "NO_ANSWER_TEXT": "Скоро ответим", "NO_ANSWER_TIME": "600"})
    assert line is not None
    assert (line.tells_unanswered, line.no_answer_for) == (True, 600)
