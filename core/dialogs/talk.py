"""What was said in a session: open promises, confirmations, messages that want no answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from core.dialogs.lexicon import SHIPPED, Lexicon
from core.dialogs.message import Author, Message
from core.dialogs.words import MOST_WORDS, confirms, hear, is_courtesy, promise_in

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


def soft(
    messages: Sequence[Message],
    *,
    lexicon: Lexicon = SHIPPED,
    names: Collection[str] = (),
    most_words: int = MOST_WORDS,
    among: Collection[int] | None = None,
) -> frozenset[int]:
    """Return the ids of the client's messages that want no answer: thanks, agreement, a bare "yes, it is solved".

    Only those ``among`` the given ids are judged, where ids are given.
    """
    return frozenset(
        message.id
        for message, before in _client_turns(messages)
        if (among is None or message.id in among) and _is_soft(message, before, lexicon, names, most_words)
    )


def _is_soft(message: Message, before: str, lexicon: Lexicon, names: Collection[str], most_words: int) -> bool:
    if is_courtesy(message.text, has_files=message.has_files, lexicon=lexicon, names=names, most_words=most_words):
        return True
    words = hear(message.text).words
    bare = not message.has_files and (lexicon.yes.covers(words) or lexicon.no.covers(words))
    return bare and confirms(message.text, before=before, lexicon=lexicon)


def _client_turns(messages: Sequence[Message]) -> Iterator[tuple[Message, str]]:
    """Yield the client's messages (votes are none), each with what we had written last before it."""
    before = ""
    for message in messages:
        if message.from_client and not message.vote:
            yield message, before
        elif message.ours:
            before = message.text
