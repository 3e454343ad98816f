"""Quick answers that a person may see in his portal, by the lists in which its open lines keep them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.bitrix24.command import Command, Json, Reads
from core.bitrix24.wire import as_dict, as_int, as_list, as_str
from core.dialogs.line import Line
from core.robots.quick_answers import QuickAnswer, quick_answers

#: More lists than this are nobody's page.
MOST_LISTS: Final = 10
_LINES: Final[Mapping[str, Json]] = {
    "PARAMS": {"select": ["ID", "LINE_NAME", "QUICK_ANSWERS_IBLOCK_ID"], "order": {"ID": "ASC"}},
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """One list, the lines that use it, and its answers."""

    lines: tuple[str, ...]
    answers: Sequence[QuickAnswer]


async def shelves(read: Reads) -> list[Shelf] | None:
    """Return the lists that have an answer in them, None when the portal tells no lines; raises what reading raises."""
    answer = (await read({"lines": Command("imopenlines.config.list.get", dict(_LINES))}))["lines"]
    if not answer.ok:
        return None
    found = []
    for number, lines in list(_by_list(as_list(answer.result)).items())[:MOST_LISTS]:
        known = await quick_answers(read, Line(0, quick_answers_id=number))
        if known.all:
            found.append(Shelf(lines, sorted(known.all, key=lambda one: (one.section, one.name))))
    return found


def _by_list(rows: Iterable[Json]) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for row in map(as_dict, rows):
        number = as_int(row.get("QUICK_ANSWERS_IBLOCK_ID"))
        if number:
            found[number] = (*found.get(number, ()), as_str(row.get("LINE_NAME")))
    return found
