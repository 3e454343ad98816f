"""Ready texts of a line: read in one request, found by title or section."""

from __future__ import annotations

import pytest

from core.dialogs.line import Line
from core.robots.quick_answers import QuickAnswer, QuickAnswers, quick_answers
from tests.core.robots.office import Office

LINE = Line(22, quick_answers_id=181)


def office() -> Office:
    made = Office()
    made.sections = [{"ID": "1", "NAME": "Приветствие", "CODE": "GREETING"}]
    made.quick = [
        {"ID": "5", "NAME": "Здравствуйте", "DETAIL_TEXT": "Здравствуйте!", "SORT": "9", "IBLOCK_SECTION_ID": "1"},
        {"ID": "7", "NAME": ":f09fa49d:", "DETAIL_TEXT": "Ура :f09f8e89::f09fa49d:", "SORT": "3"},
        {"ID": "8", "NAME": "Пустой", "DETAIL_TEXT": " ", "SORT": "1", "IBLOCK_SECTION_ID": "404"},
        {"ID": "9", "NAME": "Странный", "DETAIL_TEXT": "12:ffffffff:34", "SORT": "x", "IBLOCK_SECTION_ID": "1"},
    ]
    return made


async def test_all_is_read_in_one_request() -> None:
    portal = office()
    found = await quick_answers(portal, LINE)
    assert portal.requests == 1
    assert found.all == (
        QuickAnswer("Здравствуйте", "Здравствуйте!", "Приветствие", "GREETING", 9),
        QuickAnswer("🤝", "Ура 🎉🤝", rating=3),
        QuickAnswer("Странный", "12:ffffffff:34", "Приветствие", "GREETING", 0),
    )


@pytest.mark.parametrize("line", [None, Line(22)])
async def test_a_line_without_a_list(line: Line | None) -> None:
    portal = office()
    assert await quick_answers(portal, line) == QuickAnswers()
    assert portal.requests == 0


@pytest.mark.parametrize("method", ["lists.element.get", "lists.section.get"])
async def test_a_list_that_may_not_be_read(method: str) -> None:
    portal = office()
    portal.refused[method] = "ACCESS_DENIED"
    found = await quick_answers(portal, LINE)
    assert bool(found.all) == (method == "lists.section.get")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("здравствуйте ", "Здравствуйте"),
        ("Приветствие", "Здравствуйте"),
        ("greeting", "Здравствуйте"),
        ("🤝", "🤝"),
        ("Пустой", None),
        ("", None),
    ],
)
async def test_found_by_title_or_section(title: str, name: str | None) -> None:
    found = (await quick_answers(office(), LINE)).named(title)
    assert (found.name if found else None) == name


def test_a_courtesy_is_no_greeting() -> None:
    answers = QuickAnswers(
        (
            QuickAnswer("Здравствуйте", "Здравствуйте! Чем помочь?", "Приветствие", rating=90),
            QuickAnswer("Рукопожатие", "🤝", "Приветствие", rating=1),
            QuickAnswer("Итог", "Напишем завтра", "Разное", rating=1),
        )
    )
    found = answers.courtesy("Приветствие")
    assert found is not None
    assert found.text == "🤝"
    assert answers.courtesy("Разное") is None
    named = answers.courtesy("Итог")
    assert named is not None, "who names one wants it"
