"""The contracts of robots, one JSON file each beside this module."""

from __future__ import annotations

import json
from pathlib import Path

import activities
from core.robots.contract import Contract, breaks, contract_of

FOLDER = Path(__file__).parent


def stored(code: str) -> Contract | None:
    """Return what the robot promised, or None when nothing was written down yet."""
    path = FOLDER / f"{code}.json"
    if not path.exists():
        return None
    contract: Contract = json.loads(path.read_text(encoding="utf-8"))
    return contract


def as_text(contract: Contract) -> str:
    """Return JSON with one field a line, as a reviewer wants to see it change."""
    parts = [f"  {json.dumps(name)}: {_block(value)}" for name, value in contract.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _block(value: object) -> str:
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    lines = [f"    {json.dumps(name)}: {json.dumps(field, ensure_ascii=False)}" for name, field in value.items()]
    return "{\n" + ",\n".join(lines) + "\n  }"


def write_down() -> list[str]:
    """Write the contracts that are new or only grew; return what stands in the way of the others.

    To break a promise on purpose, delete its file first.
    """
    broken = []
    for code, robot in activities.load().items():
        old, new = stored(code), contract_of(robot)
        trouble = breaks(old, new) if old is not None else []
        broken += [f"{code}: {sentence}" for sentence in trouble]
        if not trouble:
            (FOLDER / f"{code}.json").write_text(as_text(new), encoding="utf-8")
    return broken
