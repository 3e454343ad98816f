"""Until when a channel still delivers what we write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.dialogs.chat import Chat
from core.dialogs.message import Message

#: Channels whose window Bitrix24 does not track: a day after the client's last message, whatever the portal's
#: extended window is (imconnector/lib/library.php, helpdesk article 11076436); REST does not show that setting.
UNTRACKED: Final = frozenset({"fbinstagramdirect", "facebook"})
DAY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Window:
    """Whether a message would be delivered now, and until when (None: no limit is known)."""

    open: bool
    until: datetime | None


def window_of(chat: Chat, messages: Sequence[Message], *, now: datetime) -> Window:
    """Return the reply window of a chat; ``messages`` are all that were read, also of older sessions.

    Without any client message in sight an untracked channel counts as closed: a lost message is worse than a late one.
    """
    if chat.window_until is not None:
        return Window(now <= chat.window_until, chat.window_until)
    if chat.connector not in UNTRACKED:
        return Window(open=True, until=None)
    wrote_at = max((message.at for message in messages if message.from_client), default=None)
    if wrote_at is None:
        return Window(open=False, until=None)
    return Window(now <= wrote_at + DAY, wrote_at + DAY)
