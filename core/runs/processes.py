"""Living processes of a portal, as it lists them to its administrators (platform.md 7.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.documents import Item, UnsupportedDocument
from core.bitrix24.wire import as_datetime, as_dict, as_list, as_str

INSTANCES: Final = "bizproc.workflow.instances"
#: The portal's page, and so the most that may be asked for by name.
PAGE: Final = 50
_SELECT: Final[list[Json]] = ["ID", "DOCUMENT_ID", "TEMPLATE_ID", "STARTED", "MODIFIED", "OWNED_UNTIL"]


@dataclass(frozen=True, slots=True)
class Process:
    """A process that is not over; times are the portal's own, in whole seconds.

    ``modified_at`` is when it was last put down after some work on it, ``owned_until`` is set while it is worked on.
    """

    id: str
    template_id: str
    item: Item | None
    started_at: datetime
    modified_at: datetime | None
    owned_until: datetime | None


def by_name(workflow_ids: Iterable[str]) -> Command:
    """Ask which of these live, at most a page of them."""
    names: list[Json] = [*workflow_ids]
    return Command(INSTANCES, {"SELECT": _SELECT, "FILTER": {"ID": names}})


def begun(template_ids: Iterable[str], *, after: datetime, until: datetime, zone: ZoneInfo) -> Command:
    """Ask for a page of living processes of these templates by when they began, the oldest first."""
    names: list[Json] = [*template_ids]
    conditions: dict[str, Json] = {
        "TEMPLATE_ID": names,
        ">STARTED": _said(after, zone),
        "<=STARTED": _said(until, zone),
    }
    return Command(INSTANCES, {"SELECT": _SELECT, "FILTER": conditions, "ORDER": {"STARTED": "ASC"}})


def processes_of(answer: Answer) -> tuple[Process, ...]:
    """Read a page; what has no name or no beginning is left out."""
    found = (_process(as_dict(row)) for row in as_list(answer.result))
    return tuple(process for process in found if process is not None)


def _process(row: dict[str, Json]) -> Process | None:
    name, started_at = as_str(row.get("ID")), as_datetime(row.get("STARTED"))
    if not name or started_at is None:
        return None
    return Process(
        id=name,
        template_id=as_str(row.get("TEMPLATE_ID")),
        item=_item(as_str(row.get("DOCUMENT_ID"))),
        started_at=started_at,
        modified_at=as_datetime(row.get("MODIFIED")),
        owned_until=as_datetime(row.get("OWNED_UNTIL")),
    )


def _item(document: str) -> Item | None:
    try:
        return Item.from_document(document)
    except UnsupportedDocument:
        return None


def _said(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")
