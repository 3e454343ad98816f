"""How runs look as JSON; texts speak the language of the session, moments are ISO 8601 in UTC."""

from __future__ import annotations

from datetime import datetime

from core.bitrix24.command import Json
from core.runs.listing import RunCard, RunLine
from core.texts.text import Language, Text
from server.ui.masking import masked, masked_text


def line_json(line: RunLine, language: Language) -> dict[str, Json]:
    return {
        "id": line.id,
        "robot": line.robot,
        "status": line.status,
        "result": line.result,
        "reason": line.reason.said_in(language),
        "document": _document(line),
        "dry": line.dry,
        "created_at": _iso(line.created_at),
        "wake_at": _iso(line.wake_at),
        "finished_at": _iso(line.finished_at),
    }


def timer_json(line: RunLine, language: Language) -> dict[str, Json]:
    return {
        "run_id": line.id,
        "robot": line.robot,
        "status": line.status,
        "step": line.step,
        "reason": line.reason.said_in(language),
        "document": _document(line),
        "wake_at": _iso(line.wake_at),
    }


def card_json(card: RunCard, language: Language) -> dict[str, Json]:
    """The line of a run and everything below it; keys, telephone numbers and mail addresses are hidden."""
    return {
        **line_json(card.line, language),
        "input": masked(card.run.properties),
        "output": masked(card.run.output),
        "events": [
            {"at": _iso(event.at), "kind": event.kind, "text": _said(event.text, language)} for event in card.events
        ],
        "effects": [
            {
                "id": effect.id,
                "kind": effect.kind,
                "state": effect.state,
                "summary": _said(effect.summary, language),
            }
            for effect in card.effects
        ],
        "calls": [
            {
                "at": _iso(call.at),
                "method": call.method,
                "commands": call.commands,
                "ms": call.milliseconds,
                "status": call.status,
                "error": masked_text(call.error),
            }
            for call in card.calls
        ],
    }


def _document(line: RunLine) -> dict[str, Json]:
    if line.item is None:
        return {"type": "", "id": 0, "title": line.title}
    return {"type": line.item.kind, "id": line.item.id, "title": line.title}


def _said(text: Json, language: Language) -> str:
    return Text.from_json(text).said_in(language)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
