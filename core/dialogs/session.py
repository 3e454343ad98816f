"""The current session within the messages of a chat."""

from __future__ import annotations

from dataclasses import dataclass

from core.dialogs.message import Author, Boundary, Message


@dataclass(frozen=True, slots=True)
class Session:
    """The messages of the last session, ascending; ``whole``: its beginning was seen; ``ended``: its end was."""

    messages: tuple[Message, ...]
    whole: bool
    ended: bool


def last_session(messages: tuple[Message, ...]) -> Session:
    """Cut the last session out of a chat's messages by the system messages that open and close sessions.

    People who write after an ending without a beginning being seen are in a new session already.
    """
    start = _last(messages, Boundary.START)
    end = _last(messages, Boundary.END)
    if end is None or (start is not None and start > end):
        return Session(messages[start or 0 :], whole=start is not None, ended=False)
    after = messages[end + 1 :]
    if any(message.author not in {Author.SYSTEM, Author.HIDDEN} for message in after):
        return Session(after, whole=True, ended=False)
    return Session(messages[start or 0 : end + 1], whole=start is not None, ended=True)


def _last(messages: tuple[Message, ...], boundary: Boundary) -> int | None:
    return next((at for at in range(len(messages) - 1, -1, -1) if messages[at].boundary is boundary), None)
