"""The log of a run as a timeline: moments with their sentences, ticked checks, waits as bars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from core.bitrix24.command import Json
from core.runs.tables import RunEvent
from core.texts.text import Text, as_text
from server.ui.bars import Bar, bar_of
from server.ui.statuses import status_of
from server.ui.words import run as words

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
    """One entry of the timeline; ``other_run`` is the run that it tells of, where it is another one."""

    at: datetime
    kind: Text
    text: Text
    tone: str
    checks: tuple[tuple[Text, bool | None], ...] = ()
    bar: Bar | None = None
    other_run: str = ""
    #: How often the same was seen again right after, and when last.
    again: int = 0
    last_at: datetime | None = None


@dataclass(slots=True)
class _Entry:
    """Lines of the log that say the same at different times; ``number`` is the place of the first one."""

    number: int
    event: RunEvent
    repeats: list[RunEvent] = field(default_factory=list)


def timeline(events: Sequence[RunEvent], now: datetime, *, status: str) -> Iterator[Moment]:
    """Draw the log; only the wait that lasts has a mark for the present."""
    last_wait = max((number for number, event in enumerate(events) if event.kind == "waits"), default=-1)
    for entry in _folded(events):
        number, event = entry.number, entry.event
        lasts = number == last_wait and status == "waiting"
        data = event.data if isinstance(event.data, dict) else {}
        yield Moment(
            at=event.at,
            kind=_kind(event),
            text=Text.from_json(event.text),
            tone=_tone(event, status),
            checks=tuple(_checks(data)),
            bar=bar_of(event.at, event.data, now=now if lasts else None) if event.kind == "waits" else None,
            other_run=_word(data, "copy") or _word(data, "copy_of"),
            again=len(entry.repeats),
            last_at=entry.repeats[-1].at if entry.repeats else None,
        )


def _folded(events: Sequence[RunEvent]) -> Iterator[_Entry]:
    """Lay looks that saw the same one after the other into one: a run that waits looks each few minutes."""
    entry: _Entry | None = None
    for number, event in enumerate(events):
        if entry is not None and event.kind == entry.event.kind == "looked" and event.text == entry.event.text:
            entry.repeats.append(event)
            continue
        if entry is not None:
            yield entry
        entry = _Entry(number, event)
    if entry is not None:
        yield entry


def _kind(event: RunEvent) -> Text:
    by_state = words.OUTCOMES.get(_state(event)) if event.kind == "acted" else None
    return by_state or words.KINDS.get(event.kind) or as_text(event.kind)


def _state(event: RunEvent) -> str:
    return _word(event.data, "state") if isinstance(event.data, dict) else ""


def _tone(event: RunEvent, status: str) -> str:
    if event.kind == "ended":
        return status_of(status).tone
    if event.kind == "acted" and (tone := _STATE_TONES.get(_state(event))):
        return tone
    return _TONES.get(event.kind, "plain")


def _checks(data: Mapping[str, Json]) -> Iterator[tuple[Text, bool | None]]:
    checks = data.get("checks")
    for check in checks if isinstance(checks, list) else []:
        if isinstance(check, dict):
            passed = check.get("passed")
            yield Text.from_json(check.get("text")), passed if isinstance(passed, bool) else None


def _word(data: Mapping[str, Json], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
