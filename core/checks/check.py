"""One thing that was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from core.texts.text import Text

State = Literal["ok", "warn", "fail", "skip"]

_NOTHING: Final = Text("", "")
_ORDER: Final[Mapping[State, int]] = {"fail": 3, "warn": 2, "ok": 1, "skip": 0}


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was found, why it matters, how to mend it; the last two are empty when all is well."""

    name: str
    state: State
    what: Text
    why: Text = _NOTHING
    fix: Text = _NOTHING

    def as_json(self, language: str) -> Mapping[str, str]:
        words = {"what": self.what, "why": self.why, "fix": self.fix}
        return {
            "name": self.name,
            "state": self.state,
            **{name: text.said_in(language) for name, text in words.items()},
        }


def worst(checks: Iterable[Check]) -> State:
    """Return the state of the whole: that of its worst part."""
    return max((check.state for check in checks), key=lambda state: _ORDER[state], default="ok")
