"""Our parameter tables beside the vendor's: the same names, the same requirements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sandbox.rest  # noqa: F401 - fills the table
from sandbox.rest.registry import METHODS, Method

FACTS = Path(__file__).parents[3] / "shared" / "bitrix24"


def documented() -> dict[str, Any]:
    if not FACTS.is_dir():
        pytest.skip("the vendor's method lists are not in this checkout")
    facts: dict[str, Any] = json.loads((FACTS / "methods.json").read_text())
    for name, extra in json.loads((FACTS / "methods_extra.json").read_text()).items():
        known = facts.setdefault(name, {"params": {}})
        if "params" in extra:
            known["params"] = extra["params"]
        known["params"] = known["params"] | extra.get("override", {})
        known["untrusted"] = extra.get("untrusted", False)
        known["dynamic"] = extra.get("dynamic", False)
    return facts


@pytest.mark.parametrize("method", list(METHODS), ids=lambda method: method.name)
def test_parameters_are_those_of_the_documentation(method: Method) -> None:
    facts = documented().get(method.name)
    if facts is None:
        pytest.skip("the vendor documents this method without parameters or not at all")
    if facts.get("untrusted") or facts.get("dynamic"):
        pytest.skip("the parsed list of this method is not to be trusted")
    assert set(method.params) == set(facts["params"])
    required = {name for name, param in facts["params"].items() if param["required"] is True}
    assert {name for name, param in method.params.items() if param.required} == required


def test_no_method_needs_a_scope_that_nobody_can_have() -> None:
    known = {
        "",
        "imopenlines",
        "im",
        "crm",
        "task",
        "timeman",
        "user",
        "department",
        "calendar",
        "bizproc",
        "placement",
        "lists",
    }
    assert {method.scope for method in METHODS} <= known
