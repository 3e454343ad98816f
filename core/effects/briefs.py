"""Notes in a client's chat that the client never sees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.encoding import neutral_staff_text
from core.bitrix24.wire import as_dict, as_int, as_list, as_str
from core.effects.effect import Effect, Finding, Policy, Settled
from core.texts.text import Text, characters


class HiddenBrief(Effect):
    """Leave the next operator a note that goes no further than the staff (``SKIP_CONNECTOR=Y``).

    Only members may write, so our token's user joins and leaves where he is none; the key makes a repeat harmless
    (openlines.md 3.3, security.md 2.5).
    """

    kind: ClassVar[str] = "hidden_brief"
    policy: ClassVar[Policy] = Policy.KEYED
    words: ClassVar[frozenset[str]] = frozenset({"text"})

    chat_id: int
    text: str = ""
    is_member: bool = False

    @property
    def chat(self) -> int:
        return self.chat_id

    def summary(self) -> Text:
        return Text(
            "Скрытая записка следующему оператору ({length})", "Hidden note to the next operator ({length})"
        ).format(length=characters(self.text))

    def plan(self, key: str) -> dict[str, Command]:
        params: dict[str, Json] = {
            "DIALOG_ID": f"chat{self.chat_id}",
            "MESSAGE": neutral_staff_text(self.text),
            "SKIP_CONNECTOR": "Y",
            "TEMPLATE_ID": key,
        }
        brief = {"brief": Command("im.message.add", params)}
        if self.is_member:
            return brief
        chat: dict[str, Json] = {"CHAT_ID": self.chat_id}
        join, leave = Command("imopenlines.session.join", chat), Command("im.chat.leave", chat)
        return {"join": join, **brief, "leave": leave}

    def settle(self, answers: Mapping[str, Answer]) -> Settled:
        """The note decides; ``inside`` tells that we are still in a chat that we had joined only to write it."""
        brief, join, leave = answers.get("brief"), answers.get("join"), answers.get("leave")
        is_inside = join is not None and join.ok and not (leave is not None and leave.ok)
        inside: dict[str, Json] = {"inside": True} if is_inside else {}
        if brief is None or not brief.ok:
            refused = super().settle(answers)
            return Settled("refused", {**refused.evidence, **inside})
        message_id = as_int(brief.result) or 0
        if message_id < 1:
            return Settled("unknown", {"answer": "no message id", **inside})
        return Settled("confirmed", {"message_id": message_id, **inside}, message_id)

    def recheck(self) -> dict[str, Command]:
        return {"messages": Command("im.dialog.messages.get", {"DIALOG_ID": f"chat{self.chat_id}", "LIMIT": 50})}

    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:  # noqa: ARG002
        """A repeat with the same key gives the same message, so what is not found is asked for again."""
        answer = answers.get("messages")
        if answer is None or not answer.ok:
            return Finding("unclear", {"read": "denied"})
        wanted = neutral_staff_text(self.text).strip()
        for row in map(as_dict, as_list(as_dict(answer.result).get("messages"))):
            if as_str(row.get("text")).strip() == wanted and (message_id := as_int(row.get("id"))):
                return Finding("done", {"message_id": message_id}, message_id)
        return Finding("not_done")


class LeaveChat(Effect):
    """Have our token's user leave a chat that he joined for a note only."""

    kind: ClassVar[str] = "leave_chat"
    policy: ClassVar[Policy] = Policy.SET_STATE
    beside: ClassVar[bool] = True

    chat_id: int
    user_id: int

    @property
    def chat(self) -> int:
        return self.chat_id

    def summary(self) -> Text:
        return Text("Выход из чата — {who}", "{who} left the chat").format(who=self.who(self.user_id))

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        return {"leave": Command("im.chat.leave", {"CHAT_ID": self.chat_id})}

    def settle(self, answers: Mapping[str, Answer]) -> Settled:
        settled = super().settle(answers)
        if settled.state == "confirmed" and answers["leave"].result is not True:
            return Settled("unknown", {"answer": "not true"})
        return settled

    def recheck(self) -> dict[str, Command]:
        return {"members": Command("im.chat.user.list", {"CHAT_ID": self.chat_id})}

    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:  # noqa: ARG002
        """Without the right to look the list is empty."""
        answer = answers.get("members")
        members = {as_int(one) for one in as_list(answer.result)} if answer is not None and answer.ok else set()
        if not members:
            return Finding("unclear", {"read": "denied"})
        return Finding("not_done" if self.user_id in members else "done")
