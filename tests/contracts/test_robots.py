"""No robot breaks what it promised to waiting runs and placed robots, and every promise is written down."""

from __future__ import annotations

import pytest

import activities
from core.robots.contract import breaks, contract_of
from tests.contracts.robots import FOLDER, as_text, stored

ROBOTS = activities.load()


@pytest.mark.parametrize("code", ROBOTS)
def test_a_robot_keeps_its_promises(code: str) -> None:
    old = stored(code)
    assert old is not None, "nothing is written down yet: make contracts"
    assert breaks(old, contract_of(ROBOTS[code])) == []


@pytest.mark.parametrize("code", ROBOTS)
def test_what_is_new_is_written_down(code: str) -> None:
    text = (FOLDER / f"{code}.json").read_text(encoding="utf-8")
    assert text == as_text(contract_of(ROBOTS[code])), "it grew: make contracts"


def test_a_robot_that_is_gone_takes_its_contract_along() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(ROBOTS)
