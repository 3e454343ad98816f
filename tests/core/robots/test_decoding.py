"""From the wire to an input and from an output to the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.robots import BadProperty, UserRef, decode, encode
from tests.core.robots.samples import Colour, Every, EveryInput, EveryOutput

Wire = dict[str, object]


def read(**properties: object) -> EveryInput:
    return decode(EveryInput, {"words": "x", **properties})


def refused(**properties: object) -> BadProperty:
    with pytest.raises(BadProperty) as raised:
        decode(EveryInput, {"words": "x", **properties})
    return raised.value


TAKEN: list[tuple[str, str, object, Any]] = [
    ("a word", "word", "Ёж", "Ёж"),
    ("a word as it was typed", "word", " Ёж ", " Ёж "),
    ("a word in a list of one", "word", ["Ёж"], "Ёж"),
    ("a word under [0]", "word", {"0": "Ёж"}, "Ёж"),
    ("blank is the default", "word", "  \t\r\n", ""),
    ("null is the default", "word", None, ""),
    ("an empty list is the default", "word", [], ""),
    ("an empty map is the default", "word", {}, ""),
    ("a number", "number", "7", 7),
    ("a negative number", "number", "-10", -10),
    ("leading zeros", "number", "007", 7),
    ("a blank number", "number", "", 5),
    ("a number under a gap", "number", {"3": "7"}, 7),
    ("a number with blanks beside it", "number", {"0": "", "1": "7"}, 7),
    ("yes", "yes", "Y", True),
    ("no", "yes", "N", False),
    ("neither", "yes", "", True),
    ("an option", "colour", "blue", Colour.BLUE),
    ("an option under [0]", "colour", {"0": "blue"}, Colour.BLUE),
    ("options", "colours", {"0": "blue", "2": "red"}, [Colour.BLUE, Colour.RED]),
    ("one option of many", "colours", "blue", [Colour.BLUE]),
    ("an employee", "person", "user_7", "user_7"),
    ("an employee by number", "person", "7", "user_7"),
    ("an employee under [0]", "person", {"0": "user_7"}, "user_7"),
    ("no employee", "person", "", None),
    ("a department", "person", "group_d5", "group_d5"),
    ("a department of the company", "person", "group_hr3", "group_hr3"),
    (
        "employees with gaps",
        "people",
        {"0": "user_7", "5": "group_d5", "9": "user_9"},
        ["user_7", "group_d5", "user_9"],
    ),
    ("one of many", "people", "user_7", ["user_7"]),
    ("many, nested", "people", [["user_7"], ["user_9"]], ["user_7", "user_9"]),
]


@pytest.mark.parametrize(("why", "name", "raw", "value"), TAKEN, ids=[row[0] for row in TAKEN])
def test_what_is_taken(why: str, name: str, raw: object, value: Any) -> None:
    assert getattr(read(**{name: raw}), name) == value


REFUSED: list[tuple[str, str, object, str, str]] = [
    *[
        (
            f"number {raw!r}",
            "number",
            raw,
            "«Число»: нужно целое число от -10 до 100.",
            "“Number”: must be a whole number from -10 to 100.",
        )
        for raw in (
            "101",
            "-11",
            "5.0",
            "-0.5",
            "1e1",
            "NaN",
            "0x10",
            "٥",
            "５",
            "²",
            "5 minutes",
            "true",
            "5;5",
            "5\n",
            " 5",
            "+5",
            "1_0",
            "9" * 10,
            "9" * 5000,
            "--5",
            "-",
        )
    ],
    (
        "two numbers",
        "number",
        {"0": "5", "1": "6"},
        "«Число»: здесь нужно одно значение.",
        "“Number”: takes one value.",
    ),
    ("two words", "word", ["a", "b"], "«Слово»: здесь нужно одно значение.", "“Word”: takes one value."),
    (
        "a strange map",
        "number",
        {"gt": "5"},
        "«Число»: пришло в непонятном виде.",
        "“Number”: came in a form that makes no sense.",
    ),
    (
        "an Arabic key",
        "number",
        {"٠": "5"},
        "«Число»: пришло в непонятном виде.",
        "“Number”: came in a form that makes no sense.",
    ),
    (
        "no text at all",
        "number",
        5,
        "«Число»: пришло в непонятном виде.",
        "“Number”: came in a form that makes no sense.",
    ),
    *[
        (f"yes {raw!r}", "yes", raw, "«Да»: нужно «да» или «нет» (Y или N).", "“Yes”: must be yes or no (Y or N).")
        for raw in ("y", "1", "true", "да", "YES")
    ],
    (
        "no such option",
        "colour",
        "green",
        "«Цвет»: нет такого варианта; есть red, blue.",
        "“Colour”: has no such option; there are red, blue.",
    ),
    (
        "an option in capitals",
        "colour",
        "RED",
        "«Цвет»: нет такого варианта; есть red, blue.",
        "“Colour”: has no such option; there are red, blue.",
    ),
    *[
        (
            f"employee {raw!r}",
            "person",
            raw,
            "«Сотрудник»: нужен сотрудник или отдел, выбранный из списка.",
            "“Employee”: must be an employee or a department chosen from the list.",
        )
        for raw in ("user_", "user_٥", "anna", "user_7 ", "group_x1", "group_d", "responsible_head", "user_" + "9" * 10)
    ],
    (
        "one bad among many",
        "people",
        ["user_7", "anna"],
        "«Сотрудники»: нужен сотрудник или отдел, выбранный из списка.",
        "“Employees”: must be an employee or a department chosen from the list.",
    ),
    ("required and blank", "words", " \t\r\n ", "«Слова»: не заполнено.", "“Words”: is empty."),
    ("required and null", "words", None, "«Слова»: не заполнено.", "“Words”: is empty."),
]


@pytest.mark.parametrize(("why", "name", "raw", "ru", "en"), REFUSED, ids=[row[0][:40] for row in REFUSED])
def test_what_is_refused_in_the_words_of_the_label(why: str, name: str, raw: object, ru: str, en: str) -> None:
    bad = refused(**{name: raw})
    assert (bad.text.ru, bad.text.en) == (ru, en)


def test_required_and_absent() -> None:
    with pytest.raises(BadProperty):
        decode(EveryInput, {})


def test_what_is_unknown_or_not_offered_is_ignored() -> None:
    assert read(nonsense={"a": ["b"]}, unseen="Y") == read()


def test_values_that_cannot_work_together() -> None:
    assert refused(word="bad", number="51").text.ru == "«Слово» и «Число» не сочетаются."
    assert read(word="bad", number="50").number == 50


def test_a_robot_says_why_a_launch_cannot_work() -> None:
    robot = Every()
    assert robot.check({"words": "x"}) is None
    said = robot.check({"words": "x", "yes": "y"})
    assert said is not None
    assert said.ru.startswith("«Да»")


WIRE = st.recursive(
    st.one_of(st.none(), st.text(max_size=8), st.integers(), st.sampled_from(["Y", "7", "user_7", "red"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["0", "1", "9", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*EveryInput.model_fields, "other"]), WIRE))
def test_a_launch_is_read_or_refused_and_nothing_else(properties: Wire) -> None:
    said = Every().check(properties)
    assert said is None or (said.ru and said.en)


def test_the_output_on_the_wire() -> None:
    output = EveryOutput(
        answer="да",
        text="строка\nстрока",
        count=3,
        found=True,
        at=datetime(2025, 11, 24, 15, 0, 0, 999, tzinfo=timezone(timedelta(hours=3))),
        who=UserRef("user_7"),
        whom=[UserRef("user_7"), UserRef("user_9")],
    )
    assert encode(output) == {
        "answer": "да",
        "text": "строка\nстрока",
        "count": 3,
        "share": 0.5,
        "found": "Y",
        "at": "2025-11-24T15:00:00+03:00",
        "who": "user_7",
        "whom": ["user_7", "user_9"],
    }


def test_nothing_on_the_wire() -> None:
    empty = encode(EveryOutput())
    assert (empty["found"], empty["at"], empty["who"], empty["whom"]) == ("", "", "", [])
    assert encode(EveryOutput(found=False))["found"] == "N"
    assert encode(EveryOutput(at=datetime(2025, 11, 24, tzinfo=UTC)))["at"] == "2025-11-24T00:00:00+00:00"
