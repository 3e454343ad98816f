"""Lists of phrases, shipped and edited, in the form in which they are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Self

from core.dialogs import lexicon_en as en
from core.dialogs import lexicon_ru as ru
from core.dialogs import lexicon_ru_thanks as ru_thanks

_SEPARATOR: Final = re.compile(r"[\n,;]+")
_OPTIONAL_END: Final = re.compile(r"(\w+)\((\w+)\)")
_WORD: Final = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_WORD_OR_STEM: Final = re.compile(_WORD.pattern + r"\*?")

#: One phrase: its words; a last ``*`` makes a word a stem.
Phrase = tuple[str, ...]


def plain(text: str) -> str:
    """Return the text in the letters of comparison: small, ``ё`` as ``е``, one kind of apostrophe."""
    return text.lower().replace("ё", "е").replace("\u2019", "'").replace("`", "'")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a plain text; a stem keeps its ``*`` only in lists of phrases."""
    return tuple(_WORD.findall(plain(text)))


@dataclass(frozen=True)
class Phrases:
    """A list of phrases in which a text is looked up."""

    all: tuple[Phrase, ...]

    @classmethod
    def read(cls, *lists: str) -> Self:
        """Read lists as people type them: a phrase a line or between commas; ``понял(а)`` is two phrases."""
        found: dict[Phrase, None] = {}
        for text in lists:
            for line in _SEPARATOR.split(text):
                for variant in _variants(line):
                    phrase = tuple(_WORD_OR_STEM.findall(plain(variant)))
                    if phrase:
                        found[phrase] = None
        return cls(tuple(found))

    @cached_property
    def _by_first(self) -> dict[str, list[Phrase]]:
        index: dict[str, list[Phrase]] = {}
        for phrase in self.all:
            index.setdefault("" if phrase[0].endswith("*") else phrase[0], []).append(phrase)
        return index

    def at(self, words: Sequence[str], start: int) -> Iterable[Phrase]:
        """Yield the phrases that begin exactly at ``words[start]``."""
        for phrase in (*self._by_first.get(words[start], ()), *self._by_first.get("", ())):
            here = words[start : start + len(phrase)]
            if len(here) == len(phrase) and all(map(_matches, phrase, here)):
                yield phrase

    def first_in(self, words: Sequence[str], *, unless_after: Phrases | None = None) -> str | None:
        """Return the first phrase that stands in the words, or None; ``unless_after`` are words that deny it."""
        for start in range(len(words)):
            for phrase in self.at(words, start):
                denied = start > 0 and unless_after is not None and any(unless_after.at(words[:start], start - 1))
                if not denied:
                    return " ".join(phrase)
        return None

    def has(self, words: Sequence[str]) -> bool:
        return self.first_in(words) is not None

    def covers(self, words: Sequence[str]) -> bool:
        """Tell whether the words as a whole are one phrase."""
        return bool(words) and any(len(phrase) == len(words) for phrase in self.at(words, 0))


def _variants(line: str) -> tuple[str, ...]:
    if _OPTIONAL_END.search(line) is None:
        return (line,)
    return (_OPTIONAL_END.sub(r"\1", line), _OPTIONAL_END.sub(r"\1\2", line))


def _matches(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


@dataclass(frozen=True)
class Lexicon:
    """All lists by which messages are understood; the first three are edited in the portal."""

    gratitude: Phrases
    confirmations: Phrases
    promises: Phrases
    fillers: Phrases
    for_what: Phrases
    reasons: Phrases
    question_words: Phrases
    turns: Phrases
    denials: Phrases
    yes: Phrases
    no: Phrases
    solved_questions: Phrases
    more_questions: Phrases

    def with_lists(self, *, gratitude: str = "", confirmations: str = "", promises: str = "") -> Lexicon:
        """Return a lexicon with lists typed by an administrator in place of ours; a blank one leaves ours."""
        return replace(
            self,
            gratitude=Phrases.read(gratitude) if gratitude.strip() else self.gratitude,
            confirmations=Phrases.read(confirmations) if confirmations.strip() else self.confirmations,
            promises=Phrases.read(promises) if promises.strip() else self.promises,
        )


SHIPPED: Final = Lexicon(
    gratitude=Phrases.read(ru_thanks.GRATITUDE, en.GRATITUDE),
    confirmations=Phrases.read(ru.CONFIRMATIONS, en.CONFIRMATIONS),
    promises=Phrases.read(ru.PROMISES, en.PROMISES),
    fillers=Phrases.read(ru_thanks.FILLERS, en.FILLERS),
    for_what=Phrases.read(ru_thanks.FOR, en.FOR),
    reasons=Phrases.read(ru_thanks.REASONS, en.REASONS),
    question_words=Phrases.read(ru.QUESTION_WORDS, en.QUESTION_WORDS),
    turns=Phrases.read(ru.TURNS, en.TURNS),
    denials=Phrases.read(ru.DENIALS, en.DENIALS),
    yes=Phrases.read(ru.YES, en.YES),
    no=Phrases.read(ru.NO, en.NO),
    solved_questions=Phrases.read(ru.SOLVED_QUESTIONS, en.SOLVED_QUESTIONS),
    more_questions=Phrases.read(ru.MORE_QUESTIONS, en.MORE_QUESTIONS),
)
