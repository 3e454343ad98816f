"""The page about security names a mitigation and a test for every threat, and what it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
PAGE = (TOP / "docs" / "security.md").read_text(encoding="utf-8")
THREATS = {f"T-{number:02}" for number in range(1, 35)}
SECTIONS = dict(re.findall(r"^### (T-\d\d) .*\n((?:(?!^###).*\n)*)", PAGE, re.M))
TEST = re.compile(r"^- (tests/[\w/]+\.py)::(test_\w+)$", re.M)


def plain(name: str) -> str:
    """A test may bear the number of the fault that it provokes, here or there."""
    return re.sub(r"^test_f_\d+_", "test_", name)


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((TOP / file).read_text(encoding="utf-8"))
    return {plain(node.name) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_threat_has_its_place() -> None:
    assert list(SECTIONS) == sorted(THREATS)


@pytest.mark.parametrize("threat", sorted(THREATS))
def test_every_threat_has_tests_that_are_there(threat: str) -> None:
    named = TEST.findall(SECTIONS[threat])
    assert len(named) == SECTIONS[threat].count("\n- ") > 1
    assert [
        f"{file}::{test}" for file, test in named if not (TOP / file).exists() or plain(test) not in names_in(file)
    ] == []


@pytest.mark.parametrize("threat", sorted(THREATS))
def test_every_threat_has_code_that_is_there(threat: str) -> None:
    words = SECTIONS[threat].partition("\n- ")[0]
    files = re.findall(r"`((?:core|server|cli|workers|scripts)/[\w/]+\.py|pyproject\.toml)`", words)
    assert [file for file in files if not (TOP / file).exists()] == []
    assert files, "it says nothing of where the mitigation is"
