"""Dialogs that change hands in other ways than by a transfer: taken by ourselves, unpinned, fetched from a bot."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from core.bitrix24.command import Command, Json
from core.dialogs.chat import Chat, chat_of
from core.effects.dialog import DialogEffect
from core.effects.effect import Finding, Policy
from core.texts.text import Text


class _InHand(DialogEffect):
    """What these share: the caller has seen the session open, and the chat tells afterwards what came of it."""

    policy: ClassVar[Policy] = Policy.CHECK_THEN_ACT
    beside: ClassVar[bool] = True

    session_id: int

    def _read(self, fields: dict[str, Json]) -> Finding | None:
        """A dialog that was closed meanwhile is left alone: each of these methods would open a new session."""
        chat = chat_of(fields)
        if chat is None:
            return None
        if chat.session_id != self.session_id:
            return Finding("changed", {"session": chat.session_id})
        return self._judged(chat)

    @abstractmethod
    def _judged(self, chat: Chat) -> Finding:
        """Say what came of it by a chat whose session is still the same."""


class TakeDialog(_InHand):
    """Make the user of our token the operator: from another operator by interception, from the queue by answering.

    Only so can that user unpin the dialog, or become its operator himself (openlines.md 3.5).
    """

    kind: ClassVar[str] = "take_dialog"

    user_id: int
    seen_owner_id: int = 0

    def summary(self) -> Text:
        return Text("Диалог взят — {who}", "Dialog taken by {who}").format(who=self.who(self.user_id))

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        method = "imopenlines.session.intercept" if self.seen_owner_id else "imopenlines.operator.answer"
        return {"take": Command(method, {"CHAT_ID": self.chat_id}), **self.recheck()}

    def _judged(self, chat: Chat) -> Finding:
        evidence: dict[str, Json] = {"owner": chat.owner_id}
        if chat.owner_id == self.user_id:
            return Finding("done", evidence)
        return Finding("not_done" if chat.owner_id == self.seen_owner_id else "changed", evidence)


class UnpinDialog(_InHand):
    """Unpin the dialog; the portal lets only its operator do that, so our token's user must have taken it."""

    kind: ClassVar[str] = "unpin_dialog"
    requires: ClassVar[str] = TakeDialog.kind

    def summary(self) -> Text:
        return Text("Диалог откреплён", "Dialog unpinned")

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        params: dict[str, Json] = {"CHAT_ID": self.chat_id, "ACTIVATE": "N"}
        return {"unpin": Command("imopenlines.session.mode.pin", params), **self.recheck()}

    def _judged(self, chat: Chat) -> Finding:
        return Finding("not_done" if chat.pinned else "done", {"pinned": chat.pinned})


class TransferFromBot(_InHand):
    """Hand a bot's dialog to an employee; the portal takes it only from an application that owns a bot."""

    kind: ClassVar[str] = "transfer_from_bot"

    user_id: int
    seen_owner_id: int

    def summary(self) -> Text:
        return Text("Диалог передан от бота — {who}", "Dialog handed from the bot to {who}").format(
            who=self.who(self.user_id)
        )

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        params: dict[str, Json] = {"CHAT_ID": self.chat_id, "USER_ID": self.user_id, "LEAVE": "Y"}
        return {"transfer": Command("imopenlines.bot.session.transfer", params), **self.recheck()}

    def _judged(self, chat: Chat) -> Finding:
        evidence: dict[str, Json] = {"owner": chat.owner_id}
        if chat.owner_id == self.user_id:
            return Finding("done", evidence)
        return Finding("not_done" if chat.owner_id == self.seen_owner_id else "changed", evidence)


class ReleaseFromBot(_InHand):
    """Have a bot give its dialog to the queue of the line; needs no bot of our own (openlines.md 3.5)."""

    kind: ClassVar[str] = "release_from_bot"

    seen_owner_id: int

    def summary(self) -> Text:
        return Text("Бот отдал диалог в очередь", "The bot gave the dialog to the queue")

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        return {"release": Command("imopenlines.bot.session.operator", {"CHAT_ID": self.chat_id}), **self.recheck()}

    def _judged(self, chat: Chat) -> Finding:
        done = chat.owner_id != self.seen_owner_id
        return Finding("done" if done else "not_done", {"owner": chat.owner_id})
