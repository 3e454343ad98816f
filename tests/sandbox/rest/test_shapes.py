"""Our answers beside the vendor's examples: the same keys with values of the same kinds, or a reason why not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.portal import Portal
from sandbox.rest.registry import METHODS
from tests.sandbox.conftest import Asker
from tests.sandbox.rest.example_calls import CALLS, REFUSED, prepare
from tests.sandbox.rest.shape_differences import DIFFERENCES
from tests.sandbox.test_rest_parameters import documented

#: Fields that a portal has for itself: custom ones, links to its own smart processes, properties of its lists.
_OWN = re.compile(r"(ufCrm|UF_CRM|parentId|PARENT_ID|PROPERTY_)[\d_]+.*")


def kinds_of(value: Any, path: str = "") -> dict[str, set[str]]:
    """Name the kind of every value in a tree by its path; numbered keys and elements of a list count together."""
    found: dict[str, set[str]] = {path: {kind_of(value)}}
    children: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        children = [(f"{path}.{'*' if key.lstrip('chat').isdecimal() else key}", one) for key, one in value.items()]
    elif isinstance(value, list):
        children = [(f"{path}[]", one) for one in value]
    for below, one in children:
        if _OWN.fullmatch(below.rpartition(".")[2]):
            continue
        for name, kinds in kinds_of(one, below).items():
            found.setdefault(name, set()).update(kinds)
    return found


def kind_of(value: Any) -> str:
    if value in ([], {}):
        return "empty"
    match value:
        case None:
            return "null"
        case bool():
            return "flag"
        case int() | float():
            return "number"
        case str():
            return "text"
        case list():
            return "list"
        case _:
            return "map"


def differences(ours: Any, theirs: Any) -> set[str]:
    """Say what two trees differ in; null goes with everything, an empty array with lists and maps."""
    own, example = kinds_of(ours), kinds_of(theirs)
    unequal = {path for path in own.keys() & example.keys() if not _agree(own[path], example[path])}
    blank = {path for tree in (own, example) for path, kinds in tree.items() if kinds <= {"null", "empty"}}
    apart = {path for path in own.keys() ^ example.keys() if not any(_is_below(path, one) for one in blank)}
    return (
        {f"besides {path.strip('.')}" for path in apart & own.keys()}
        | {f"without {path.strip('.')}" for path in apart - own.keys()}
        | {f"another kind of {path.strip('.')}" for path in unequal}
    )


def _is_below(path: str, above: str) -> bool:
    return path.startswith((f"{above}.", f"{above}["))


def _agree(own: set[str], example: set[str]) -> bool:
    loose = {"null"} | ({"empty"} if (own | example) & {"list", "map"} else set())
    return bool(own & example) or not (own - loose) or not (example - loose)


def test_every_method_with_an_example_is_looked_at() -> None:
    facts = documented()
    has_example = {one.name for one in METHODS if isinstance((facts.get(one.name) or {}).get("result_example"), dict)}
    assert has_example == CALLS.keys() | REFUSED


@pytest.mark.parametrize("name", sorted(CALLS))
def test_an_answer_has_the_shape_of_the_example(portal: Portal, ask: Asker, name: str) -> None:
    example = documented()[name]["result_example"]["result"]
    prepare(portal)
    found = differences(CALLS[name](ask, portal), example)
    reasons = DIFFERENCES.get(name, {})
    assert {one for one in found if not any(_covers(key, one) for key in reasons)} == set()
    unneeded = {key for key in reasons if not any(_covers(key, one) for one in found)}
    assert unneeded == set(), "these differences are gone: take their reasons out"


def _covers(key: str, difference: str) -> bool:
    return difference == key or _is_below(difference, key)
