"""Known holes in what we depend on: told by `make check`, fatal for `make audit`, skipped with a word offline."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from scripts import audit

REPORT = {
    "dependencies": [
        {"name": "starlette", "version": "1.3.0", "vulns": [{"id": "CVE-2026-54283", "fix_versions": ["1.3.1"]}]},
        {"name": "arq", "version": "0.28.0", "vulns": []},
        {"name": "ours", "skip_reason": "Dependency not found"},
    ]
}
CLEAN = {"dependencies": [{"name": "arq", "version": "0.28.0", "vulns": []}]}
UNKNOWN = {"dependencies": [{"name": "arq", "skip_reason": "Dependency not found"}]}
HOLE = "advisory: starlette 1.3.0 has CVE-2026-54283, mended in 1.3.1\n"
SKIPPED = "advisories: skipped, the index that knows them does not answer\n"


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """What pip-audit says each time it is run; an exception is raised."""
    left: list[Any] = []

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        said = left.pop(0)
        if isinstance(said, Exception):
            raise said
        return subprocess.CompletedProcess(command, 0, said if isinstance(said, bytes) else json.dumps(said).encode())

    monkeypatch.setattr("scripts.audit.subprocess.run", run)
    monkeypatch.setattr(audit, "KEPT", tmp_path / "audit.json")
    return left


@pytest.mark.parametrize(
    ("report", "told", "strictly"),
    [
        (REPORT, HOLE, 1),
        (CLEAN, "", 0),
        (UNKNOWN, SKIPPED, 1),
        (b"Traceback: no route to host", SKIPPED, 1),
        (subprocess.TimeoutExpired("pip-audit", 15), SKIPPED, 1),
    ],
    ids=["a hole", "none", "an index without advisories", "no network", "too slow"],
)
def test_what_is_told(says: list[Any], report: object, told: str, strictly: int, capsys: Any) -> None:
    says += [report, report]
    assert audit.main(strict=False) == 0
    assert capsys.readouterr().err == told
    assert audit.main(strict=True) == strictly


def test_an_answer_holds_for_a_day_and_the_lack_of_one_for_an_hour(
    says: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = {"now": 1_000_000.0}
    monkeypatch.setattr("scripts.audit.time.time", lambda: clock["now"])
    for report, holds in ((CLEAN, audit.HOLDS), (UNKNOWN, audit.HOLDS_UNANSWERED)):
        says[:] = [report]
        audit.main(strict=False)
        clock["now"] += holds - 1
        audit.main(strict=False)
        clock["now"] += 2
        with pytest.raises(IndexError):
            audit.main(strict=False)


def test_other_pins_are_asked_about_anew(says: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    says += [CLEAN, REPORT]
    audit.main(strict=False)
    monkeypatch.setattr(audit, "pins", lambda: "others")
    audit.main(strict=False)
    assert says == []


#: Below these are holes that we know of: a form without limits (CVE-2026-54283), a poisoned address (CVE-2026-48710).
FLOORS = {"starlette": (1, 3, 1), "python-multipart": (0, 0, 31), "cryptography": (46,), "jinja2": (3, 1, 6)}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_no_pin_is_below_a_hole_that_we_know_of(lock: str) -> None:
    text = (audit.TOP / lock).read_text(encoding="utf-8")
    pins = {name.lower(): version for name, version in re.findall(r"^([\w.-]+)(?:\[.*?\])?==([\w.]+)", text, re.M)}
    for name, floor in FLOORS.items():
        if name in pins:
            assert tuple(int(part) for part in pins[name].split(".") if part.isdigit()) >= floor, name
    assert "starlette" in pins


def test_what_we_name_ourselves_has_a_floor() -> None:
    project = tomllib.loads((audit.TOP / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    named = [*project["project"]["dependencies"], *groups["build"], *groups["dev"]]
    assert [name for name in named if ">=" not in name and "==" not in name] == []
