"""Who answers for a dialog and its item: dialogs handed over, responsibles set, triggers fired."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.wire import as_datetime, as_dict, as_int, as_str
from core.dialogs.chat import chat_of
from core.effects.dialog import DialogEffect
from core.effects.effect import Effect, Finding, Policy, Settled
from core.texts.text import Text

#: The portal's clock may be so far behind ours: of a move so shortly before nobody can say whose it was.
_CLOCKS_DIFFER: Final = timedelta(minutes=1)


class TransferDialog(DialogEffect):
    """Hand the dialog to an employee, or back to the queue of a line when ``user_id`` is 0.

    On a closed dialog it would open a new session, so the caller must have seen it open; each call posts a line
    and kicks observers, so it is never repeated blindly (openlines.md 3.5, fact 8).
    """

    kind: ClassVar[str] = "transfer_dialog"
    policy: ClassVar[Policy] = Policy.CHECK_THEN_ACT
    beside: ClassVar[bool] = True

    user_id: int
    line_id: int = 0
    seen_owner_id: int = 0
    #: The session that was seen open; 0 where nobody noted it.
    session_id: int = 0

    def summary(self) -> Text:
        if self.user_id:
            return Text("Диалог передан — {who}", "Dialog handed to {who}").format(who=self.who(self.user_id))
        return Text("Диалог возвращён в очередь линии", "Dialog returned to the queue of its line")

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        target: dict[str, Json] = (
            {"TRANSFER_ID": str(self.user_id)} if self.user_id else {"TRANSFER_ID": f"queue{self.line_id}"}
        )
        transfer = Command("imopenlines.operator.transfer", {"CHAT_ID": self.chat_id, **target})
        return {"transfer": transfer, **self.recheck()}

    def _read(self, fields: dict[str, Json]) -> Finding | None:
        if not fields.get("id"):
            return None
        owner = as_int(fields.get("owner")) or 0
        evidence: dict[str, Json] = {"owner": owner}
        chat = chat_of(fields)
        if self.session_id and chat is not None and chat.session_id != self.session_id:
            return Finding("changed", {"session": chat.session_id})
        if owner == self.user_id or (not self.user_id and owner != self.seen_owner_id):
            return Finding("done", evidence)
        return Finding("not_done" if owner == self.seen_owner_id else "changed", evidence)

    def undo(self, evidence: Mapping[str, Json]) -> Effect | None:  # noqa: ARG002
        if not self.seen_owner_id:
            return None
        return TransferDialog(chat_id=self.chat_id, user_id=self.seen_owner_id, seen_owner_id=self.user_id)


class SetResponsible(Effect):
    """Set the responsible of the item, only while the one we saw is still there."""

    kind: ClassVar[str] = "set_responsible"
    policy: ClassVar[Policy] = Policy.CHECK_THEN_ACT
    beside: ClassVar[bool] = True
    requires: ClassVar[str] = "transfer_dialog"

    entity_type_id: int
    entity_id: int
    user_id: int
    seen_user_id: int

    def summary(self) -> Text:
        return Text("Ответственный в карточке — {who}", "Responsible in the card: {who}").format(
            who=self.who(self.user_id)
        )

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        fields: dict[str, Json] = {"assignedById": self.user_id}
        params: dict[str, Json] = {"entityTypeId": self.entity_type_id, "id": self.entity_id, "fields": fields}
        return {"responsible": Command("crm.item.update", params)}

    def settle(self, answers: Mapping[str, Answer]) -> Settled:
        settled = super().settle(answers)
        if settled.state == "confirmed" and not as_dict(as_dict(answers["responsible"].result).get("item")):
            return Settled("unknown", {"answer": "no item"})
        return settled

    def recheck(self) -> dict[str, Command]:
        return {"item": Command("crm.item.get", {"entityTypeId": self.entity_type_id, "id": self.entity_id})}

    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:  # noqa: ARG002
        answer = answers.get("item")
        if answer is None or not answer.ok:
            return Finding("unclear", {"read": "denied"})
        now = as_int(as_dict(as_dict(answer.result).get("item")).get("assignedById"))
        if now == self.user_id:
            return Finding("done", {"responsible": now})
        return Finding("not_done" if now == self.seen_user_id else "changed", {"responsible": now})

    def undo(self, evidence: Mapping[str, Json]) -> Effect | None:  # noqa: ARG002
        return SetResponsible(
            entity_type_id=self.entity_type_id,
            entity_id=self.entity_id,
            user_id=self.seen_user_id,
            seen_user_id=self.user_id,
        )


class FireTrigger(Effect):
    """Fire one of our automation triggers for the item; the portal moves it when an administrator placed it.

    Where it is placed nowhere the portal does nothing and does not say so (platform.md 6.5), so the stage is read
    before and after in the same request. ``seen_stage`` is that of planning: as long as the item stands there, firing
    again is what was meant. Without it (the chat's other items) the moment of the last move tells whether it moved.
    """

    kind: ClassVar[str] = "fire_trigger"
    policy: ClassVar[Policy] = Policy.CHECK_THEN_ACT

    code: str
    entity_type_id: int
    entity_id: int
    seen_stage: str = ""
    #: The run goes on from the stage to which this may move its item, instead of stopping there.
    goes_on: bool = False
    #: The trigger's name as {ru, en}, for the log; the code stands for one of somebody else.
    title: dict[str, str] = {}  # noqa: RUF012  # pydantic copies defaults

    def summary(self) -> Text:
        name = Text.from_json(self.title) if self.title else self.code
        return Text("Триггер «{name}»", "Trigger “{name}”").format(name=name)

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        params: dict[str, Json] = {
            "CODE": self.code,
            "OWNER_TYPE_ID": self.entity_type_id,
            "OWNER_ID": self.entity_id,
        }
        item = self._item()
        return {"before": item, "trigger": Command("crm.automation.trigger.execute", params), "after": item}

    def _item(self) -> Command:
        return Command("crm.item.get", {"entityTypeId": self.entity_type_id, "id": self.entity_id})

    def settle(self, answers: Mapping[str, Answer]) -> Settled:
        """The first two decide: a reading that fails afterwards takes nothing back."""
        settled = super().settle({name: answer for name, answer in answers.items() if name != "after"})
        if settled.state == "refused":
            return settled
        if not isinstance(answers["trigger"].result, bool):
            return Settled("unknown", {"answer": "neither true nor false"})
        before, after = (_stage(answers.get(name)) for name in ("before", "after"))
        if not before or not after:
            return Settled("confirmed")
        return Settled("confirmed", {"stage_before": before, "stage_after": after, "moved": before != after})

    def recheck(self) -> dict[str, Command]:
        return {"item": self._item()}

    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:
        now, moved_at = _stage(answers.get("item")), as_datetime(_fields(answers.get("item")).get("movedTime"))
        if not now:
            return Finding("unclear", {"read": "impossible"})
        if self.seen_stage:
            return Finding("not_done" if now == self.seen_stage else "changed", {"stage": now})
        if moved_at is None or prepared_at - _CLOCKS_DIFFER <= moved_at < prepared_at:
            return Finding("unclear", {"stage": now})
        return Finding("changed" if moved_at >= prepared_at else "not_done", {"stage": now})


def _stage(answer: Answer | None) -> str:
    return as_str(_fields(answer).get("stageId"))


def _fields(answer: Answer | None) -> dict[str, Json]:
    return as_dict(as_dict(answer.result).get("item")) if answer is not None and answer.ok else {}
