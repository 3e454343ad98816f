"""What was said in a session: open promises, confirmations, messages that want no answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from core.dialogs.lexicon import SHIPPED, Lexicon
from core.dialogs.message import Author, Message
from core.dialogs.words import (
    MOST_WORDS,
    Heard,
    confirms,
    courteous,
    hear,
    is_courtesy,
    promise_in,
    settles,
    words_of_names,
)

#: A promise is kept by a message of at least so many words, or by a file; an emoji keeps nothing.
WORDS_THAT_KEEP: Final = 3


def open_promise(messages: Sequence[Message], *, lexicon: Lexicon = SHIPPED) -> Message | None:
    """Return our last message that promises to come back and was not followed by one that keeps the promise.

    The latest word decides, so a long session need not be read from its beginning.
    """
    for message in reversed(messages):
        if message.deleted or message.author is not Author.HUMAN:
            continue
        if promise_in(message.text, lexicon=lexicon) is not None:
            return message
        if message.has_files or len(hear(message.text).words) >= WORDS_THAT_KEEP:
            return None
    return None


def confirmation(
    messages: Sequence[Message], *, lexicon: Lexicon = SHIPPED, names: Collection[str] = ()
) -> Message | None:
    """Return the client's message that confirms the solution, unless he wrote something meaningful after it."""
    for message, before in reversed([*_client_turns(messages)]):
        if confirms(message.text, before=before, lexicon=lexicon):
            return message
        if not is_courtesy(message.text, has_files=message.has_files, lexicon=lexicon, names=names):
            return None
    return None


def wanting(
    messages: Iterable[Message],
    *,
    lexicon: Lexicon = SHIPPED,
    names: Collection[str] = (),
    most_words: int = MOST_WORDS,
) -> Iterator[Message]:
    """Yield the client's messages that want an answer: not thanks, agreement, or a bare "yes, it is solved".

    Each is judged when it is asked for: whoever needs the first one only does not pay for hundreds after it.
    """
    known = words_of_names(names)
    asked, heard_of = hear(""), ""
    for message, before in _client_turns(messages):
        if before != heard_of:
            asked, heard_of = hear(before), before
        heard = hear(message.text)
        if heard.asks or heard.frowns:
            yield message
            continue
        if not message.has_files and _is_bare(heard, lexicon) and settles(heard, asked, lexicon):
            continue
        if not courteous(heard, has_files=message.has_files, lexicon=lexicon, names=known, most_words=most_words):
            yield message


def _is_bare(heard: Heard, lexicon: Lexicon) -> bool:
    return lexicon.yes.covers(heard.words) or lexicon.no.covers(heard.words)


def _client_turns(messages: Iterable[Message]) -> Iterator[tuple[Message, str]]:
    """Yield the client's messages (votes are none), each with what we had written last before it."""
    before = ""
    for message in messages:
        if message.from_client and not message.vote:
            yield message, before
        elif message.ours:
            before = message.text
