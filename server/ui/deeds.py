"""What a run did to the world, as its page shows it: outcome, evidence, and whether it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.bitrix24.command import Json
from core.runs.tables import EffectRow, Run
from core.runs.undo import taken_back_by
from core.texts.text import Text
from server.ui.masking import masked_text
from server.ui.statuses import Status, status_of

_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class ShownDeed:
    """One effect as the ledger has it; ``back`` says what taking it back would do, None where that is impossible."""

    id: str
    kind: str
    state: str
    summary: Text
    at: datetime | None
    note: str
    back: Text | None = None
    #: The run that took it back, and how that run stands.
    undone_by: str = ""
    undone_status: Status | None = None


def shown_deeds(effects: Sequence[EffectRow], undone: Mapping[str, Run]) -> Iterator[ShownDeed]:
    for effect in effects:
        run = undone.get(effect.id)
        yield ShownDeed(
            id=effect.id,
            kind=effect.kind,
            state=effect.state,
            summary=Text.from_json(effect.summary),
            at=effect.settled_at or effect.prepared_at,
            note=_note(_object(effect.evidence)),
            back=_back(effect) if run is None else None,
            undone_by=run.id if run else "",
            undone_status=status_of(run.status) if run else None,
        )


def _back(effect: EffectRow) -> Text | None:
    if effect.state != "confirmed":
        return None
    back = taken_back_by(effect.kind, _object(effect.body), _object(effect.evidence))
    return back.summary() if back is not None else None


def _note(evidence: Mapping[str, Json]) -> str:
    said = evidence.get("description") or evidence.get("error") or ""
    return masked_text(str(said))[:_LONGEST]


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}
