"""A little Markdown for texts of our own: headings, paragraphs, lists, **bold** and `code`; everything else is text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from markupsafe import Markup, escape

_SPAN: Final = re.compile(r"\*\*([^*\n]+)\*\*|`([^`\n]+)`")
_HEADING: Final = "## "
_ITEM: Final = "- "


def rendered(text: str) -> Markup:
    """Return HTML in which nothing but our own tags is markup."""
    return Markup("\n").join(_block(block) for block in re.split(r"\n\s*\n", text.strip()) if block.strip())


def _block(block: str) -> Markup:
    return Markup("").join(_parts(block.strip().split("\n")))


def _parts(lines: list[str]) -> Iterator[Markup]:
    """A heading may be followed at once by its paragraph or list."""
    items: list[Markup] = []
    words: list[str] = []
    for line in lines:
        if line.startswith(_ITEM):
            items.append(Markup("<li>{}</li>").format(_spans(line.removeprefix(_ITEM))))
            continue
        if items:
            yield Markup("<ul>{}</ul>").format(Markup("").join(items))
            items = []
        if line.startswith(_HEADING):
            yield Markup("<h3>{}</h3>").format(_spans(line.removeprefix(_HEADING)))
        else:
            words.append(line)
    if words:
        yield Markup("<p>{}</p>").format(_spans(" ".join(words)))
    if items:
        yield Markup("<ul>{}</ul>").format(Markup("").join(items))


def _spans(text: str) -> Markup:
    pieces, end = [], 0
    for match in _SPAN.finditer(text):
        pieces.append(escape(text[end : match.start()]))
        tag, inner = ("strong", match[1]) if match[1] else ("code", match[2])
        pieces.append(Markup(f"<{tag}>{{}}</{tag}>").format(inner))  # noqa: S704 - the tag is one of two
        end = match.end()
    return Markup("").join([*pieces, escape(text[end:])])
