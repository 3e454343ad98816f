"""The row of a new run has every column that a run has, and no other."""

from __future__ import annotations

import re

import pytest

from core.runs.newborn import inserted, taken
from core.runs.tables import Run

#: Added since with a value of its own for whoever does not name it.
BY_ITSELF = {"mistakes"}


def columns_of(statement: str) -> list[str]:
    found = re.search(r"INSERT INTO run \(([^)]*)\)", statement)
    assert found is not None
    return found[1].split(", ")


def test_every_column_is_given_a_value() -> None:
    assert set(columns_of(inserted({}, rest="WHERE TRUE"))) == set(Run.__table__.columns.keys()) - BY_ITSELF  # type: ignore[attr-defined]


def test_what_is_special_takes_the_place_of_what_is_usual() -> None:
    statement = inserted({"origin": "'strong'", **taken("title")}, rest="FROM run WHERE id = :of")
    values = statement.partition("SELECT ")[2].partition("\n")[0].split(", ")
    row = dict(zip(columns_of(statement), values, strict=True))
    assert (row["origin"], row["title"], row["status"]) == ("'strong'", "title", "'waiting'")


def test_a_column_that_no_run_has_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="colour"):
        inserted({"colour": "'red'"}, rest="")
