"""The title of a dialog."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import unescape
from typing import ClassVar

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.wire import as_dict, as_str
from core.effects.effect import Effect, Finding, Policy, Settled
from core.texts.text import Text


class RenameDialog(Effect):
    """Give the dialog another title, only while the one that we saw is still there.

    Only a member of the chat may rename, and the portal answers ``true`` to others too (openlines.md part 6): so the
    user behind the application joins where he is no member, leaves again, and the title is read back.
    """

    kind: ClassVar[str] = "rename_dialog"
    policy: ClassVar[Policy] = Policy.CHECK_THEN_ACT

    chat_id: int
    title: str
    seen_title: str
    joins: bool = False

    @property
    def chat(self) -> int:
        return self.chat_id

    def summary(self) -> Text:
        return Text("Название диалога: «{title}»", "Title of the dialog: “{title}”").format(title=self.title)

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        chat: dict[str, Json] = {"CHAT_ID": self.chat_id}
        rename = {"rename": Command("im.chat.updateTitle", {**chat, "TITLE": self.title})}
        if self.joins:
            join, leave = Command("imopenlines.session.join", chat), Command("im.chat.leave", chat)
            rename = {"join": join, **rename, "leave": leave}
        return {**rename, **self.recheck()}

    def settle(self, answers: Mapping[str, Answer]) -> Settled:
        """Joining and renaming may be refused; whoever could not leave has renamed all the same."""
        settled = super().settle({name: answers[name] for name in ("join", "rename") if name in answers})
        if settled.state == "refused":
            return settled
        seen = self._seen(answers)
        return Settled("confirmed" if seen.verdict == "done" else "unknown", seen.evidence)

    def recheck(self) -> dict[str, Command]:
        return {"dialog": Command("imopenlines.dialog.get", {"CHAT_ID": self.chat_id})}

    def reconcile(self, answers: Mapping[str, Answer], prepared_at: datetime) -> Finding:  # noqa: ARG002
        return self._seen(answers)

    def _seen(self, answers: Mapping[str, Answer]) -> Finding:
        answer = answers.get("dialog")
        fields = as_dict(answer.result) if answer is not None and answer.ok else {}
        if not fields.get("id"):
            return Finding("unclear", {"read": "denied"})
        title = as_str(fields.get("name"))
        evidence: dict[str, Json] = {"title": title, "was": self.seen_title}
        if _same(title, self.title):
            return Finding("done", evidence)
        return Finding("not_done" if _same(title, self.seen_title) else "changed", evidence)

    def undo(self, evidence: Mapping[str, Json]) -> Effect | None:  # noqa: ARG002
        if not self.seen_title:
            return None
        return RenameDialog(chat_id=self.chat_id, title=self.seen_title, seen_title=self.title, joins=self.joins)


def _same(one: str, other: str) -> bool:
    """Portals may write a quote as an entity, and spaces as they like."""
    return " ".join(unescape(one).split()) == " ".join(unescape(other).split())
