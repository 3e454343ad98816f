"""The tables of the sandbox's README that follow from the code; run as a program, this writes them anew."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from inspect import getsource
from pathlib import Path

import sandbox
from sandbox import rest
from sandbox.rest.registry import METHODS
from sandbox.switches import Switches
from tests.sandbox.conformance.catalogue import by_area

README = Path(sandbox.__path__[0]) / "README.md"
_SWITCH = re.compile(r"#: (?P<source>[^:]+): (?P<what>.+)\n    (?P<name>\w+): \w+ = (?P<default>\S+)")


def methods() -> str:
    """List the methods by the first word of their names."""
    assert rest.__all__
    families: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(one.name for one in METHODS):
        family, dot, rest_of_name = name.partition(".")
        families[family if dot else ""].append(rest_of_name if dot else name)
    rows = ["| family | methods |", "|---|---|"]
    for family, names in sorted(families.items()):
        rows.append(f"| `{family}.` | {_coded(names)} |" if family else f"| | {_coded(names)} |")
    return "\n".join(rows)


def _coded(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def switches() -> str:
    """List the switches with their defaults and what is not certain about them."""
    rows = ["| switch | default | what is not certain | source |", "|---|---|---|---|"]
    for found in _SWITCH.finditer(getsource(Switches)):
        name, default, what = found["name"], found["default"].lower(), _plain(found["what"].rstrip("."))
        rows.append(f"| `{name}` | `{default}` | {what} | {found['source']} |")
    return "\n".join(rows)


def rules() -> str:
    """List the rules, a table for each area."""
    parts = []
    for title, area in by_area():
        rows = [f"**{title.rstrip('.')}**", "", "| what the portal does | source | |", "|---|---|---|"]
        rows += [f"| {_plain(one.sentence)} | {one.source} | {_mark(one.switch)} |" for one in area]
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def _mark(switch: str) -> str:
    return f"switch `{switch}`" if switch else "yes"


def _plain(text: str) -> str:
    return re.sub(r"([|*<])", r"\\\1", text)


TABLES: Mapping[str, Callable[[], str]] = {"methods": methods, "switches": switches, "rules": rules}


def filled(text: str) -> str:
    """Put each table between its marks."""
    for name, table in TABLES.items():
        mark, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, _, tail = text.partition(mark)
        text = f"{before}{mark}\n{table()}\n{end}{tail.partition(end)[2]}"
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
