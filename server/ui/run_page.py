"""The page of one run: what happened and why, what it did to the world, what was asked of the portal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.responses import HTMLResponse

from core.bitrix24.command import Json
from core.robots import AnyRobot
from core.runs.listing import Listing, RunCard
from core.runs.tables import EffectRow, RunEvent
from core.texts.text import Text, as_text
from server.errors import Bad
from server.ui.bars import Bar, bar_of
from server.ui.forms import given_settings, returned
from server.ui.items import item_link
from server.ui.masking import masked, masked_text
from server.ui.pages import Pages, Visit
from server.ui.queries import row_id
from server.ui.statuses import status_of
from server.ui.words import run as words

#: As `core.runs.commands` has them: what may still be stopped, what may be tried again.
STOPPABLE: Final = frozenset({"waiting", "running", "retrying", "parked", "unknown"})
RETRYABLE: Final = frozenset({"failed", "quarantined", "cancelled", "skipped", "done", "refused"})

_TONES: Final[Mapping[str, str]] = {
    "accepted": "blue",
    "waits": "amber",
    "retries": "amber",
    "parked": "grey",
    "cancelled": "grey",
    "person": "violet",
    "acted": "green",
}
_STATE_TONES: Final[Mapping[str, str]] = {"refused": "red", "unknown": "violet", "skipped": "grey", "dry": "blue"}


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the timeline."""

    at: datetime
    kind: Text
    text: Text
    tone: str
    checks: tuple[tuple[Text, bool | None], ...] = ()
    bar: Bar | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """One effect as the ledger has it."""

    id: str
    kind: str
    state: str
    summary: Text
    at: datetime | None
    note: str


class RunPage:
    """Answers for ``/ui/runs/{id}``."""

    def __init__(self, pages: Pages, listing: Listing, catalogue: Mapping[str, AnyRobot]) -> None:
        self._pages = pages
        self._listing = listing
        self._catalogue = catalogue

    async def page(self, visit: Visit, run_id: str) -> HTMLResponse:
        """The page of a run of this portal; raises Bad 404."""
        card = await self._listing.run(visit.visitor.portal_id, row_id(run_id))
        if card is None:
            raise Bad(404, "not_found")
        robot = self._catalogue.get(card.line.robot)
        run = card.run
        may_act = visit.visitor.grant.covers(card.line_id)
        return self._pages.page(
            "run.html",
            visit,
            section="run",
            line=card.line,
            run=run,
            robot_name=robot.name if robot else as_text(run.robot),
            status=status_of(run.status),
            item_link=item_link(card.line.item, visit.visitor.origin, run.document),
            timeline=list(timeline(card.events, visit.reader.now, status=run.status)),
            deeds=[_deed(effect) for effect in card.effects],
            calls=card.calls,
            reply=card.replies[-1] if card.replies else None,
            settings=given_settings(robot, _object(run.properties)),
            returned=returned(robot, _object(run.output)),
            raw=_raw(card),
            may_stop=may_act and run.status in STOPPABLE,
            may_retry=may_act and run.status in RETRYABLE,
            may_decide=may_act,
        )


def timeline(events: Sequence[RunEvent], now: datetime, *, status: str) -> Iterator[Moment]:
    """Draw the log; only the wait that lasts has a mark for the present."""
    last_wait = max((number for number, event in enumerate(events) if event.kind == "waits"), default=-1)
    for number, event in enumerate(events):
        lasts = number == last_wait and status == "waiting"
        yield Moment(
            at=event.at,
            kind=_kind(event),
            text=Text.from_json(event.text),
            tone=_tone(event, status),
            checks=tuple(_checks(event.data)),
            bar=bar_of(event.at, event.data, now=now if lasts else None) if event.kind == "waits" else None,
        )


def _kind(event: RunEvent) -> Text:
    by_state = words.OUTCOMES.get(_state(event)) if event.kind == "acted" else None
    return by_state or words.KINDS.get(event.kind) or as_text(event.kind)


def _state(event: RunEvent) -> str:
    state = event.data.get("state") if isinstance(event.data, dict) else None
    return state if isinstance(state, str) else ""


def _tone(event: RunEvent, status: str) -> str:
    if event.kind == "ended":
        return status_of(status).tone
    if event.kind == "acted" and (tone := _STATE_TONES.get(_state(event))):
        return tone
    return _TONES.get(event.kind, "plain")


def _checks(data: Json) -> Iterator[tuple[Text, bool | None]]:
    checks = data.get("checks") if isinstance(data, dict) else None
    for check in checks if isinstance(checks, list) else []:
        if isinstance(check, dict):
            passed = check.get("passed")
            yield Text.from_json(check.get("text")), passed if isinstance(passed, bool) else None


def _deed(effect: EffectRow) -> Deed:
    evidence = effect.evidence if isinstance(effect.evidence, dict) else {}
    note = evidence.get("description") or evidence.get("error") or ""
    return Deed(
        id=effect.id,
        kind=effect.kind,
        state=effect.state,
        summary=Text.from_json(effect.summary),
        at=effect.settled_at or effect.prepared_at,
        note=masked_text(str(note))[:300],
    )


def _raw(card: RunCard) -> dict[str, Json]:
    run = card.run
    return {
        "id": run.id,
        "robot": run.robot,
        "status": run.status,
        "result": run.result,
        "step": run.step,
        "document": run.document,
        "input": masked(run.properties),
        "state": masked(run.state),
        "output": masked(run.output),
        "effects": [_raw_effect(effect) for effect in card.effects],
    }


def _raw_effect(effect: EffectRow) -> dict[str, Json]:
    evidence, body = masked(effect.evidence), masked(effect.body)
    return {"kind": effect.kind, "state": effect.state, "body": body, "evidence": evidence}


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
