"""Turns of a pool: who waited longest, who asked before, what is under way; and that they outlive JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from core.bitrix24.command import Json
from core.robots.turns import Turns

NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANNA, BORIS, VERA = 8, 9, 10


def played(*users: int, gap: float = 0) -> Turns:
    turns = Turns()
    for number, user_id in enumerate(users):
        turns = turns.taken(user_id, by=f"run{number}|0", now=NOON + timedelta(seconds=gap * number))
    return turns


def test_nobody_had_a_turn() -> None:
    assert Turns().version == 0
    assert Turns().number(ANNA) == 0
    assert Turns().at(ANNA) is None
    assert Turns().given_to("run0|0") is None


def test_the_smallest_number_waited_longest() -> None:
    turns = played(ANNA, BORIS, ANNA)
    assert turns.version == 3
    assert sorted([ANNA, BORIS, VERA], key=turns.number) == [VERA, BORIS, ANNA]
    assert turns.at(BORIS) == NOON


def test_whoever_asks_again_gets_the_same() -> None:
    turns = played(ANNA, BORIS)
    assert turns.given_to("run0|0") == ANNA
    assert turns.given_to("run1|0") == BORIS
    assert turns.given_to("run1|1") is None


def test_the_last_answer_counts() -> None:
    turns = played(ANNA).taken(BORIS, by="run0|0", now=NOON)
    assert turns.given_to("run0|0") == BORIS


def test_what_others_are_giving_right_now() -> None:
    turns = played(ANNA, ANNA, BORIS)
    assert turns.underway(ANNA, by="run9|0", now=NOON) == 2
    assert turns.underway(ANNA, by="run0|0", now=NOON) == 1
    assert turns.underway(ANNA, by="run9|0", now=NOON + timedelta(minutes=2)) == 0
    assert turns.underway(VERA, by="run9|0", now=NOON) == 0


def test_what_the_portal_counts_is_under_way_no_more() -> None:
    finished = played(ANNA, ANNA).finished("run0|0", now=NOON + timedelta(seconds=5))
    assert finished is not None
    assert finished.underway(ANNA, by="run9|0", now=NOON + timedelta(seconds=4)) == 2, "read before it was done"
    assert finished.underway(ANNA, by="run9|0", now=NOON + timedelta(seconds=5)) == 1
    assert finished.number(ANNA) == 2
    assert finished.version == 3
    assert finished.finished("run0|0", now=NOON) is None
    assert finished.finished("run7|0", now=NOON) is None
    assert Turns.from_json(3, json.loads(json.dumps(finished.as_json()))) == finished


def test_only_the_last_minute_is_kept_in_detail() -> None:
    turns = played(*[ANNA] * 50, gap=10)
    assert len(turns.fresh) <= 8
    assert turns.version == 50
    assert turns.number(ANNA) == 50


def test_turns_outlive_json() -> None:
    turns = played(ANNA, BORIS, ANNA)
    read = Turns.from_json(turns.version, json.loads(json.dumps(turns.as_json())))
    assert read == turns


STRANGE: list[Json] = [None, [], {}, {"last": 5}, {"last": [[1], "x", [None, 1, 2, "a"]], "fresh": {"0": [1, 2]}}]


@pytest.mark.parametrize("value", STRANGE, ids=repr)
def test_what_cannot_be_read_was_never_given(value: Json) -> None:
    read = Turns.from_json(7, value)
    assert (read.version, dict(read.last), read.fresh) == (7, {}, ())
