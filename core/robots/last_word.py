"""Whose the last word in a dialog is, and whether the client's wants an answer; pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final, Literal

from core.dialogs.lexicon import SHIPPED, Lexicon
from core.dialogs.message import Author, Message
from core.dialogs.talk import wanting
from core.dialogs.view import DialogView
from core.dialogs.words import MOST_WORDS, Meaning, meaning_of


@dataclass(frozen=True, slots=True)
class LastWord:
    """How the dialog ends.

    ``ours``: the last word is our side's. ``thanks``: the client thanked or agreed, and nothing he asked is open.
    ``question``: he waits, from ``first`` on. ``nothing``: nobody spoke, or it is not clear who did.
    """

    kind: Literal["ours", "thanks", "question", "nothing"]
    last: Message | None = None
    first: Message | None = None
    meaning: Meaning | None = None


_NOTHING: Final = LastWord("nothing")


def last_word(dialog: DialogView, *, lexicon: Lexicon = SHIPPED, most_words: int = MOST_WORDS) -> LastWord:
    """Judge the end of the session; thanks after a question that nobody answered are still a question.

    Automatic texts are the last word, for the client got them, and answer nothing.
    """
    spoken = [message for message in dialog.messages if _is_spoken(message)]
    if not spoken or spoken[-1].author is Author.UNKNOWN:
        return _NOTHING
    last = spoken[-1]
    if not last.from_client:
        return LastWord("ours", last)
    names = _names(dialog)
    since = _since_answer(spoken)
    waiting = next(wanting(since, lexicon=lexicon, names=names, most_words=most_words), None)
    before = next((one.text for one in reversed(spoken) if one.ours), "")
    meaning = meaning_of(last.text, has_files=last.has_files, before=before, lexicon=lexicon, names=names)
    if waiting is not None:
        return LastWord("question", last, waiting, _as_asked(meaning))
    return LastWord("thanks", last, next(one for one in since if one.from_client), _as_thanked(meaning))


def said_today(dialog: DialogView, texts: Collection[str], *, now: datetime, zone: tzinfo) -> int:
    """Count how often our robots said one of these texts in the chat on this day."""
    today = now.astimezone(zone).date()
    wanted = {text.strip() for text in texts}
    return sum(
        message.author is Author.ROBOT
        and message.text.strip() in wanted
        and message.at.astimezone(zone).date() == today
        for message in dialog.read
    )


def _is_spoken(message: Message) -> bool:
    if message.deleted or message.vote:
        return False
    return message.from_client or message.ours or message.author is Author.UNKNOWN


def _since_answer(spoken: list[Message]) -> list[Message]:
    """Return the last answer, which thanks may be for, and what came after it."""
    answered = [at for at, one in enumerate(spoken) if one.author in {Author.HUMAN, Author.ROBOT} and not one.automatic]
    return spoken[answered[-1] :] if answered else spoken


def _as_asked(meaning: Meaning) -> Meaning:
    """A question that was followed by thanks is a question all the same."""
    return Meaning.QUESTION if meaning in {Meaning.GRATITUDE, Meaning.CONFIRMATION} else meaning


def _as_thanked(meaning: Meaning) -> Meaning:
    return meaning if meaning is Meaning.CONFIRMATION else Meaning.GRATITUDE


def _names(dialog: DialogView) -> tuple[str, ...]:
    ours = {message.author_id for message in dialog.messages if message.ours}
    return tuple(user.name for number, user in dialog.users.items() if number in ours)
