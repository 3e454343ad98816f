"""Who is chosen, by which way of choosing, and what is said of the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.robots.candidates import Candidate, Weights
from core.robots.choice import Chosen, Demands, Question, Strategy, choose, load_of
from core.robots.people import Person
from core.robots.shifts import Presence, Shift
from core.robots.turns import Turns
from core.texts.text import Text

NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANNA, BORIS, VERA = 8, 9, 10
NAMES = {ANNA: "Анна", BORIS: "Борис", VERA: "Вера"}
RR, LOAD, CHANCE = Strategy.ROUND_ROBIN, Strategy.LEAST_LOADED, Strategy.RANDOM
STICKY, OWNER, FIRST = Strategy.STICKY, Strategy.CLIENT_OWNER, Strategy.FIRST_OPEN


def someone(user_id: int, presence: Presence = Presence.ON, **fields: Any) -> Candidate:
    since = fields.pop("since", None)
    person = Person(
        user_id, NAMES[user_id], **{name: fields.pop(name) for name in ("active", "absent") if name in fields}
    )
    return Candidate(person, Shift(presence, presence.label, since), **fields)


def question(*strategies: Strategy, turns: Turns | None = None, **fields: Any) -> Question:
    by = fields.pop("by", "run|0")
    demands = fields.pop("demands", Demands())
    return Question(
        strategies or (RR,), demands, fields.pop("weights", Weights()), turns or Turns(), by, NOON, **fields
    )


def given(*users: int) -> Turns:
    turns = Turns()
    for number, user_id in enumerate(users):
        turns = turns.taken(user_id, by=f"earlier{number}|0", now=NOON - timedelta(hours=1))
    return turns


ALL = (someone(ANNA), someone(BORIS), someone(VERA))
BUSY = (someone(ANNA, open=5), someone(BORIS, open=1, waiting=1), someone(VERA, open=2, tasks=1))

CASES: list[tuple[str, tuple[Candidate, ...], Question, int]] = [
    ("in turn, from the beginning", ALL, question(RR), ANNA),
    ("in turn, the next", ALL, question(RR, turns=given(ANNA)), BORIS),
    ("in turn, around", ALL, question(RR, turns=given(ANNA, BORIS, VERA)), ANNA),
    ("in turn, whoever came late waited longest", ALL, question(RR, turns=given(ANNA, VERA)), BORIS),
    ("in turn, who is off is passed over", (someone(ANNA, Presence.OFF), *ALL[1:]), question(RR), BORIS),
    ("the least to do", BUSY, question(LOAD), VERA),
    ("the least to do, dialogs alone", BUSY, question(LOAD, weights=Weights(1, 0, 0)), BORIS),
    ("the least to do, as many: who waited longest", ALL, question(LOAD, turns=given(ANNA, BORIS)), VERA),
    ("who served before", ALL, question(STICKY, served=(99, VERA, ANNA)), VERA),
    ("nobody served before", ALL, question(STICKY, LOAD), ANNA),
    ("who served before is off", (someone(VERA, Presence.OFF), ALL[0]), question(STICKY, RR, served=(VERA,)), ANNA),
    ("the client's own", ALL, question(OWNER, owners=(VERA,)), VERA),
    (
        "the client's own, not of the pool",
        (*ALL[:2], someone(VERA, in_pool=False)),
        question(OWNER, owners=(VERA,)),
        VERA,
    ),
    ("whoever is not of the pool only for his own", (someone(VERA, in_pool=False), ALL[0]), question(RR), ANNA),
    (
        "who served before must be of the pool",
        (someone(VERA, in_pool=False), ALL[0]),
        question(STICKY, RR, served=(VERA,)),
        ANNA,
    ),
    (
        "who opened the day first",
        (someone(ANNA, since=NOON), someone(BORIS, since=NOON - timedelta(hours=1)), someone(VERA)),
        question(FIRST),
        BORIS,
    ),
    ("nobody opened", (someone(ANNA, Presence.UNKNOWN),), question(FIRST, RR), ANNA),
    (
        "known ones before unknown ones",
        (someone(ANNA, Presence.UNKNOWN), someone(BORIS, open=9)),
        question(LOAD),
        BORIS,
    ),
    ("unknown ones where there is nobody else", (someone(ANNA, Presence.UNKNOWN),), question(LOAD), ANNA),
    ("the pool of one", (ALL[1],), question(RR, turns=given(BORIS)), BORIS),
    ("a chain", ALL, question(OWNER, STICKY, LOAD, served=(BORIS,)), BORIS),
    ("nobody at all", (), question(RR), 0),
    ("everybody is off", tuple(someone(one, Presence.OFF) for one in NAMES), question(RR, LOAD, CHANCE), 0),
    ("no way of choosing names anybody", ALL, question(OWNER, STICKY), 0),
]


@pytest.mark.parametrize(("why", "candidates", "asked", "expected"), CASES, ids=[row[0] for row in CASES])
def test_who_is_chosen(why: str, candidates: tuple[Candidate, ...], asked: Question, expected: int) -> None:
    chosen = choose(candidates, asked)
    assert chosen.user_id == expected
    assert (chosen.strategy is None) == (expected == 0)
    assert len(chosen.rows) == len(candidates)
    assert [row.passed for row in chosen.rows].count(True) == bool(expected)
    assert chosen.why.ru
    assert chosen.why.en


REFUSED: list[tuple[str, Candidate, Demands, str]] = [
    ("off", someone(ANNA, Presence.OFF), Demands(), "не на смене"),
    ("at lunch", someone(ANNA, Presence.PAUSED), Demands(), "на перерыве"),
    (
        "unknown, and that counts as off",
        someone(ANNA, Presence.UNKNOWN),
        Demands(unknown_is_on=False),
        "смена неизвестна",
    ),
    (
        "dismissed",
        someone(ANNA, Presence.OFF, active=False),
        Demands(on_shift=False),
        "не на смене",
    ),
    ("away", someone(ANNA, Presence.OFF, absent=True), Demands(on_shift=False), "не на смене"),
    ("full", someone(ANNA, open=5), Demands(max_open=5), "открытых диалогов 5, предел 5"),
    (
        "too many wait",
        someone(ANNA, waiting=3),
        Demands(max_waiting=2),
        "непринятых диалогов 3, предел 2",
    ),
    (
        "lacks a skill",
        someone(ANNA, skills=frozenset({"english"})),
        Demands(skills=("english", "payroll")),
        "нет навыка: payroll",
    ),
    (
        "left out",
        someone(ANNA),
        Demands(left_out={ANNA: Text("сдаёт смену", "is leaving")}),
        "сдаёт смену",
    ),
]


@pytest.mark.parametrize(("why", "candidate", "demands", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_why_not(why: str, candidate: Candidate, demands: Demands, words: str) -> None:
    chosen = choose([candidate], question(RR, demands=demands))
    assert (chosen.user_id, chosen.fitting) == (0, 0)
    assert [row.text.ru for row in chosen.rows] == [f"Анна: не подходит — {words}"]


MET: list[tuple[str, Candidate, Demands]] = [
    ("off, and nobody asks", someone(ANNA, Presence.OFF), Demands(on_shift=False)),
    ("unknown", someone(ANNA, Presence.UNKNOWN), Demands()),
    ("one below the limit", someone(ANNA, open=4, waiting=1), Demands(max_open=5, max_waiting=2)),
    ("no number was told", someone(ANNA), Demands(max_open=1, max_waiting=1)),
    ("has the skills", someone(ANNA, skills=frozenset({"a", "b"})), Demands(skills=("a",))),
]


@pytest.mark.parametrize(("why", "candidate", "demands"), MET, ids=[row[0] for row in MET])
def test_who_meets_the_demands(why: str, candidate: Candidate, demands: Demands) -> None:
    assert choose([candidate], question(RR, demands=demands)).user_id == ANNA


def test_chance_is_repeatable_and_fair() -> None:
    def drawn(run: int) -> int:
        return choose(ALL, question(CHANCE, by=f"run{run}|0")).user_id

    names = [drawn(run) for run in range(300)]
    assert [drawn(run) for run in range(300)] == names
    assert all(70 < names.count(user_id) < 130 for user_id in NAMES)


def test_what_others_are_giving_weighs_too() -> None:
    """Parallel launches read the same numbers; those who chose before count."""
    turns = Turns().taken(ANNA, by="other|0", now=NOON)
    asked = question(LOAD, turns=turns)
    assert load_of(ALL[0], asked) == 1
    assert choose((someone(ANNA, open=0), someone(BORIS, open=0)), asked).user_id == BORIS
    later = replace(asked, now=NOON + timedelta(minutes=2))
    assert load_of(ALL[0], later) == 0


def test_what_others_are_giving_fills_people_up_too() -> None:
    turns = Turns().taken(ANNA, by="other|0", now=NOON)
    asked = question(RR, turns=turns, demands=Demands(max_open=1))
    chosen = choose((someone(ANNA, open=0), someone(BORIS, open=0)), asked)
    assert chosen.user_id == BORIS
    assert chosen.rows[0].text.ru == "Анна: не подходит — открытых диалогов 1, предел 1"


def test_a_step_that_runs_again_takes_the_same_one() -> None:
    turns = Turns().taken(VERA, by="run|0", now=NOON)
    assert choose(ALL, question(RR, turns=turns)).user_id == VERA
    off = (*ALL[:2], someone(VERA, Presence.OFF))
    assert choose(off, question(RR, turns=turns)).user_id == ANNA


def test_the_explanation_is_a_table() -> None:
    chosen = choose(BUSY, question(LOAD, demands=Demands(max_open=5)))
    assert chosen.explained.ru.splitlines() == [
        "Назначаем: Вера (у кого меньше нагрузка).",
        "– Анна: не подходит — открытых диалогов 5, предел 5",
        "– Борис: подходит, но меньше загружен другой (Вера) — на смене; 1 открытый диалог; непринятых 1; нагрузка 3",
        "– Вера: назначаем — на смене; 2 открытых диалога; 1 задача; нагрузка 2.5",
    ]
    assert chosen.explained.en.splitlines()[3] == "– Вера: chosen – on shift; 2 open dialogs; 1 task; load 2.5"


NOBODY = [
    ("no pool", (), "Назначить некого: в пуле никого нет."),
    ("all off", (someone(ANNA, Presence.OFF),), "Назначить некого: ни один кандидат не подходит."),
    ("no way", ALL, "Подходящие есть, но выбранные способы никого не назвали."),
]


@pytest.mark.parametrize(("why", "candidates", "words"), NOBODY, ids=[row[0] for row in NOBODY])
def test_why_nobody(why: str, candidates: tuple[Candidate, ...], words: str) -> None:
    chosen: Chosen = choose(candidates, question(STICKY))
    assert chosen.why.ru == words


def test_whoever_is_not_of_the_pool_is_said_to_be() -> None:
    outside = someone(VERA, in_pool=False)
    chosen = choose((outside,), question(OWNER, owners=(VERA,)))
    assert chosen.rows[0].text.ru == "Вера: назначаем — на смене; ответственный за клиента, не из пула"
