"""Patterns that people write: which will do, what they find, and how a bad one is named."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.robots.patterns import LONGEST, bad_pattern, compiles, first_match, patterns_in
from core.texts.text import Text

LABEL = Text("Исключения", "Exceptions")

PATTERNS: list[tuple[str, str, bool]] = [
    ("plain", "VIP", True),
    ("Cyrillic class", r"\p{Cyrillic}+", True),
    ("would take for ever elsewhere", r"^(\w+\s?)*$", True),
    ("the longest", "a" * LONGEST, True),
    ("too long", "a" * (LONGEST + 1), False),
    ("not closed", "[[[", False),
    ("a back reference", r"(a)\1", False),
    ("a look ahead", r"(?=a)b", False),
    ("too much memory", "a{1000}{1000}", False),
    ("half of a pair", "\ud800", False),
]


@pytest.mark.parametrize(("why", "pattern", "fits"), PATTERNS, ids=[row[0] for row in PATTERNS])
def test_which_patterns_will_do(why: str, pattern: str, fits: bool) -> None:
    assert compiles(pattern) is fits


def test_the_line_of_a_bad_pattern_is_named() -> None:
    problem = bad_pattern("VIP\n\n[\n(", LABEL)
    assert problem is not None
    assert problem.ru.startswith("«Исключения», строка 3:")
    assert problem.en.startswith("“Exceptions”, line 3:")
    assert bad_pattern("", LABEL) is None
    assert bad_pattern("^VIP\nГруппа", LABEL) is None


def test_the_first_pattern_that_is_found_anywhere() -> None:
    patterns = patterns_in("^VIP\n\n[\nГруппа\nруппа")
    assert patterns == ("^VIP", "[", "Группа", "руппа")
    assert first_match(patterns, "Наша Группа") == "Группа"
    assert first_match(patterns, "VIP Группа") == "^VIP"
    assert first_match(patterns, "БС - Ромашка") is None
    assert first_match(patterns, "Группа \ud800") == "Группа"
    assert first_match((), "x") is None


NASTY = st.text(st.sampled_from("()[]{}*+?|^$.\\\\wd1,50aab"), max_size=LONGEST)
LONG = st.builds(lambda part, times: (part * times)[:10_000], st.text(max_size=20), st.integers(0, 10_000))


def seconds_for(pattern: str, text: str) -> float:
    began = process_time()
    first_match([pattern], text)
    return process_time() - began


@settings(deadline=None, max_examples=200)
@given(NASTY, LONG)
def test_no_pattern_and_no_text_take_long(pattern: str, text: str) -> None:
    """Of this process' own time, which may have other things to do once: 50 milliseconds, whatever people write."""
    assert any(seconds_for(pattern, text) < 0.05 for _ in range(3))
