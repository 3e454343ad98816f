"""The chain of an escalation as administrators write it, and how its mistakes are told."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.robots.levels import MOST_LEVELS, Action, BadLevels, Level, parse_levels

READ: list[tuple[str, str, tuple[Level, ...]]] = [
    ("nothing", "", ()),
    ("blank lines", "\n  \r\n", ()),
    ("one", "15: notify owner", (Level(15, (Action("notify", "owner"),)),)),
    (
        "the example",
        "15: notify owner\n30: add head, notify head\n45: reassign pool=line",
        (
            Level(15, (Action("notify", "owner"),)),
            Level(30, (Action("add", "head"), Action("notify", "head"))),
            Level(45, (Action("reassign", "line"),)),
        ),
    ),
    (
        "blanks everywhere",
        "  15 :   notify   owner  ,  comment  \n\n 30:task head",
        (
            Level(15, (Action("notify", "owner"), Action("comment"))),
            Level(30, (Action("task", "head"),)),
        ),
    ),
    (
        "Windows lines",
        "1: notify head\r\n2: comment\r\n",
        (Level(1, (Action("notify", "head"),)), Level(2, (Action("comment"),))),
    ),
    (
        "people",
        "1: notify responsible, notify pool, notify user:7, add user:7, task owner, task user:7",
        (
            Level(
                1,
                (
                    Action("notify", "responsible"),
                    Action("notify", "pool"),
                    Action("notify", "user:7"),
                    Action("add", "user:7"),
                    Action("task", "owner"),
                    Action("task", "user:7"),
                ),
            ),
        ),
    ),
    (
        "hand-overs",
        "1: reassign\n2: reassign line\n3: reassign duty\n4: reassign pool=pool\n5: reassign pool=user:7+user:9",
        (
            Level(1, (Action("reassign", "line"),)),
            Level(2, (Action("reassign", "line"),)),
            Level(3, (Action("reassign", "duty"),)),
            Level(4, (Action("reassign", "pool"),)),
            Level(5, (Action("reassign", "user:7+user:9"),)),
        ),
    ),
    ("a trigger", "1: trigger sla_breached", (Level(1, (Action("trigger", "sla_breached"),)),)),
    (
        "at once, and in a year",
        "0: comment\n525600: comment",
        (Level(0, (Action("comment"),)), Level(525_600, (Action("comment"),))),
    ),
    ("a comma too many", "1: comment,", (Level(1, (Action("comment"),)),)),
]


@pytest.mark.parametrize(("why", "text", "levels"), READ, ids=[row[0] for row in READ])
def test_what_is_read(why: str, text: str, levels: tuple[Level, ...]) -> None:
    assert parse_levels(text) == levels


FORM = ("нужно «минуты: действие, действие»", "must be “minutes: action, action”")
GROW = ("минуты должны расти от строки к строке", "minutes must grow from line to line")


def action(text: str) -> tuple[str, str]:
    return f"непонятное действие «{text}»", f"does not make sense at “{text}”"


WRONG: list[tuple[str, str, int, tuple[str, str]]] = [
    ("no minutes", "notify owner", 1, FORM),
    ("no colon", "15 notify owner", 1, FORM),
    ("no action", "15:", 1, FORM),
    ("only commas", "15: , ,", 1, ("нет ни одного действия", "has no action")),
    ("words for minutes", "soon: comment", 1, FORM),
    ("a fraction", "1.5: comment", 1, FORM),
    ("negative", "-5: comment", 1, FORM),
    ("Arabic digits", "١٥: comment", 1, FORM),
    ("more than a year", "525601: comment", 1, FORM),
    ("far too many", "99999999: comment", 1, FORM),
    ("the second line", "15: comment\nnonsense", 2, FORM),
    ("the third line, with a blank one before", "15: comment\n\nnonsense", 3, FORM),
    ("an unknown verb", "15: shout owner", 1, action("shout owner")),
    ("no such person", "15: notify boss", 1, action("notify boss")),
    ("nobody", "15: notify", 1, action("notify")),
    ("a number for a person", "15: notify 7", 1, action("notify 7")),
    ("an owner cannot be added", "15: add owner", 1, action("add owner")),
    ("priorities are no action", "15: priority +1", 1, action("priority +1")),
    ("a comment takes nothing", "15: comment loudly", 1, action("comment loudly")),
    ("no code", "15: trigger", 1, action("trigger")),
    ("a bad code", "15: trigger ёж", 1, action("trigger ёж")),
    ("capitals", "15: Notify owner", 1, action("Notify owner")),
    ("a long one is cut", "15: " + "x" * 100, 1, action("x" * 40)),
    (
        "no such pool",
        "15: reassign pool=night",
        1,
        (
            "передать можно на line, duty, pool или user:ID+user:ID",
            "reassign takes line, duty, pool or user:ID+user:ID",
        ),
    ),
    ("minutes that fall", "30: comment\n15: comment", 2, GROW),
    ("minutes that stay", "30: comment\n30: comment", 2, GROW),
    (
        "too many",
        "\n".join(f"{n}: comment" for n in range(MOST_LEVELS + 1)),
        11,
        ("уровней может быть не больше десяти", "there may be ten levels at most"),
    ),
    (
        "too many, with blank lines",
        "\n\n".join(f"{n}: comment" for n in range(MOST_LEVELS + 1)),
        21,
        ("уровней может быть не больше десяти", "there may be ten levels at most"),
    ),
]


@pytest.mark.parametrize(("why", "text", "line", "what"), WRONG, ids=[row[0] for row in WRONG])
def test_a_mistake_names_its_line_in_both_languages(why: str, text: str, line: int, what: tuple[str, str]) -> None:
    with pytest.raises(BadLevels) as raised:
        parse_levels(text)
    assert raised.value.text.ru == f"«Уровни», строка {line}: {what[0]}."
    assert raised.value.text.en == f"“Levels”, line {line}: {what[1]}."


@given(st.text(alphabet="0123456789:,=+ \n\tnotify ownerheadpoluserassgtkc", max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        levels = parse_levels(text)
    except BadLevels:
        return
    assert [level.minutes for level in levels] == sorted({level.minutes for level in levels})
    assert all(level.actions for level in levels)


@pytest.mark.parametrize(
    "text",
    ["1:a" + " " * 50_000 + "b", " " * 50_000, "1" + " " * 50_000, "1: " + "notify " * 8_000, "1:" + "," * 50_000],
)
def test_no_text_takes_long(text: str) -> None:
    started = process_time()
    with pytest.raises(BadLevels):
        parse_levels(text + "x")
    assert process_time() - started < 1
