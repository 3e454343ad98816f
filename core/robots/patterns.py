"""Patterns that people write, a line each: RE2, so that no text makes them run for ever."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import re2

from core.texts.text import Text

LONGEST: Final = 200
_MEMORY: Final = 1 << 20


def compiles(pattern: str) -> bool:
    """Tell whether a pattern will do: up to 200 characters in RE2's syntax, within its memory."""
    try:
        re2.compile(pattern, _options())
    except (re2.error, UnicodeEncodeError):
        return False
    return len(pattern) <= LONGEST


def bad_pattern(lines: str, label: Text) -> Text | None:
    """Return which line of a property cannot be used, in the words of its label; None when all can."""
    for number, line in enumerate(lines.splitlines(), 1):
        if not compiles(line):
            return Text(
                "«{label}», строка {number}: такое выражение не подходит (до 200 знаков, синтаксис RE2).",
                "“{label}”, line {number}: this pattern will not do (up to 200 characters, RE2 syntax).",
            ).format(label=label, number=number)
    return None


def patterns_in(lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines.splitlines() if line.strip())


def first_match(patterns: Iterable[str], text: str) -> str | None:
    """Return the first pattern that is found anywhere in the text, or None; what does not compile finds nothing."""
    readable = text.encode("utf-8", "replace").decode()
    return next((pattern for pattern in patterns if compiles(pattern) and _is_in(readable, pattern)), None)


def _is_in(text: str, pattern: str) -> bool:
    return re2.compile(pattern, _options()).search(text) is not None


def _options() -> object:
    options = re2.Options()
    options.log_errors, options.max_mem = False, _MEMORY
    return options
