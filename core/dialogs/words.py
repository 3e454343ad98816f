"""What a short message means: thanks, a confirmation, a promise, a question."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import emoji

from core.dialogs.lexicon import SHIPPED, Lexicon, words_of
from core.dialogs.markup import said_plainly

#: A thank-you with more words than this is read as a message that wants an answer.
MOST_WORDS: Final = 8

_SAD: Final = re.compile(r"[:;=]['-]?\(|\({2,}")
_SMILEY: Final = re.compile(r"[:;=8xх]['-]?[)\]dp*]+|\){1,}|<3|\^_*\^|\(:", re.IGNORECASE)
_NEGATIVE_EMOJI: Final = frozenset("👎😡😠🤬😤😞😢😭😔🙁☹😕😟😩😫😣😖😱🆘❓❔❗❕⁉‼💩🤦🤷😒🙄🥺")
_ASKS: Final = re.compile("[?？❓❔⁉]")
_DIGIT: Final = re.compile(r"\d")
_NUMBER: Final = re.compile(r"[\d\s.,/+-]{1,40}")
#: Only these characters can be or make an emoji; looking for emoji is slow, and most messages have none of them.
_MAYBE_EMOJI: Final = re.compile("[\u00a9\u00ae\u203c-\U0010ffff]")
#: Faces matter in short messages only.
_FACES_UP_TO: Final = 400
#: What stands further on in a very long message is not looked at (characters).
_JUDGED: Final = 4000


class Meaning(StrEnum):
    """The class of a message; the values are those that ``wait_reply`` returns."""

    QUESTION = "question"
    GRATITUDE = "gratitude"
    CONFIRMATION = "confirmation"
    NUMBER = "number"
    FILE = "file"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Heard:
    """A text as it is judged: its words, and the marks that are no words.

    ``smiles``: it is a smile and no words; among words a smile says nothing new.
    """

    words: tuple[str, ...]
    asks: bool
    has_digits: bool
    smiles: bool
    frowns: bool


def hear(text: str) -> Heard:
    said = said_plainly(text[:_JUDGED])
    faces, bare = _faces(said)
    words = words_of(bare)
    return Heard(
        words=words,
        asks=_ASKS.search(said) is not None,
        has_digits=_DIGIT.search(said) is not None,
        smiles=not words and (bool(faces) or _SMILEY.search(bare) is not None),
        frowns=("(" in bare and _SAD.search(bare) is not None) or any(set(face) & _NEGATIVE_EMOJI for face in faces),
    )


def _faces(said: str) -> tuple[list[str], str]:
    """Return the emoji of a short text, and the text without them."""
    if len(said) > _FACES_UP_TO or _MAYBE_EMOJI.search(said) is None:
        return [], said
    return [found["emoji"] for found in emoji.emoji_list(said)], emoji.replace_emoji(said, " ")


def is_courtesy(
    text: str,
    *,
    has_files: bool = False,
    lexicon: Lexicon = SHIPPED,
    names: Collection[str] = (),
    most_words: int = MOST_WORDS,
) -> bool:
    """Tell whether a message is nothing but thanks, agreement or a confirmation, so that no answer is owed.

    Every word must be known; one question mark, digit, file, sad face or word of another kind makes it a message.
    ``names`` (of people in the dialog) may stand in it.
    """
    return courteous(
        hear(text), has_files=has_files, lexicon=lexicon, names=words_of_names(names), most_words=most_words
    )


def words_of_names(names: Collection[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in words_of(name))


def courteous(
    heard: Heard, *, has_files: bool, lexicon: Lexicon, names: frozenset[str], most_words: int = MOST_WORDS
) -> bool:
    """Tell the same of a message that was heard already; ``names`` are the words of the names."""
    if has_files or heard.asks or heard.has_digits or heard.frowns or len(heard.words) > most_words:
        return False
    return _all_known(heard.words, lexicon, names) if heard.words else heard.smiles


def _all_known(words: tuple[str, ...], lexicon: Lexicon, names: Collection[str]) -> bool:
    """Tell whether the words part wholly into known phrases with at least one of thanks or confirmation."""
    core = (lexicon.gratitude, lexicon.confirmations)
    opens_with_core = any(any(phrases.at(words, 0)) for phrases in core)
    if not opens_with_core and any(lexicon.question_words.at(words, 0)):
        return False
    reached: dict[int, bool] = {0: False}
    for start in range(len(words)):
        if start not in reached:
            continue
        thanked = reached[start]
        ends = {start + len(phrase): True for phrases in core for phrase in phrases.at(words, start)}
        for phrase in lexicon.fillers.at(words, start):
            ends.setdefault(start + len(phrase), thanked)
        if words[start] in names:
            ends.setdefault(start + 1, thanked)
        for end in _reason_ends(words, start, lexicon):
            ends.setdefault(end, thanked)
        for end, has_core in ends.items():
            reached[end] = reached.get(end, False) or has_core or thanked
    return reached.get(len(words), False)


def _reason_ends(words: tuple[str, ...], start: int, lexicon: Lexicon) -> list[int]:
    """Return where "for your quick help" may end when it begins at ``start``."""
    if not any(lexicon.for_what.at(words, start)):
        return []
    end = start + 1
    ends = []
    while end < len(words) and any(lexicon.reasons.at(words, end)):
        end += 1
        ends.append(end)
    return ends


def confirms(text: str, *, before: str = "", lexicon: Lexicon = SHIPPED) -> bool:
    """Tell whether a client says that the matter is settled.

    Either a pattern stands in the message undenied and without a "but", or the message is a bare yes or no to our
    question whether it is settled (``before`` is what we wrote last).
    """
    return settles(hear(text), hear(before), lexicon)


def settles(heard: Heard, asked: Heard, lexicon: Lexicon) -> bool:
    """Tell the same of a message that was heard already, and of what we wrote last before it."""
    if heard.asks or heard.frowns or not heard.words:
        return False
    if _answers_settled(heard.words, asked, lexicon):
        return True
    if lexicon.turns.has(heard.words):
        return False
    return lexicon.confirmations.first_in(heard.words, unless_after=lexicon.denials) is not None


def _answers_settled(words: tuple[str, ...], asked: Heard, lexicon: Lexicon) -> bool:
    if not asked.asks:
        return False
    if lexicon.more_questions.has(asked.words):
        return lexicon.no.covers(words)
    return lexicon.solved_questions.has(asked.words) and lexicon.yes.covers(words)


def promise_in(text: str, *, lexicon: Lexicon = SHIPPED) -> str | None:
    """Return the words by which our message promises to come back, or None; a denied promise is none."""
    return lexicon.promises.first_in(hear(text).words, unless_after=lexicon.denials)


def meaning_of(
    text: str, *, has_files: bool = False, before: str = "", lexicon: Lexicon = SHIPPED, names: Collection[str] = ()
) -> Meaning:
    """Sort a client's message into one class."""
    heard = hear(text)
    if settles(heard, hear(before), lexicon):
        return Meaning.CONFIRMATION
    if courteous(heard, has_files=has_files, lexicon=lexicon, names=words_of_names(names)):
        return Meaning.GRATITUDE
    if heard.asks or any(lexicon.question_words.at(heard.words, 0) if heard.words else ()):
        return Meaning.QUESTION
    if heard.has_digits and _NUMBER.fullmatch(text.strip()):
        return Meaning.NUMBER
    return Meaning.FILE if has_files and not heard.words else Meaning.OTHER
