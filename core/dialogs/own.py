"""Which messages of a chat are ours although they bear an operator's name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from html import unescape
from typing import Final

#: How far the time of an unsettled send and of the message in the chat may differ.
BEFORE: Final = timedelta(minutes=2)
AFTER: Final = timedelta(minutes=10)

_BREAK: Final = re.compile(r"\[br\]", re.IGNORECASE)
_SPACE: Final = re.compile(r"\s+")


def text_hash(text: str) -> str:
    """Return what identifies a text without keeping it; line breaks, entities and spaces do not matter.

    Portals may write ``[br]`` and ``&quot;`` where we wrote a line break and a quote.
    """
    return sha256(_SPACE.sub(" ", unescape(_BREAK.sub(" ", text))).strip().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class UnsettledSend:
    """A message that we asked to send and whose id we do not know; ``author_id`` 0 for automatic ones."""

    author_id: int
    text_hash: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class OwnMessages:
    """What the ledger of effects knows of our messages in one chat."""

    ids: frozenset[int] = field(default=frozenset())
    unsettled: tuple[UnsettledSend, ...] = ()

    def hold(self, message_id: int, *, author_id: int, text: str, at: datetime) -> bool:
        """Tell whether a message is one of ours: by id, else by author, text and time."""
        if message_id in self.ids or not self.unsettled:
            return message_id in self.ids
        near = [
            send for send in self.unsettled if send.author_id == author_id and -BEFORE <= at - send.sent_at <= AFTER
        ]
        return bool(near) and text_hash(text) in {send.text_hash for send in near}


NOTHING_SENT: Final = OwnMessages()
