"""Effects on a dialog of which only the dialog itself tells whether they happened (openlines.md trap 2)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.wire import as_dict
from core.effects.effect import Effect, Finding, Settled


class DialogEffect(Effect):
    """What they share: the dialog is read right after the calls, and once more when the outcome is unknown."""

    #: Calls of the plan whose refusal takes nothing back.
    forgiven: ClassVar[frozenset[str]] = frozenset()

    chat_id: int

    @property
    def chat(self) -> int:
        return self.chat_id

    def recheck(self) -> dict[str, Command]:
        return {"dialog": Command("imopenlines.dialog.get", {"CHAT_ID": self.chat_id})}

    def settle(self, answers: Mapping[str, Answer]) -> Settled:
        """The calls may refuse, only the dialog confirms; a reading that failed leaves the outcome unknown."""
        calls = {name: answer for name, answer in answers.items() if name != "dialog" and name not in self.forgiven}
        settled = super().settle(calls)
        if settled.state == "refused":
            return settled
        found = self._found(answers)
        return Settled("confirmed" if found.verdict == "done" else "unknown", found.evidence)

    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:  # noqa: ARG002
        return self._found(answers)

    def _found(self, answers: Mapping[str, Answer]) -> Finding:
        answer = answers.get("dialog")
        fields = as_dict(answer.result) if answer is not None and answer.ok else {}
        return self._read(fields) or Finding("unclear", {"read": "denied"})

    @abstractmethod
    def _read(self, fields: dict[str, Json]) -> Finding | None:
        """Say what a dialog with these fields tells; None when they are not those of one that may be read."""
