"""The reply that a robot waits for: who it is from, what it says, when it came; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.dialogs.lexicon import SHIPPED, Lexicon
from core.dialogs.message import Author, Message
from core.dialogs.view import DialogView
from core.dialogs.words import Meaning, meaning_of
from core.robots.keywords import Keywords
from core.texts.text import Text


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages end the wait: those after ``after_id`` of these authors, with these words if there are any."""

    authors: frozenset[Author]
    after_id: int
    keywords: Keywords
    ignore_gratitude: bool = True
    lexicon: Lexicon = SHIPPED


@dataclass(frozen=True, slots=True)
class Reply:
    """The message that came, and what it is."""

    message: Message
    meaning: Meaning


def reply_in(dialog: DialogView, wanted: Wanted) -> Reply | None:
    """Return the first message that ends the wait, also of the session before; None while there is none.

    A vote for the line's rating is no message of the client, and an edited message is the message that it was.
    """
    for message, before in _spoken(dialog, wanted):
        meaning = meaning_of(
            message.text, has_files=message.has_files, before=before, lexicon=wanted.lexicon, names=_ours(dialog)
        )
        thanks = message.from_client and meaning is Meaning.GRATITUDE
        if thanks and wanted.ignore_gratitude and not wanted.keywords:
            continue
        if wanted.keywords and wanted.keywords.found_in(message.text) is None:
            continue
        return Reply(message, meaning)
    return None


def baseline(dialog: DialogView, launched_at: datetime) -> int:
    """Return the newest message that was there when the portal called us; what came in that second was there.

    A process is often started by the very message that would otherwise end its wait.
    """
    second = launched_at.replace(microsecond=0)
    return max((message.id for message in dialog.read if message.at <= second), default=0)


def last_spoken(dialog: DialogView, up_to_id: int) -> Message | None:
    """Return the last message up to an id that the client wrote or got."""
    said = [
        message
        for message in dialog.read
        if message.id <= up_to_id and (message.from_client or message.ours) and not message.vote
    ]
    return said[-1] if said else None


def _spoken(dialog: DialogView, wanted: Wanted) -> Iterator[tuple[Message, str]]:
    before = ""
    for message in dialog.read:
        if message.id > wanted.after_id and message.author in wanted.authors and not _is_nothing(message):
            yield message, before
        if message.ours:
            before = message.text


def _is_nothing(message: Message) -> bool:
    return message.deleted or message.vote


def _ours(dialog: DialogView) -> tuple[str, ...]:
    ours = {message.author_id for message in dialog.read if message.ours}
    return tuple(user.name for number, user in dialog.users.items() if number in ours)


MEANINGS: Final = {
    Meaning.QUESTION: Text("вопрос", "a question"),
    Meaning.GRATITUDE: Text("благодарность", "thanks"),
    Meaning.CONFIRMATION: Text("подтверждение", "a confirmation"),
    Meaning.NUMBER: Text("число", "a number"),
    Meaning.FILE: Text("файл", "a file"),
    Meaning.OTHER: Text("сообщение", "a message"),
}
