"""Quick answers of open lines: sections and texts in a list of the portal (openlines.md 3.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

#: The list as the platform makes it for a line; its sections are there from the beginning.
LIST_TYPE, LIST_CODE = "lists", "IMOP_QUICK_ANSWERS"
_FOUR_BYTES = re.compile(r"[\U00010000-\U0010ffff]+")


@dataclass(frozen=True, slots=True)
class Section:
    id: int
    list_id: int
    code: str
    name: str
    sort: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A text that operators send with one click; ``rating`` says how often."""

    id: int
    list_id: int
    section_id: int
    name: str
    text: str
    author: int = 1
    rating: int = 1


@dataclass(slots=True)
class QuickAnswers:
    sections: list[Section] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def of_list(self, list_id: int, code: str) -> tuple[list[Section], list[Answer]] | None:
        """Return sections and answers of a list named by id or code; None when there is no such list."""
        known = {one.list_id for one in self.sections}
        number = list_id or (min(known, default=0) if code == LIST_CODE else 0)
        if number not in known:
            return None
        return (
            [one for one in self.sections if one.list_id == number],
            [one for one in self.answers if one.list_id == number],
        )


def kept(text: str) -> str:
    """Write a text as the list keeps it: emoji become the hex of their bytes between colons (module source)."""
    return _FOUR_BYTES.sub(lambda found: "".join(f":{one.encode().hex()}:" for one in found[0]), text)
