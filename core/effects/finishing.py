"""The end of a dialog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from core.bitrix24.command import Answer, Command, Json
from core.dialogs.chat import chat_of
from core.effects.dialog import DialogEffect
from core.effects.effect import Finding, Policy, Settled
from core.texts.text import Text

#: The portal's word for a dialog that is closed already (openlines.md 3.5, undocumented).
_CLOSED: Final = "NOT_LOAD_SESSION_OR_CHAT"


class FinishDialog(DialogEffect):
    """Finish the session that we saw; never a new one, and never over words that we did not see.

    Where the line says goodbye or asks for a rating, the first finish only does that and leaves the dialog closing
    (openlines.md fact 6). ``through``: finish once more, so that it is closed now. Without it a dialog that is
    closing counts as finished: Bitrix24 closes it by itself.
    ``as_operator``: the user behind the application holds the dialog; others' dialogs take another method, which
    accepts an unaccepted dialog first (fact 7). ``true`` may mean that the portal was busy and did nothing.
    """

    kind: ClassVar[str] = "finish_dialog"
    policy: ClassVar[Policy] = Policy.CHECK_THEN_ACT
    #: It only finishes what the first one began.
    forgiven: ClassVar[frozenset[str]] = frozenset({"again"})

    session_id: int
    as_operator: bool = False
    through: bool = False
    #: The newest message at planning: whoever wrote a newer one wants the dialog open.
    after_message_id: int = 0

    def summary(self) -> Text:
        return Text("Завершение диалога", "Finishing the dialog")

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        method = "imopenlines.operator.finish" if self.as_operator else "imopenlines.operator.another.finish"
        # After the first finish the dialog may have another operator, so the second one asks for nobody's own.
        again = Command("imopenlines.operator.another.finish", {"CHAT_ID": self.chat_id})
        commands = {"finish": Command(method, {"CHAT_ID": self.chat_id})}
        return {**commands, **({"again": again} if self.through else {}), **self.recheck()}

    def settle(self, answers: Mapping[str, Answer]) -> Settled:
        finish = answers["finish"]
        if finish.error == _CLOSED:
            return Settled("confirmed", {"closed": True, "before": True})
        if finish.ok and (again := answers.get("again")) is not None and again.error == _CLOSED:
            return Settled("confirmed", {"closed": True})
        return super().settle(answers)

    def _read(self, fields: dict[str, Json]) -> Finding | None:
        chat = chat_of(fields)
        if chat is None or not fields.get("entity_data_1"):
            return None
        evidence: dict[str, Json] = {"closed": chat.session_id != self.session_id, "closing": chat.closing}
        if chat.session_id != self.session_id:
            return Finding("done", evidence if not chat.session_id else {**evidence, "new_session": chat.session_id})
        if chat.closing:
            return Finding("not_done" if self.through else "done", evidence)
        if self.after_message_id and chat.last_message_id > self.after_message_id:
            return Finding("changed", evidence)
        return Finding("not_done", evidence)
