"""The page of the log of actions: who changed what in our own service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from core.bitrix24.command import Json
from core.db import Database
from core.portals.audit import audited
from core.portals.tables import Audit
from core.robots import AnyRobot
from core.robots.triggers import Trigger
from core.texts.text import Text, as_text, joined
from server.ui.masking import masked
from server.ui.names import Names, named
from server.ui.pages import Pages, Visit
from server.ui.queries import PAGE, Query, is_row_id
from server.ui.words import audit as words

_LONGEST: Final = 160
#: Parts of one detail that are told one by one.
_MOST: Final = 12

Codes = Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Deed:
    """One row as it is read; ``run_id`` where it concerns a run."""

    at: datetime
    who: Text
    what: Text
    object_id: str
    run_id: str
    detail: Text
    refused: bool


class AuditPage:
    """Answers for ``/ui/settings/audit``."""

    def __init__(self, pages: Pages, database: Database, names: Names, catalogue: Mapping[str, AnyRobot]) -> None:
        self._pages = pages
        self._database = database
        self._names = names
        robots = {code: _quoted(robot.name) for code, robot in catalogue.items()}
        triggers = {trigger.value: _quoted(trigger.label) for trigger in Trigger}
        self._codes: Codes = {**words.CODES, **triggers, **robots}

    async def page(self, visit: Visit, request: Request) -> Response:
        query = Query.of(request)
        by_people = query.text("who", 10) == "people"
        rows = await audited(
            visit.visitor.portal_id,
            self._database,
            before=query.text("before", 40),
            by_people=by_people,
            limit=PAGE + 1,
        )
        names = await self._names.of(visit.visitor, _people(rows[:PAGE]))
        return self._pages.page(
            "audit.html",
            visit,
            section="audit",
            deeds=[_deed(row, names, self._codes) for row in rows[:PAGE]],
            by_people=by_people,
            following=rows[PAGE - 1].id if len(rows) > PAGE else "",
        )


def _people(rows: Sequence[Audit]) -> set[int]:
    return {int(row.actor_id) for row in rows if row.actor_kind == "user" and row.actor_id.isdigit()}


def _deed(row: Audit, names: Mapping[int, str], codes: Codes) -> Deed:
    is_run = is_row_id(row.object_id) and len(row.object_id) == len(row.id)
    return Deed(
        at=row.at,
        who=_who(row, names),
        what=words.ACTIONS.get(row.action) or as_text(row.action),
        object_id="" if is_run else row.object_id,
        run_id=row.object_id if is_run else "",
        detail=joined(_told(masked(row.detail), codes), "; "),
        refused=row.outcome != "ok",
    )


def _who(row: Audit, names: Mapping[int, str]) -> Text:
    if row.actor_kind == "user" and row.actor_id.isdigit():
        return as_text(named(int(row.actor_id), names))
    return words.ACTORS.get(row.actor_kind) or as_text(row.actor_kind)


def _told(detail: Json, codes: Codes) -> Iterator[Text]:
    """Say what is in the detail, without what is empty; what has a name is called by it."""
    for name, value in detail.items() if isinstance(detail, dict) else ():
        if name in words.HIDDEN or not value:
            continue
        match value:
            case list():
                parts = [_called(part, codes) for part in value]
            case dict():
                parts = [_called(key, codes) + f" {part}" for key, part in value.items()]
            case _:
                parts = [as_text(str(value))]
        yield (words.DETAILS.get(name) or as_text(name)) + ": " + _fitting(parts)


def _called(code: Json, codes: Codes) -> Text:
    return codes.get(str(code)) or as_text(str(code))


def _fitting(parts: Sequence[Text]) -> Text:
    """Return the first of many, and how many there are besides."""
    shown = joined(_shortened(part) for part in parts[:_MOST])
    return shown + words.BESIDES.format(count=len(parts) - _MOST) if len(parts) > _MOST else shown


def _shortened(text: Text) -> Text:
    return Text(_short(text.ru), _short(text.en))


def _quoted(name: Text) -> Text:
    return Text(f"«{name.ru}»", f"“{name.en}”")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rpartition(' ')[0]}…"
