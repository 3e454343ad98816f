"""Quick answers of an open line: ready texts that employees keep in a list of the portal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.bitrix24.command import Answer, Command, Json, Reads
from core.bitrix24.wire import as_dict, as_int, as_list, as_str
from core.dialogs.lexicon import plain
from core.dialogs.line import Line
from core.dialogs.words import is_courtesy

#: imopenlines/lib/quickanswers/listsdatamanager.php: the type of the list, and the fields in which an answer is kept.
_TYPE: Final = "lists"
_FIELDS: Final[list[Json]] = ["ID", "NAME", "CODE", "SORT", "IBLOCK_SECTION_ID", "DETAIL_TEXT"]
_PAGE, _PAGES = 50, 4
#: Emoji are kept as ``:f09fa49d:``, the hex of their four bytes (main/lib/text/emoji.php).
_EMOJI: Final = re.compile(r":([0-9a-f]{8}):")


@dataclass(frozen=True, slots=True)
class QuickAnswer:
    """One ready text; ``rating`` grows as it is used."""

    name: str
    text: str
    section: str = ""
    section_code: str = ""
    rating: int = 0


@dataclass(frozen=True, slots=True)
class QuickAnswers:
    """The answers of one line; none where the line has no list or we may not read it."""

    all: tuple[QuickAnswer, ...] = ()

    def named(self, title: str) -> QuickAnswer | None:
        """Return the answer of this title, else the most used one of the section of this title or code."""
        return _most_used(self._titled(title) or self._within(title))

    def courtesy(self, title: str) -> QuickAnswer | None:
        """The same, but of a section only what is a mere courtesy: a greeting is no answer to thanks."""
        return _most_used(self._titled(title) or [one for one in self._within(title) if is_courtesy(one.text)])

    def _titled(self, title: str) -> list[QuickAnswer]:
        return [one for one in self.all if plain(one.name) == plain(title.strip())]

    def _within(self, title: str) -> list[QuickAnswer]:
        wanted = plain(title.strip())
        return [one for one in self.all if wanted and wanted in (plain(one.section), plain(one.section_code))]


def _most_used(answers: list[QuickAnswer]) -> QuickAnswer | None:
    return max(answers, key=lambda one: one.rating, default=None)


async def quick_answers(read: Reads, line: Line | None) -> QuickAnswers:
    """Read the line's list in one request: there is no method to send an answer by its name (openlines.md 3.3)."""
    if line is None or not line.quick_answers_id:
        return QuickAnswers()
    place: dict[str, Json] = {"IBLOCK_TYPE_ID": _TYPE, "IBLOCK_ID": line.quick_answers_id}
    pages = {
        f"page{number}": Command(
            "lists.element.get",
            {**place, "SELECT": _FIELDS, "ELEMENT_ORDER": {"SORT": "desc"}, "start": number * _PAGE},
        )
        for number in range(_PAGES)
    }
    answers = await read({"sections": Command("lists.section.get", place), **pages})
    sections = _sections(answers["sections"])
    found: dict[str, QuickAnswer] = {}
    for name in pages:
        answer = answers[name]
        rows = [as_dict(row) for row in as_list(answer.result)] if answer.ok else []
        found |= {as_str(row.get("ID")): _answer(row, sections) for row in rows}
    return QuickAnswers(tuple(one for one in found.values() if one.text))


def _sections(answer: Answer) -> Mapping[str, tuple[str, str]]:
    rows = [as_dict(row) for row in as_list(answer.result)] if answer.ok else []
    return {as_str(row.get("ID")): (as_str(row.get("NAME")), as_str(row.get("CODE"))) for row in rows}


def _answer(row: Mapping[str, Json], sections: Mapping[str, tuple[str, str]]) -> QuickAnswer:
    section, code = sections.get(as_str(row.get("IBLOCK_SECTION_ID")), ("", ""))
    return QuickAnswer(
        name=_readable(row.get("NAME")),
        text=_readable(row.get("DETAIL_TEXT")),
        section=section,
        section_code=code,
        rating=as_int(row.get("SORT")) or 0,
    )


def _readable(value: Json) -> str:
    return _EMOJI.sub(_emoji, as_str(value)).strip()


def _emoji(match: re.Match[str]) -> str:
    try:
        return bytes.fromhex(match.group(1)).decode()
    except UnicodeDecodeError:
        return match.group(0)
