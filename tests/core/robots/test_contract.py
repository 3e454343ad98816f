"""Which changes of a robot are safe while its runs wait, one line of the table each."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

import activities
from core.robots.contract import Contract, breaks, contract_of

FIELD = {"type": "int", "multiple": False, "required": False}
OLD: Contract = {
    "code": "watch",
    "kind": "robot",
    "steps": ["arm", "fire"],
    "state": {"level": {"required": False, "schema": {"type": "integer"}}},
    "input": {
        "after_minutes": dict(FIELD),
        "action": {**FIELD, "type": "select", "options": ["notify", "task"]},
        "text": {**FIELD, "type": "text", "required": True},
    },
    "output": {"answered": {**FIELD, "type": "bool"}},
}
Change = Callable[[dict[str, Any]], object]

SAFE: dict[str, Change] = {
    "nothing": dict.items,
    "a new step": lambda new: new["steps"].append("again"),
    "a new state field with a default": lambda new: new["state"].update(
        who={"required": False, "schema": {"type": "string"}}
    ),
    "a new property with a default": lambda new: new["input"].update(mask=dict(FIELD)),
    "a new option": lambda new: new["input"]["action"]["options"].append("call"),
    "a property that may now be empty": lambda new: new["input"]["text"].update(required=False),
    "a new value": lambda new: new["output"].update(level=dict(FIELD)),
}
HARMFUL: dict[str, tuple[Change, str]] = {
    "another kind": (lambda new: new.update(kind="activity"), "It was registered as robot and now as activity"),
    "a step is gone": (lambda new: new["steps"].remove("fire"), "Runs may wait at the step 'fire'"),
    "a state field is gone": (lambda new: new["state"].pop("level"), "Runs remember 'level', and after a roll-back"),
    "a state field of another type": (
        lambda new: new["state"]["level"].update(schema={"type": "string"}),
        "Runs remember 'level' as it was",
    ),
    "a state field without a default": (
        lambda new: new["state"].update(who={"required": True, "schema": {}}),
        "Waiting runs have no 'who'",
    ),
    "a state field that lost its default": (
        lambda new: new["state"]["level"].update(required=True),
        "Waiting runs have no 'level'",
    ),
    "a property is gone": (
        lambda new: new["input"].pop("action"),
        "Placed robots have the property 'action' filled in",
    ),
    "a property of another type": (
        lambda new: new["input"]["after_minutes"].update(type="string"),
        "Templates know the property 'after_minutes' as int, not as string",
    ),
    "a property that became multiple": (
        lambda new: new["input"]["after_minutes"].update(multiple=True),
        "as int, not as several of int",
    ),
    "an option is gone": (
        lambda new: new["input"]["action"]["options"].remove("task"),
        "Placed robots may have chosen task in 'action'",
    ),
    "a property that became required": (
        lambda new: new["input"]["after_minutes"].update(required=True),
        "Placed robots may have left 'after_minutes' empty",
    ),
    "a new required property": (
        lambda new: new["input"].update(who={**FIELD, "required": True}),
        "Placed robots have no 'who'",
    ),
    "a value is gone": (lambda new: new["output"].pop("answered"), "Templates use the value 'answered'"),
    "a value of another type": (
        lambda new: new["output"]["answered"].update(type="string"),
        "Templates know the value 'answered' as bool, not as string",
    ),
}


def changed(change: Change) -> Contract:
    new = copy.deepcopy(OLD)
    change(new)
    return new


@pytest.mark.parametrize("name", SAFE)
def test_a_safe_change_breaks_nothing(name: str) -> None:
    assert breaks(OLD, changed(SAFE[name])) == []


@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_change_is_told_in_one_sentence(name: str) -> None:
    change, sentence = HARMFUL[name]
    [told] = breaks(OLD, changed(change))
    assert told.startswith(sentence) or sentence in told
    assert told.endswith(".")


def test_a_robot_is_described_by_what_outlives_a_deploy() -> None:
    robot = activities.load()["escalate_no_reply"]
    contract = contract_of(robot)
    assert contract["code"] == "escalate_no_reply"
    assert set(contract["steps"]) == set(robot.steps)
    assert contract["input"]["after_minutes"] == {"type": "int", "multiple": False, "required": False}
    assert contract["input"]["escalate_to"] == {"type": "user", "multiple": True, "required": False}
    assert contract["output"]["result"]["type"] == "string"
    assert contract["state"].keys() == robot.state_model.model_fields.keys()


class Inner(BaseModel):
    """A thing with words."""

    title: str = "x"
    again: Inner | None = None


class Outer(BaseModel):
    inner: Inner | None = None


def test_schemas_are_compared_without_their_words() -> None:
    from core.robots.contract import _state

    [field] = _state(Outer.model_json_schema()).values()
    assert field["required"] is False
    assert field["schema"] == {
        "anyOf": [
            {
                "type": "object",
                "properties": {"title": {"type": "string"}, "again": {"anyOf": ["Inner", {"type": "null"}]}},
            },
            {"type": "null"},
        ]
    }
