"""Identifiers that sort by the order of their making."""

from __future__ import annotations

from core.db import new_id


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
