"""Titles compared: what makes a difference, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.robots.titles import LONGEST, same_title, trimmed

SAME: list[tuple[str, str, str]] = [
    ("as it is", "БС - Ромашка", "БС - Ромашка"),
    ("case", "бс - РОМАШКА", "БС - Ромашка"),
    ("double spaces", "БС  -   Ромашка ", "БС - Ромашка"),
    ("a no-break space", "БС\u00a0- Ромашка", "БС - Ромашка"),
    ("a short dash", "БС – Ромашка", "БС - Ромашка"),
    ("a long dash", "БС — Ромашка", "БС - Ромашка"),
    ("a minus", "БС \u2212 Ромашка", "БС - Ромашка"),
    ("no spaces around the dash", "БС-Ромашка", "БС - Ромашка"),
    ("Russian quotes", "БС - ООО «Ромашка»", 'БС - ООО "Ромашка"'),
    ("no quotes", "БС - ООО Ромашка", "БС - ООО «Ромашка»"),
    ("curly quotes", "БС - ООО “Ромашка”", "БС - ООО «Ромашка»"),
    ("quotes as entities", "БС - ООО &quot;Ромашка&quot;", "БС - ООО «Ромашка»"),
    ("the form behind", "БС - Ромашка ООО", "БС - ООО «Ромашка»"),
    ("the form behind, other dash", "БС — Ромашка, ООО", "БС - ООО «Ромашка»"),
    ("АО", "БС - Вектор АО", "БС - АО Вектор"),
    ("ИП", "БС - Иванов И.И. ИП", "БС - ИП Иванов И.И."),
    ("the form in full", "БС - Общество с ограниченной ответственностью «Ромашка»", "БС - ООО Ромашка"),
    ("individual entrepreneur in full", "БС - Индивидуальный предприниматель Петров", "БС - ИП Петров"),
    ("LLC", "BS - LLC Camomile", "BS - Camomile LLC"),
    ("ООО is LLC", "BS - Camomile LLC", "BS - ООО Camomile"),
    ("Ltd with a full stop", "BS - Camomile Ltd.", "BS - Ltd Camomile"),
    ("Limited", "BS - Camomile Limited", "BS - Camomile, Ltd"),
    ("yo", "БС - Ёлка", "БС - Елка"),
    ("full-width letters", "БС - ＡＢＣ", "БС - ABC"),
]


@pytest.mark.parametrize(("why", "one", "other"), SAME, ids=[row[0] for row in SAME])
def test_the_same_to_a_reader(why: str, one: str, other: str) -> None:
    assert same_title(one, other)
    assert same_title(one, other, exactly=True) == (why == "as it is")


DIFFERENT: list[tuple[str, str, str]] = [
    ("another company", "БС - Ромашка", "БС - Лютик"),
    ("no mark", "Ромашка", "БС - Ромашка"),
    ("another mark", "ЮР - Ромашка", "БС - Ромашка"),
    ("the form is missing", "БС - Ромашка", "БС - ООО Ромашка"),
    ("another form", "БС - АО Ромашка", "БС - ООО Ромашка"),
    ("something more", "БС - Ромашка, Москва", "БС - Ромашка"),
    ("a guest", "Салатовый гость №17 - Документация", "БС - Ромашка"),
    ("the form belongs to the other part", "ООО БС - Ромашка", "БС - ООО Ромашка"),
    ("nothing", "", "БС - Ромашка"),
]


@pytest.mark.parametrize(("why", "one", "other"), DIFFERENT, ids=[row[0] for row in DIFFERENT])
def test_different(why: str, one: str, other: str) -> None:
    assert not same_title(one, other)
    assert not same_title(one, other, exactly=True)


def test_exactly_reads_entities_all_the_same() -> None:
    assert same_title("БС - ООО &quot;Ромашка&quot;", 'БС - ООО "Ромашка"', exactly=True)
    assert not same_title("БС - ООО «Ромашка»", 'БС - ООО "Ромашка"', exactly=True)


@given(st.text(max_size=60))
def test_a_title_is_itself_however_it_is_spaced(title: str) -> None:
    assert same_title(title, title)
    assert same_title(f"  {title}  ", title)
    assert same_title(title.replace(" ", "  "), title)


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=300), min_size=1, max_size=40))
def test_a_long_title_ends_with_a_whole_word(words: list[str]) -> None:
    short = trimmed("  ".join(words))
    assert len(short) <= LONGEST
    if len(words[0]) <= LONGEST:
        assert short.split() == words[: len(short.split())]
    else:
        assert short == words[0][:LONGEST]


def test_a_title_is_one_line() -> None:
    assert trimmed(" БС -\n Ромашка ") == "БС - Ромашка"
    assert trimmed("а" * LONGEST) == "а" * LONGEST
    assert trimmed("а" * LONGEST + " б") == "а" * LONGEST
