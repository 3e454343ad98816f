"""The messages of a chat as one of two methods gave them."""

from __future__ import annotations

from dataclasses import dataclass

from core.bitrix24.command import Answer, Command
from core.bitrix24.wire import as_dict, as_int
from core.dialogs.chat import Chat
from core.dialogs.message import RawMessage, read_messages
from core.dialogs.people import Users, users_of


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was read of a chat. ``line_id``: the line of the session where the answer names it, else 0.

    ``cut``: the answer was full, so older messages may be missing.
    """

    raw: tuple[RawMessage, ...]
    users: Users
    line_id: int = 0
    by_history: bool = False
    cut: bool = False

    def misses_newest(self, chat: Chat) -> bool:
        """Tell whether the chat has a newer message than any that was read.

        A member with many unread messages gets the oldest of them instead of the newest (im/lib/chat.php getMessages).
        """
        newest = self.raw[-1].id if self.raw else 0
        return not self.by_history and newest < chat.last_message_id


def messages_command(dialog_id: str, depth: int) -> Command:
    """Ask for the newest messages; needs membership or the role to join the line, CRM access is not enough."""
    return Command("im.dialog.messages.get", {"DIALOG_ID": dialog_id, "LIMIT": depth})


def history_command(session_id: int) -> Command:
    """Ask for one whole session; CRM access is enough (imopenlines/lib/operator.php getSessionHistory)."""
    return Command("imopenlines.session.history.get", {"SESSION_ID": session_id})


def by_chat(answer: Answer | None, depth: int) -> Conversation | None:
    """Read ``im.dialog.messages.get``; None when it was refused."""
    if answer is None or not answer.ok:
        return None
    result = as_dict(answer.result)
    raw = read_messages(result.get("messages"))
    return Conversation(raw, users_of(result.get("users")), cut=len(raw) >= depth)


def by_session(answer: Answer | None) -> Conversation | None:
    """Read ``imopenlines.session.history.get``; None when it was refused.

    The only key of ``canvoteashead`` is the line of the session.
    """
    if answer is None or not answer.ok:
        return None
    result = as_dict(answer.result)
    lines = [as_int(key) or 0 for key in as_dict(as_dict(result.get("openlines")).get("canvoteashead"))]
    return Conversation(
        raw=read_messages(result.get("message")),
        users=users_of(result.get("users")),
        line_id=lines[0] if len(lines) == 1 else 0,
        by_history=True,
    )
