"""Messages that a client sees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.wire import as_datetime, as_dict, as_int, as_list, as_str
from core.dialogs.own import text_hash
from core.effects.effect import Effect, Finding, Policy, Settled
from core.texts.text import Text

#: The portal's clock and ours may differ by this much when a message is matched by time.
_SLACK = timedelta(minutes=2)


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
        for message_id, author_id, at, text in found:
            newer = message_id > self.after_message_id and (at is None or at >= prepared_at - _SLACK)
            if newer and author_id == self.author and text_hash(text) == text_hash(self.text):
                return Finding("done", {"message_id": message_id}, message_id)
        return Finding("not_done", {"read": len(found)})


def _messages(answers: Mapping[str, Answer]) -> list[tuple[int, int, datetime | None, str]] | None:
    """Read either payload; None when the portal let us read neither (openlines.md 3.2, access rules)."""
    live = answers.get("messages")
    if live is not None and live.ok:
        rows = [as_dict(row) for row in as_list(as_dict(live.result).get("messages"))]
        return [
            (as_int(row.get("id")) or 0, as_int(row.get("author_id")) or 0, _at(row), as_str(row.get("text")))
            for row in rows
        ]
    history = answers.get("history")
    if history is not None and history.ok:
        by_id = as_dict(as_dict(history.result).get("message"))
        rows = [as_dict(row) for row in by_id.values()]
        return [
            (as_int(row.get("id")) or 0, as_int(row.get("senderid")) or 0, _at(row), as_str(row.get("text")))
            for row in rows
        ]
    return None


def _at(row: Mapping[str, Json]) -> datetime | None:
    return as_datetime(row.get("date"))


class SendAsOperator(_ClientMessage):
    """Write to the client in an employee's name; works only while the session is accepted and not closing.

    Counts as our answer in Bitrix24 (openlines.md 3.3). No key exists for it, so it is sent at most once.
    """

    kind: ClassVar[str] = "send_as_operator"

    crm_type: str
    crm_id: int
    user_id: int

    @property
    def author(self) -> int:
        return self.user_id

    def summary(self) -> Text:
        return Text(
            "Сообщение клиенту от имени сотрудника {user} ({length} зн.)",
            "Message to the client in the name of employee {user} ({length} chars)",
        ).format(user=self.user_id, length=len(self.text))

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
        return Text(
            "Автоматическое сообщение клиенту ({length} зн.)", "Automatic message to the client ({length} chars)"
        ).format(length=len(self.text))

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        params: dict[str, Json] = {"CHAT_ID": self.chat_id, "NAME": "DEFAULT", "MESSAGE": self.text}
        return {"send": Command("imopenlines.bot.session.message.send", params)}
