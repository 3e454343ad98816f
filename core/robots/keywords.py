"""Words by which an administrator recognises a message: words, phrases and stems, or a pattern after ``re:``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from core.dialogs.lexicon import Phrases, words_of
from core.dialogs.markup import said_plainly
from core.robots.patterns import LONGEST, bad_pattern, compiles, first_match
from core.texts.text import Text

_PATTERN: Final = "re:"
_BETWEEN: Final = re.compile(r"[|,;]")
_ARROW: Final = "=>"


@dataclass(frozen=True)
class Keywords:
    """``счёт | оплат* | где заказ`` or ``re:^\\d{6}$``, a line each; letters of both cases are alike."""

    phrases: Phrases
    patterns: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        patterns = tuple(f"(?i){_pattern(line)}" for line in lines if line.startswith(_PATTERN))
        words = "\n".join(_BETWEEN.sub("\n", line) for line in lines if not line.startswith(_PATTERN))
        return cls(Phrases.read(words), patterns)

    def __bool__(self) -> bool:
        return bool(self.phrases.all or self.patterns)

    def found_in(self, message: str) -> str | None:
        """Return what of it stands in a message, as it was written; None when nothing does."""
        said = said_plainly(message)
        phrase = self.phrases.first_in(words_of(said))
        if phrase is not None:
            return phrase
        pattern = first_match(self.patterns, said)
        return None if pattern is None else _PATTERN + pattern.removeprefix("(?i)")


def bad_keywords(text: str, label: Text) -> Text | None:
    """Return which line cannot be used, in the words of the property's label; None when all can."""
    patterns = [_pattern(line.strip()) if line.strip().startswith(_PATTERN) else "" for line in text.splitlines()]
    for number, (line, pattern) in enumerate(zip(text.splitlines(), patterns, strict=True), 1):
        if not pattern and line.strip() and not Keywords.read(line):
            return Text(
                "«{label}», строка {number}: нет ни одного слова.", "“{label}”, line {number}: there is no word."
            ).format(label=label, number=number)
    return bad_pattern("\n".join(patterns), label)


def _pattern(line: str) -> str:
    return line.removeprefix(_PATTERN).strip()


@dataclass(frozen=True, slots=True)
class Rule:
    """One line ``слово1|слово2 => код``."""

    keywords: Keywords
    code: str


class BadRules(ValueError):
    """A line of rules cannot be read; ``text`` names it."""

    def __init__(self, number: int, ru: str, en: str) -> None:
        self.text = Text(f"«Правила шаблонов», строка {number}: {ru}.", f"“Template rules”, line {number}: {en}.")
        super().__init__(self.text.en)


def read_rules(text: str) -> tuple[Rule, ...]:
    """Read the rules in their order; raises BadRules."""
    rules = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        what, arrow, code = line.rpartition(_ARROW)
        if not arrow or not what.strip() or not code.strip():
            raise BadRules(number, "нужно «слово1|слово2 => код»", "must be “word1|word2 => code”")
        pattern = _pattern(what.strip()) if what.strip().startswith(_PATTERN) else ""
        if pattern and not compiles(pattern):
            raise BadRules(
                number,
                f"такое выражение не подходит (до {LONGEST} знаков, синтаксис RE2)",
                f"this pattern will not do (up to {LONGEST} characters, RE2 syntax)",
            )
        keywords = Keywords.read(what)
        if not keywords:
            raise BadRules(number, "нет ни одного слова", "there is no word")
        rules.append(Rule(keywords, code.strip()))
    return tuple(rules)
