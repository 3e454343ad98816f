"""The title of a dialog."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from typing import ClassVar

from core.bitrix24.command import Command, Json
from core.bitrix24.wire import as_str
from core.effects.dialog import DialogEffect
from core.effects.effect import Effect, Finding, Policy
from core.texts.text import Text


class RenameDialog(DialogEffect):
    """Give the dialog another title, only while the one that we saw is still there.

    Only a member of the chat may rename, and the portal answers ``true`` to others too (openlines.md part 6): so the
    user behind the application joins where he is no member, leaves again, and the title is read back.
    """

    kind: ClassVar[str] = "rename_dialog"
    policy: ClassVar[Policy] = Policy.CHECK_THEN_ACT
    #: Whoever could not leave has renamed all the same.
    forgiven: ClassVar[frozenset[str]] = frozenset({"leave"})

    title: str
    seen_title: str
    joins: bool = False

    def summary(self) -> Text:
        return Text("Название диалога: «{title}»", "Title of the dialog: “{title}”").format(title=self.title)

    def plan(self, key: str) -> dict[str, Command]:  # noqa: ARG002
        chat: dict[str, Json] = {"CHAT_ID": self.chat_id}
        rename = {"rename": Command("im.chat.updateTitle", {**chat, "TITLE": self.title})}
        if self.joins:
            join, leave = Command("imopenlines.session.join", chat), Command("im.chat.leave", chat)
            rename = {"join": join, **rename, "leave": leave}
        return {**rename, **self.recheck()}

    def _read(self, fields: dict[str, Json]) -> Finding | None:
        if not fields.get("id"):
            return None
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
