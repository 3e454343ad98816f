"""Each protection that is taken away turns the test red that is named for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutations.mutants import MUTANTS, Mutant

TOP = Path(__file__).parents[2]
#: What the tests of a mutant need of the tree.
COPIED = ("activities", "cli", "core", "sandbox", "server", "workers", "tests", "pyproject.toml")
ENDS_AFTER = 120.0


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project to break something in; with what Python has compiled, which saves most of the time."""
    folder = tmp_path_factory.mktemp("tree")
    for name in COPIED:
        source = TOP / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy2(source, folder / name)
    return folder


def broken(text: str, mutant: Mutant) -> str:
    for old, new in mutant.edits:
        assert text.count(old) == 1, f"{mutant.file} has changed: write the mutant anew"
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_fits_the_code(mutant: Mutant) -> None:
    code = broken((TOP / mutant.file).read_text(encoding="utf-8"), mutant)
    compile(code, mutant.file, "exec")
    for test in mutant.tests:
        file, _, name = test.partition("::")
        assert present(file, name.partition("[")[0]), test


@pytest.mark.skipif(os.environ.get("DEZHURNY_TEST_ALL") != "1", reason="`make test-all` breaks the code on purpose")
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_noticed(mutant: Mutant, tree: Path) -> None:
    whole = (tree / mutant.file).read_text(encoding="utf-8")
    (tree / mutant.file).write_text(broken(whole, mutant), encoding="utf-8")
    try:
        seen = results(tree, mutant)
    finally:
        (tree / mutant.file).write_text(whole, encoding="utf-8")
    failed = {line.split()[1].partition("[")[0] for line in seen.splitlines() if line.startswith("FAILED")}
    assert {now(test).partition("[")[0] for test in mutant.tests} <= failed, seen[-2000:]


def present(file: str, name: str) -> str:
    """Return the name of a test as it is now: it may have got the number of the fault that it provokes."""
    found = re.search(
        rf"def (test_(?:f_\d+_)?{name.removeprefix('test_')})\(", (TOP / file).read_text(encoding="utf-8")
    )
    return found[1] if found else ""


def now(test: str) -> str:
    file, _, name = test.partition("::")
    bare, bracket, parameters = name.partition("[")
    return f"{file}::{present(file, bare)}{bracket}{parameters}"


def results(tree: Path, mutant: Mutant) -> str:
    stops = 1 if len(mutant.tests) == 1 else 0
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-rf",
            f"--maxfail={stops}",
            *mutant.tests,
        ],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=ENDS_AFTER,
        check=False,
    ).stdout
