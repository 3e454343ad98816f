"""The corpus of requests, hostile and good, with the answer each must get (design: security.md 3.1)."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

FILE: Final = Path(__file__).parents[2].parent / "shared" / "data" / "bad_inputs.jsonl"


@dataclass(frozen=True)
class Entry:
    """One request; ``effects`` is how many runs, installations or events it may cause."""

    id: str
    name: str
    kind: str
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    transport: str
    status: int
    answer: Any
    answer_headers: dict[str, str]
    effects: int

    @property
    def robot(self) -> str:
        """The code in the path of a robot's call, as a client writes it."""
        return self.path.removeprefix("/b24/robot/").partition("?")[0]

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


def entries() -> list[Entry]:
    """Read the corpus; without it the test is skipped with a word."""
    if not FILE.exists():
        pytest.skip("the corpus ../shared/data/bad_inputs.jsonl is not on this machine")
    with FILE.open(encoding="utf-8") as lines:
        return [_entry(json.loads(line)) for line in lines]


def _entry(row: dict[str, Any]) -> Entry:
    headers = row["headers"]
    pairs = headers if isinstance(headers, list) else list(headers.items())
    body = base64.b64decode(row["body_b64"]) if "body_b64" in row else (row.get("body") or "").encode()
    repeat = row.get("body_repeat") or {"unit": "", "count": 0}
    return Entry(
        id=row["id"],
        name=row["name"],
        kind=row["path_kind"],
        method=row["method"],
        path=row["path"],
        headers=tuple((name, value) for name, value in pairs),
        body=body + repeat["unit"].encode() * repeat["count"],
        transport=row.get("transport") or "",
        status=row["expect_status"],
        answer=row["expect_body"],
        answer_headers=row.get("expect_headers") or {},
        effects=row["expect_effects"],
    )
