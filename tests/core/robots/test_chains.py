"""Chains of words between commas."""

from __future__ import annotations

import pytest

from core.robots.chains import BadChain, chain_in_words, chain_problem, parse_chain
from core.robots.shifts import Source
from core.texts.text import Text

LABEL = Text("Откуда смена", "Shift from")


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("timeman", (Source.TIMEMAN,)),
        (" Timeman , schedule,timeman,", (Source.TIMEMAN, Source.SCHEDULE)),
        ("our_shift,fixed_time", (Source.OUR_SHIFT, Source.FIXED_TIME)),
    ],
)
def test_chains(text: str, chain: tuple[Source, ...]) -> None:
    assert parse_chain(text, Source) == chain
    assert chain_problem(LABEL, text, Source) is None


@pytest.mark.parametrize(("text", "word"), [("timeman,nobody", "nobody"), ("", ""), (" , ", ""), ("x" * 99, "x" * 40)])
def test_what_is_no_chain(text: str, word: str) -> None:
    with pytest.raises(BadChain) as bad:
        parse_chain(text, Source)
    assert bad.value.word == word


def test_the_problem_names_the_property_and_what_there_is() -> None:
    problem = chain_problem(LABEL, "calendar", Source)
    assert problem is not None
    assert problem.ru == (
        "«Откуда смена»: непонятно слово «calendar»; бывает: timeman, schedule, our_shift, fixed_time."
    )
    assert problem.en.startswith("“Shift from”: “calendar” makes no sense; there are: timeman")


def test_a_chain_in_words() -> None:
    assert chain_in_words((Source.TIMEMAN, Source.OUR_SHIFT)).ru == "рабочий день в Битрикс24, наша таблица смен"
