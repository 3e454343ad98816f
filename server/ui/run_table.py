"""Runs as a table to take along: the lines of the list, all that the filter finds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Final

from core.db import Database
from core.robots import AnyRobot
from core.runs.cursor import Sort
from core.runs.filters import Filter
from core.runs.listing import Listing, RunLine
from core.runs.own_robots import OWN_ROBOTS
from core.texts.text import Text, as_text
from server.ui.asked import Asked, wanted_runs
from server.ui.export import Kind, Wanted, table
from server.ui.items import item_link
from server.ui.results import result_of
from server.ui.spreadsheet import moment
from server.ui.statuses import status_of
from server.ui.words import tables as words

#: A spreadsheet holds about a million lines; a tenth of it is already more than anybody reads.
MOST: Final = 100_000
_AT_ONCE: Final = 200


def run_table(database: Database, catalogue: Mapping[str, AnyRobot]) -> Kind:
    """Return the table of runs that the address of a list finds."""
    names = {code: robot.name for code, robot in {**catalogue, **OWN_ROBOTS}.items()}
    listing = Listing(database)

    async def rows(wanted: Wanted) -> AsyncIterator[Iterable[object]]:
        said = wanted.reader.said
        yield [said(title) for title in words.RUN_COLUMNS]
        asked = Asked.read(wanted.address)
        found = await wanted_runs(asked, names, wanted.reader, portal_id=wanted.portal_id, database=database)
        async for line in _lines(listing, wanted.portal_id, found):
            yield _row(line, names, wanted)

    return table("runs", Asked.read, rows)


async def _lines(listing: Listing, portal_id: str, wanted: Filter) -> AsyncIterator[RunLine]:
    after, read = None, 0
    while read < MOST:
        page = await listing.runs(portal_id, wanted, sort=Sort.NEWEST, limit=_AT_ONCE, after=after)
        for line in page.items:
            yield line
        read, after = read + len(page.items), page.next
        if after is None:
            return


def _row(line: RunLine, names: Mapping[str, Text], wanted: Wanted) -> list[object]:
    said, zone = wanted.reader.said, wanted.reader.zone
    lasted = round((line.finished_at - line.created_at).total_seconds(), 1) if line.finished_at else ""
    return [
        line.id,
        moment(line.created_at, zone),
        moment(line.finished_at, zone),
        lasted,
        said(status_of(line.status).word),
        said(result_of(line.result)),
        said(names.get(line.robot) or as_text(line.robot)),
        said(item_link(line.item, "", line.document).label),
        line.title,
        said(line.reason),
        moment(line.wake_at, zone),
        said(words.YES if line.dry else words.NO),
    ]
