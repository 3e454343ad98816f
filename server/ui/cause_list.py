"""Errors by cause as the list shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from core.runs.causes import Cause
from core.texts.text import Text, as_text
from server.ui.asked import Asked
from server.ui.items import ItemLink, item_link
from server.ui.pages import Visit

#: Bars of the little picture of when it happened.
BARS: Final = 24
MOST: Final = 50


@dataclass(frozen=True, slots=True)
class ShownCause:
    """One cause: what, where, how often; ``bars`` are counts from the first time until now, the highest is 1."""

    cause: Cause
    robot: Text
    address: str
    items: tuple[tuple[ItemLink, str], ...]
    bars: tuple[float, ...]


def shown_causes(found: Sequence[Cause], asked: Asked, names: Mapping[str, Text], visit: Visit) -> Iterator[ShownCause]:
    for cause in found[:MOST]:
        yield ShownCause(
            cause=cause,
            robot=names.get(cause.robot) or as_text(cause.robot),
            address=replace(asked, cause=cause.id).address(),
            items=tuple((item_link(item, visit.visitor.origin), title) for item, title in cause.items),
            bars=tuple(frequency(cause.moments, visit.reader.now)),
        )


def frequency(moments: Sequence[datetime], now: datetime) -> list[float]:
    """Return how often something happened in each part of the time from its first moment until now."""
    first = min(moments)
    length = max((max(now, *moments) - first).total_seconds(), 1)
    counts = [0] * BARS
    for at in moments:
        counts[min(BARS - 1, int((at - first).total_seconds() / length * BARS))] += 1
    highest = max(counts)
    return [round(count / highest, 2) for count in counts]
