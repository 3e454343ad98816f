"""Every fault that the service promises to survive has a test with its number in its name."""

from __future__ import annotations

import re
from pathlib import Path

FAULTS = {f"{number:02}" for number in range(1, 35)}


def test_every_fault_has_its_test() -> None:
    tests = Path(__file__).parents[1].rglob("test_*.py")
    named = {number for test in tests for number in re.findall(r"def test_f_(\d\d)_", test.read_text(encoding="utf-8"))}
    assert named - FAULTS == set()
    assert FAULTS - named == set()
