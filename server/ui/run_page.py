"""The page of one run: what happened and why, what it did to the world, what was asked of the portal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.responses import HTMLResponse

from core.bitrix24.command import Json
from core.db import Database
from core.robots import AnyRobot
from core.runs.commands import FORGOTTEN, OPEN, RETRYABLE
from core.runs.consequences import Action, candidates, consequences
from core.runs.copying import COPYABLE
from core.runs.filters import Filter
from core.runs.listing import TROUBLED, Listing, RunCard
from core.runs.own_robots import OWN_ROBOTS
from core.runs.tables import EffectRow
from core.runs.undo import undone
from core.texts.text import Text, as_text
from server.errors import Bad
from server.ui.advice import advice_for, error_code
from server.ui.deeds import shown_deeds
from server.ui.edit_form import edit_fields
from server.ui.forms import given_settings, people_in, returned
from server.ui.items import item_link, portal_link
from server.ui.masking import masked
from server.ui.names import Names
from server.ui.pages import Pages, Visit
from server.ui.queries import Query, bad_request, row_id
from server.ui.stages import StageNames, Stages, moment_with_names, with_names
from server.ui.statuses import status_of
from server.ui.timeline import Moment, timeline
from server.ui.waterfall import Waterfall, waterfall
from server.ui.words import run as words

TABS: Final[Mapping[str, Text]] = {
    "": words.TAB_TIMELINE,
    "waterfall": words.TAB_WATERFALL,
    "calls": words.CALLS,
    "raw": words.RAW,
}
#: Not among the tabs: the menu of repeating leads there.
_EDIT: Final = "edit"
_RELATED: Final = 6
_RETRIES: Final[tuple[tuple[Action, str, Text], ...]] = (
    ("retry_step", "step", words.RETRY_STEP),
    ("retry_start", "start", words.RETRY_START),
    ("reply", "reply", words.RETRY_REPLY),
)


class RunPage:
    """Answers for ``/ui/runs/{id}``."""

    def __init__(
        self,
        pages: Pages,
        listing: Listing,
        catalogue: Mapping[str, AnyRobot],
        *,
        database: Database,
        client_id: str,
        names: Names,
        stages: Stages,
    ) -> None:
        self._pages = pages
        self._listing = listing
        self._catalogue = catalogue
        self._names = {code: robot.name for code, robot in {**catalogue, **OWN_ROBOTS}.items()}
        self._database = database
        self._client_id = client_id
        self._people = names
        self._stages = stages

    async def page(self, visit: Visit, run_id: str, query: Query | None = None) -> HTMLResponse:
        """The page of a run of this portal; raises Bad 404, and 400 for a tab that there is not."""
        tab, zoom = _tab(query)
        card = await self._listing.run(visit.visitor.portal_id, row_id(run_id))
        if card is None:
            raise Bad(404, "not_found")
        run, robot = card.run, self._catalogue.get(card.line.robot)
        may_act = visit.visitor.grant.covers(card.line_id)
        forgotten = run.properties is None
        may_edit = may_act and robot is not None and run.status in COPYABLE and not forgotten
        if tab == _EDIT and not may_edit:
            raise Bad(404, "not_found")
        given, output = _object(run.properties), _object(run.output)
        people = await self._people.of(visit.visitor, people_in(given, output))
        stages = await self._stages.of(visit.visitor, card.line.item, run.stage_id)
        code = error_code(run.result, card.effects, card.calls) if run.status in TROUBLED else ""
        return self._pages.page(
            "run.html",
            visit,
            section="run",
            tab=tab,
            tabs=TABS,
            line=card.line,
            reason=with_names(card.line.reason, _moved(card, stages)),
            stage=stages.get(run.stage_id, ""),
            run=run,
            robot_name=self._name(run.robot),
            status=status_of(run.status),
            item_link=item_link(card.line.item, visit.visitor.origin, run.document),
            link=portal_link(visit.visitor.origin, self._client_id, run.id),
            timeline=_told(card, visit, stages),
            deeds=list(shown_deeds(card.effects, await undone(self._database, run.portal_id, run.id))),
            fall=_fall(card, visit, zoom) if tab == "waterfall" else None,
            fields=list(edit_fields(robot, _object(run.properties))) if tab == _EDIT and robot else [],
            calls=card.calls,
            code=code,
            advice=advice_for(code) if code else None,
            reply=card.replies[-1] if card.replies else None,
            settings=given_settings(robot, given, people),
            returned=returned(robot, output, people),
            raw=raw_of(card) if tab == "raw" else None,
            related=await self._related(visit, card),
            retries=await self._retries(card) if may_act and run.status in RETRYABLE and not forgotten else [],
            forgotten=FORGOTTEN if forgotten else None,
            may_stop=may_act and run.status in OPEN,
            may_decide=may_act,
            may_edit=may_edit,
        )

    def _name(self, code: str) -> Text:
        return self._names.get(code) or as_text(code)

    async def _retries(self, card: RunCard) -> list[tuple[str, Text, list[Text]]]:
        """Return the ways to repeat a run, each with what it would do."""
        found = await candidates(self._database, card.run.portal_id, [card.run.id])
        return [(start, word, consequences(action, found).said()[1:]) for action, start, word in _RETRIES]

    async def _related(self, visit: Visit, card: RunCard) -> list[dict[str, object]]:
        """Return the newest other runs of the same item."""
        if card.line.item is None:
            return []
        wanted = Filter(items=(card.line.item,))
        page = await self._listing.runs(visit.visitor.portal_id, wanted, limit=_RELATED)
        return [
            {"line": line, "robot": self._name(line.robot), "status": status_of(line.status)}
            for line in page.items
            if line.id != card.run.id
        ]


def _tab(query: Query | None) -> tuple[str, str]:
    tab = query.text("tab", 20) if query else ""
    zoom = query.text("zoom", 20) if query else ""
    if (tab not in TABS and tab != _EDIT) or zoom not in {"", "whole"}:
        raise bad_request()
    return tab, zoom


def _fall(card: RunCard, visit: Visit, zoom: str) -> Waterfall:
    return waterfall(card, now=visit.reader.now, zoom="whole" if zoom == "whole" else "active")


def _told(card: RunCard, visit: Visit, stages: StageNames) -> list[Moment]:
    moments = timeline(card.events, visit.reader.now, status=card.run.status)
    return [moment_with_names(moment, _moved(card, stages)) for moment in moments]


def _moved(card: RunCard, stages: StageNames) -> StageNames:
    """Return the names of stages where sentences speak of stages: words of clients stay as they are."""
    return stages if card.run.result == "cancelled_stage" else {}


def raw_of(card: RunCard) -> dict[str, Json]:
    """Return a run as data, with what must not be seen hidden."""
    run = card.run
    return {
        "id": run.id,
        "robot": run.robot,
        "status": run.status,
        "result": run.result,
        "step": run.step,
        "document": run.document,
        "copy_of": run.copy_of,
        "input": masked(run.properties),
        "state": masked(run.state),
        "known": masked(run.known),
        "output": masked(run.output),
        "effects": [_raw_effect(effect) for effect in card.effects],
    }


def _raw_effect(effect: EffectRow) -> dict[str, Json]:
    evidence, body = masked(effect.evidence), masked(effect.body)
    return {"kind": effect.kind, "state": effect.state, "body": body, "evidence": evidence}


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
