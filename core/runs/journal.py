"""Lines of a run's log as statements, so that they are saved with what they tell of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.bitrix24.command import Json
from core.db import Statement, new_id, to_millis
from core.robots.outcomes import Check, Reason
from core.runs.statements import EVENT
from core.texts.text import Text


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log: its kind, a sentence, and data that the page of the run draws from."""

    kind: str
    text: Text
    data: Mapping[str, Json] = field(default_factory=dict)

    def statement(self, portal_id: str, run_id: str, at: datetime) -> Statement:
        return Statement(
            EVENT,
            {
                "id": new_id(),
                "portal_id": portal_id,
                "run_id": run_id,
                "at": to_millis(at),
                "kind": self.kind,
                "text": dumped(self.text.as_json()),
                "data": dumped(dict(self.data)) if self.data else None,
            },
        )


def reasoned(kind: str, because: Text | Reason, data: Mapping[str, Json] | None = None) -> Line:
    """A line that tells a reason, with its checks beside it."""
    reason = Reason.of(because)
    told = dict(data or {})
    if reason.checks:
        told["checks"] = checks_as_json(reason.checks)
    return Line(kind, reason.text, told)


def checks_as_json(checks: Sequence[Check]) -> list[Json]:
    return [{"text": {"ru": check.text.ru, "en": check.text.en}, "passed": check.passed} for check in checks]


def dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
