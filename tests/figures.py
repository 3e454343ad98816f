"""Figures that tests measure: they are told at the end, and no test fails because of one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

_MARK = "measured: "


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str, float], None]:
    """Tell what was measured, with its unit, and how much it was."""

    def tell(what: str, much: float) -> None:
        record_property(f"{_MARK}{what}", f"{much:.2f}")

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [
        (name.removeprefix(_MARK), value, report.nodeid)
        for report in terminalreporter.getreports("passed")
        if report.when == "call"
        for name, value in report.user_properties
        if str(name).startswith(_MARK)
    ]
    if not told:
        return
    terminalreporter.section("measured")
    for name, value, test in sorted(told):
        variant = test.rpartition("[")[2].rstrip("]") if "[" in test else ""
        terminalreporter.write_line(f"{value:>8}  {name}  {variant}")
