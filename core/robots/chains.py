"""Chains as administrators write them: words between commas, tried one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from core.robots.fields import Choice
from core.texts.text import Text, joined

ChoiceT = TypeVar("ChoiceT", bound=Choice)


class BadChain(Exception):
    """A chain names what does not exist, or nothing at all; ``word`` is what."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def parse_chain(text: str, choices: type[ChoiceT]) -> tuple[ChoiceT, ...]:
    """Read ``timeman, schedule``; raises BadChain."""
    known = {choice.value: choice for choice in choices}
    words = [word for part in text.split(",") if (word := part.strip().lower())]
    for word in words:
        if word not in known:
            raise BadChain(word[:40])
    if not words:
        raise BadChain("")
    return tuple(dict.fromkeys(known[word] for word in words))


def chain_problem(label: Text, text: str, choices: type[Choice]) -> Text | None:
    """Return why a chain cannot be read, naming the property by its label, or None."""
    try:
        parse_chain(text, choices)
    except BadChain as bad:
        words = Text(
            "«{label}»: непонятно слово «{word}»; бывает: {known}.",
            "“{label}”: “{word}” makes no sense; there are: {known}.",
        )
        return words.format(label=label, word=bad.word, known=", ".join(choice.value for choice in choices))
    return None


def chain_in_words(chain: Sequence[Choice]) -> Text:
    return joined([choice.label for choice in chain])
