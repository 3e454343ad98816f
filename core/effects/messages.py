"""Messages that a client sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.wire import as_datetime, as_dict, as_int, as_list, as_str
from core.dialogs.own import text_hash
from core.effects.effect import Effect, Finding, Policy, Settled, happened_since
from core.effects.members import AddToChat
from core.texts.text import Text, characters


class _ClientMessage(Effect):
    """What both ways of writing to a client share: how a sent message is found again in the chat."""

    alone: ClassVar[bool] = True
    policy: ClassVar[Policy] = Policy.AT_MOST_ONCE
    words: ClassVar[frozenset[str]] = frozenset({"text"})

    chat_id: int
    session_id: int
    text: str = ""
    #: The newest message at planning: ours can only be newer.
    after_message_id: int = 0

    @property
    def chat(self) -> int:
        return self.chat_id

    @property
    def said(self) -> str:
        return self.text

    def recheck(self) -> dict[str, Command]:
        return {
            "messages": Command("im.dialog.messages.get", {"DIALOG_ID": f"chat{self.chat_id}", "LIMIT": 50}),
            "history": Command("imopenlines.session.history.get", {"SESSION_ID": self.session_id}),
        }

    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:
        found = _messages(answers)
        if found is None:
            return Finding("unclear", {"read": "denied"})
        wanted = text_hash(self.text)
        for message in found:
            newer = message.id > self.after_message_id and happened_since(message.at, prepared_at)
            if newer and message.author_id == self.author and text_hash(message.text) == wanted:
                return Finding("done", {"message_id": message.id}, message.id)
        return Finding("not_done", {"read": len(found)})


@dataclass(frozen=True, slots=True)
class _Seen:
    """A message as either of two methods gave it."""

    id: int
    author_id: int
    at: datetime | None
    text: str


def _messages(answers: Mapping[str, Answer]) -> list[_Seen] | None:
    """Read both payloads; None when the portal let us read neither (openlines.md 3.2, access rules).

    Both, because a member with many unread messages gets the oldest of them from the first method.
    """
    seen: list[_Seen] = []
    live, history = answers.get("messages"), answers.get("history")
    if live is not None and live.ok:
        seen += _rows(as_dict(live.result).get("messages"), author="author_id")
    if history is not None and history.ok:
        seen += _rows(as_dict(history.result).get("message"), author="senderid")
    readable = any(answer is not None and answer.ok for answer in (live, history))
    return seen if readable else None


def _rows(value: Json, *, author: str) -> list[_Seen]:
    rows = [as_dict(row) for row in as_list(value)]
    return [
        _Seen(
            as_int(row.get("id")) or 0,
            as_int(row.get(author)) or 0,
            as_datetime(row.get("date")),
            as_str(row.get("text")),
        )
        for row in rows
    ]


class SendAsOperator(_ClientMessage):
    """Write to the client in an employee's name; works only while the session is accepted and not closing.

    Counts as our answer in Bitrix24 (openlines.md 3.3). No key exists for it, so it is sent at most once.
    """

    kind: ClassVar[str] = "send_as_operator"
    requires: ClassVar[str] = AddToChat.kind

    crm_type: str
    crm_id: int
    user_id: int

    @property
    def author(self) -> int:
        return self.user_id

    def summary(self) -> Text:
        return Text("Сообщение клиенту ({length}) — {who}", "Message to the client ({length}) from {who}").format(
            who=self.who(self.user_id), length=characters(self.text)
        )

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        return {
            "send": Command(
                "imopenlines.crm.message.add",
                {
                    "CRM_ENTITY_TYPE": self.crm_type,
                    "CRM_ENTITY": self.crm_id,
                    "USER_ID": self.user_id,
                    "CHAT_ID": self.chat_id,
                    "MESSAGE": self.text,
                },
            )
        }

    def settle(self, answers: Mapping[str, Answer]) -> Settled:
        settled = super().settle(answers)
        message_id = as_int(answers["send"].result) or 0
        if settled.state == "confirmed" and message_id > 0:
            return Settled("confirmed", {"message_id": message_id}, message_id)
        return settled if settled.state == "refused" else Settled("unknown", {"answer": "no message id"})


class SendAutomatic(_ClientMessage):
    """Write to the client as an automatic message; works on dialogs that nobody accepted.

    The portal answers ``true`` whatever happened and would open a new session on a closed dialog (openlines.md
    fact 5), so the caller must have seen the session open, and the engine reads the chat back.
    """

    kind: ClassVar[str] = "send_automatic"
    verify: ClassVar[bool] = True

    def summary(self) -> Text:
        return Text("Автоматическое сообщение клиенту ({length})", "Automatic message to the client ({length})").format(
            length=characters(self.text)
        )

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        params: dict[str, Json] = {"CHAT_ID": self.chat_id, "NAME": "DEFAULT", "MESSAGE": self.text}
        return {"send": Command("imopenlines.bot.session.message.send", params)}
