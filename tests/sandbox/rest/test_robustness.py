"""Whatever it is given, no method falls over: it answers or refuses."""

from __future__ import annotations

import random

import pytest

import sandbox.rest  # noqa: F401 - fills the table
from sandbox.rest.registry import METHODS, Method
from sandbox.wire import Json
from tests.sandbox.conftest import Asker

ODD: list[Json] = [
    None,
    "",
    "0",
    0,
    -1,
    1,
    1701,
    "1701",
    "abc",
    "0$result[x]",
    True,
    1.5,
    10**15,
    [],
    {},
    [1],
    ["x", None],
    {"ID": 1},
    {"ID": [1, {"x": None}]},
    [{"OWNER_TYPE_ID": "x"}],
    {"x": {"y": {"z": "\x00"}}},
    "chat1701",
    "Y",
    "🙂 текст",
    "x" * 30_000,
]


@pytest.mark.parametrize("method", list(METHODS), ids=lambda method: method.name)
def test_odd_values(ask: Asker, method: Method) -> None:
    dice = random.Random(method.name)
    for _ in range(60):
        params = {name: dice.choice(ODD) for name in method.params if dice.random() < 0.9}
        status, _ = ask.try_(method.name, **params)
        assert status in (200, 400, 403, 404)


@pytest.mark.parametrize(
    "method", [one for one in METHODS if "fields" in one.params or "FIELDS" in one.params], ids=lambda m: m.name
)
def test_odd_fields(ask: Asker, method: Method) -> None:
    names = [
        "title",
        "stageId",
        "assignedById",
        "contactIds",
        "contactId",
        "companyId",
        "opportunity",
        "NAME",
        "TITLE",
        "RESPONSIBLE_ID",
        "AUDITORS",
        "UF_CRM_TASK",
        "STATUS",
        "DEADLINE",
        "ENTITY_ID",
        "ENTITY_TYPE",
        "COMMENT",
        "PROPERTIES",
        "FILTER",
        "HANDLER",
    ]
    dice = random.Random(method.name)
    for _ in range(150):
        fields = {name: dice.choice(ODD) for name in names if dice.random() < 0.4}
        params: dict[str, Json] = {"entityTypeId": 2, "id": 1, "taskId": 1, "CODE": "a"}
        params = {name: value for name, value in params.items() if name in method.params}
        params["fields" if "fields" in method.params else "FIELDS"] = fields
        status, _ = ask.try_(method.name, **params)
        assert status in (200, 400, 403, 404)
