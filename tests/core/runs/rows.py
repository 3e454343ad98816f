"""Rows as the engine leaves them, for tests of what people look at."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import SQLModel

from core.db import Database, new_id
from core.portals.tables import Portal
from core.runs.tables import EffectRow, RestCallRow, Run, RunEvent
from core.texts.text import Text

NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def store(database: Database, *rows: SQLModel) -> None:
    """Write rows in the order given; parents come first."""
    async with database.session() as session:
        for row in rows:
            session.add(row)
            await session.flush()


def portal(name: str = "alpha", **fields: Any) -> Portal:
    values: dict[str, Any] = {
        "id": name,
        "member_id": (name[0] * 32),
        "origin": f"https://{name}.bitrix24.ru",
        "client_endpoint": f"https://{name}.bitrix24.ru/rest/",
        "oauth_host": "https://oauth.bitrix24.tech",
        "status_at": NOON,
        "application_token_hash": "",
        "data_key": b"",
        "admin_user_id": 1,
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Portal(**(values | fields))


def run(portal_id: str = "alpha", *, minutes: float = 0, **fields: Any) -> Run:
    """A run created ``minutes`` after noon; whatever else is asked for."""
    created_at = NOON + timedelta(minutes=minutes)
    run_id = fields.pop("id", None) or new_id()
    values: dict[str, Any] = {
        "id": run_id,
        "portal_id": portal_id,
        "robot": "escalate_no_reply",
        "workflow_id": "65f0a1",
        "event_token_hash": hashlib.sha256(run_id.encode()).hexdigest(),
        "event_token": b"sealed",
        "entity_type_id": 2,
        "item_id": 4820,
        "document": "DEAL_4820",
        "title": "Окна на дачу",
        "properties": {"minutes": "30"},
        "status": "done",
        "result": "done",
        "reason": Text("Руководитель предупреждён.", "The head was told.").as_json(),
        "expires_at": created_at + timedelta(days=30),
        "created_at": created_at,
        "finished_at": created_at + timedelta(seconds=1),
    }
    return Run(**(values | fields))


def waiting(portal_id: str = "alpha", *, minutes: float = 0, wakes_in: float = 30, **fields: Any) -> Run:
    """A run that sleeps until ``wakes_in`` minutes after its creation."""
    wake_at = NOON + timedelta(minutes=minutes + wakes_in)
    asleep = {"status": "waiting", "result": "", "finished_at": None, "wake_at": wake_at, "step": "fire"}
    return run(portal_id, minutes=minutes, **(asleep | fields))


def event(of: Run, kind: str, text: Text, *, seconds: float = 0, **fields: Any) -> RunEvent:
    values: dict[str, Any] = {
        "id": new_id(),
        "portal_id": of.portal_id,
        "run_id": of.id,
        "at": of.created_at + timedelta(seconds=seconds),
        "kind": kind,
        "text": text.as_json(),
    }
    return RunEvent(**(values | fields))


def effect(of: Run, ordinal: int, state: str = "confirmed", **fields: Any) -> EffectRow:
    values: dict[str, Any] = {
        "id": new_id(),
        "portal_id": of.portal_id,
        "run_id": of.id,
        "ordinal": ordinal,
        "kind": "notify_staff",
        "policy": "keyed",
        "body": {"user_id": 7},
        "key": f"00000000-0000-4000-8000-{ordinal:012d}",
        "state": state,
        "summary": Text("Уведомление руководителю", "A notice to the head").as_json(),
    }
    return EffectRow(**(values | fields))


def call(of: Run, method: str = "batch", **fields: Any) -> RestCallRow:
    values: dict[str, Any] = {
        "id": new_id(),
        "portal_id": of.portal_id,
        "run_id": of.id,
        "at": of.created_at,
        "method": method,
        "milliseconds": 210,
        "status": 200,
    }
    return RestCallRow(**(values | fields))
