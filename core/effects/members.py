"""Employees who are put into a client's chat, and taken out of it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.wire import as_int, as_list
from core.effects.effect import Effect, Finding, Policy, Settled
from core.texts.text import Text


class _Membership(Effect):
    """What adding and removing share: how the chat is named, and who is in it."""

    policy: ClassVar[Policy] = Policy.SET_STATE
    beside: ClassVar[bool] = True

    crm_type: str
    crm_id: int
    chat_id: int
    user_id: int

    @property
    def chat(self) -> int:
        return self.chat_id

    def _params(self) -> dict[str, Json]:
        return {
            "CRM_ENTITY_TYPE": self.crm_type,
            "CRM_ENTITY": self.crm_id,
            "USER_ID": self.user_id,
            "CHAT_ID": self.chat_id,
        }

    def settle(self, answers: Mapping[str, Answer]) -> Settled:
        """The answer is the number of the chat, 0 when there is none (openlines.md 3.4)."""
        settled = super().settle(answers)
        if settled.state != "confirmed":
            return settled
        numbers = [as_int(answer.result) for answer in answers.values()]
        if not numbers or None in numbers:
            return Settled("unknown", {"answer": "no chat id"})
        return settled if all(numbers) else Settled("refused", {"error": "no_chat"})

    def recheck(self) -> dict[str, Command]:
        return {"members": Command("im.chat.user.list", {"CHAT_ID": self.chat_id})}

    def _is_member(self, answers: Mapping[str, Answer]) -> bool | None:
        """None when we may not know: without the right to look the list is empty, and an owner there always is."""
        answer = answers.get("members")
        if answer is None or not answer.ok:
            return None
        members = {as_int(member) for member in as_list(answer.result)} - {None}
        return self.user_id in members if members else None


class AddToChat(_Membership):
    """Add an employee to the client's chat; only for accepted dialogs that are not closing (openlines.md fact 1)."""

    kind: ClassVar[str] = "add_to_chat"

    def summary(self) -> Text:
        return Text("Добавление в чат — {who}", "{who} added to the chat").format(who=self.who(self.user_id))

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        return {"add": Command("imopenlines.crm.chat.user.add", self._params())}

    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:  # noqa: ARG002
        member = self._is_member(answers)
        if member is None:
            return Finding("unclear", {"read": "denied"})
        return Finding("done" if member else "not_done")

    def undo(self, evidence: Mapping[str, Json]) -> Effect | None:  # noqa: ARG002
        return RemoveFromChat(crm_type=self.crm_type, crm_id=self.crm_id, chat_id=self.chat_id, user_id=self.user_id)


class RemoveFromChat(_Membership):
    """Take an employee out of the chat whom we had put there only to speak."""

    kind: ClassVar[str] = "remove_from_chat"
    requires: ClassVar[str] = AddToChat.kind

    def summary(self) -> Text:
        return Text("Удаление из чата — {who}", "{who} removed from the chat").format(who=self.who(self.user_id))

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        return {"remove": Command("imopenlines.crm.chat.user.delete", self._params())}

    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:  # noqa: ARG002
        member = self._is_member(answers)
        if member is None:
            return Finding("unclear", {"read": "denied"})
        return Finding("not_done" if member else "done")
