"""What a look for a dialog ends with: the dialog, none, or too many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from core.dialogs.activities import SessionRow
from core.dialogs.resolve import PathStep
from core.dialogs.view import DialogView
from core.texts.text import Text


@dataclass(frozen=True, slots=True)
class NoDialog:
    """The item has no dialog: a branch, not an error."""

    path: tuple[PathStep, ...]
    reason: Text


@dataclass(frozen=True, slots=True)
class AmbiguousDialog:
    """Several dialogs fit and the settings do not say which."""

    path: tuple[PathStep, ...]
    candidates: tuple[SessionRow, ...]

    @property
    def reason(self) -> Text:
        lines = ", ".join(dict.fromkeys(str(row.line_id) for row in self.candidates))
        return Text(
            "Подходит несколько диалогов (линии {lines}), а линия в настройках робота не указана.",
            "Several dialogs fit (lines {lines}), and the robot's settings name no line.",
        ).format(lines=lines)


Resolution: TypeAlias = DialogView | NoDialog | AmbiguousDialog
