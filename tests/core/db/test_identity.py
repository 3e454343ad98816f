"""Identifiers that sort by the order of their making."""

from __future__ import annotations

from datetime import timedelta

from core.db import id_before, new_id


def test_ids_sort_as_they_were_made() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_an_id_is_26_letters_of_an_address() -> None:
    made = new_id()
    assert len(made) == 26
    assert made.isascii()
    assert made.isalnum()
    assert made == made.lower()


def test_an_id_of_an_earlier_moment() -> None:
    made = new_id()
    assert id_before(made, timedelta(0)) <= made
    assert id_before(made, timedelta(0))[:10] == made[:10]
    assert id_before(made, timedelta(milliseconds=1)) < id_before(made, timedelta(0))
    assert len(id_before(made, timedelta(seconds=5))) == 26
    assert id_before("0" * 26, timedelta(days=1)) == "0" * 26
