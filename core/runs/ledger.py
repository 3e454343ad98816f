"""The ledger of effects: what was meant, what was asked, what is known of it."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from core.bitrix24.command import Json
from core.bitrix24.documents import Item
from core.bitrix24.secret import Secret
from core.db import Database, Row, Statement, Value, from_millis, new_id
from core.dialogs.own import text_hash
from core.effects import Effect, FireTrigger, Settled, effect_from, known_kinds
from core.portals.keyring import Vault
from core.robots import EffectResult
from core.runs.journal import dumped
from core.runs.record import RunRecord
from core.runs.statements import CLAIM_ONCE, EFFECTS_OF, HOLD, LEASE, PLAN_EFFECT, PREPARE, SETTLE
from core.texts.text import Text

_TEXTS: Final = "effect.texts"
#: Nothing more will be done about an effect in one of these states.
OVER: Final = frozenset({"confirmed", "refused", "skipped", "dry"})


class UnknownEffect(Exception):
    """An effect was planned by a release that knows more kinds than this one."""


def key_for(portal_id: str, run_id: str, ordinal: int) -> str:
    """Return the idempotency key of an effect: a lower-case version 4 UUID that a restart computes again.

    The portal silently ignores keys of another version (security.md 2.5).
    """
    digest = bytearray(hashlib.sha256(f"{portal_id}|{run_id}|{ordinal}".encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x40
    digest[8] = digest[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(digest)))


@dataclass(frozen=True, slots=True)
class Entry:
    """One effect of a run as the ledger holds it."""

    id: str
    ordinal: int
    effect: Effect
    key: str
    state: str
    summary: Text
    evidence: Mapping[str, Json]
    checks: int
    prepared_at: datetime | None
    message_id: int
    #: The hold of the run in which it was meant, or last tried.
    lease_no: int

    @classmethod
    def from_row(cls, row: Row, vault: Vault) -> Entry:
        body = _map(row["body"])
        sealed = row["texts"]
        if isinstance(sealed, bytes | memoryview):
            body |= _map(vault.open(bytes(sealed), _TEXTS).reveal())
        prepared_at = row["prepared_at"]
        if row["kind"] not in known_kinds():
            raise UnknownEffect(str(row["kind"]))
        return cls(
            id=str(row["id"]),
            ordinal=int(row["ordinal"] or 0),
            effect=effect_from(str(row["kind"]), body),
            key=str(row["key"]),
            state=str(row["state"]),
            summary=Text.from_json(_map(row["summary"])),
            evidence=_map(row["evidence"]),
            checks=int(row["checks"] or 0),
            prepared_at=from_millis(prepared_at) if isinstance(prepared_at, int) else None,
            message_id=int(row["message_id"] or 0),
            lease_no=int(row["lease_no"] or 0),
        )

    def as_result(self) -> EffectResult:
        return EffectResult(self.effect.kind, self.state, self.summary, self.evidence)


def planned(run: RunRecord, vault: Vault, effect: Effect, ordinal: int, *, dry: bool) -> Statement:
    """The row of an effect that is going to be performed, or, in dry mode, only shown."""
    words = effect.private_part()
    params: dict[str, Value] = {
        "id": new_id(),
        "portal_id": run.portal_id,
        "run_id": run.id,
        "ordinal": ordinal,
        "kind": effect.kind,
        "policy": str(effect.policy),
        "body": dumped(effect.open_part()),
        "texts": vault.seal(Secret(dumped(words)), _TEXTS) if words and not dry else None,
        "key": key_for(run.portal_id, run.id, ordinal),
        "state": "dry" if dry else "planned",
        "summary": dumped(effect.summary().as_json()),
        "chat_id": effect.chat,
        "text_hash": text_hash(effect.said) if effect.said else "",
        "author_id": effect.author,
        "lease_no": run.lease_no,
    }
    return Statement(PLAN_EFFECT, params)


async def entries(database: Database, vault: Vault, run: RunRecord, acting_from: int) -> list[Entry]:
    rows = await database.write(Statement(EFFECTS_OF, {"run_id": run.id, "acting_from": acting_from}, key="run_id"))
    return [Entry.from_row(row, vault) for row in rows[0]]


async def last_ordinal(database: Database, run: RunRecord) -> int:
    sql = "SELECT COALESCE(MAX(ordinal), 0) AS last FROM effect WHERE run_id = :run_id"
    rows = await database.write(Statement(sql, {"run_id": run.id}))
    return int(rows[0][0]["last"] or 0)


async def prepare(
    database: Database, run: RunRecord, entry: Entry, *, shift: int
) -> Literal["prepared", "lost", "taken"]:
    """Commit the intent and look at the lease in the same transaction; only what is prepared may be called.

    It is lost when the lease was, when somebody asked to cancel, or when the effect is not planned any more; it is
    taken when it may happen one time only and another effect has done it or may have.
    """
    unit = [Statement(HOLD, {"id": run.id, "lease_no": run.lease_no, "lease": LEASE}, needed=True, key="id")]
    if entry.effect.once:
        claim: dict[str, Value] = {"portal_id": run.portal_id, "key": entry.effect.once, "id": entry.id}
        unit.append(Statement(CLAIM_ONCE, claim, needed=True))
    unit.append(Statement(PREPARE, {"id": entry.id, "lease_no": run.lease_no, "shift": shift}, needed=True, key="id"))
    answers = await database.write(*unit)
    if len(answers) == len(unit) and answers[-1]:
        return "prepared"
    return "taken" if len(answers) == 2 and len(unit) == 3 else "lost"


def settled(entry: Entry, outcome: Settled, *, shift: int, keep_texts: bool) -> Statement:
    """The outcome of an effect, from whoever knows it; what is over already stays as it is."""
    params: dict[str, Value] = {
        "id": entry.id,
        "state": outcome.state,
        "evidence": dumped(dict(outcome.evidence)),
        "message_id": outcome.message_id,
        "keep_texts": 1 if keep_texts or outcome.state == "unknown" else 0,
        "shift": shift,
    }
    return Statement(SETTLE, params, key="id")


def stage_after(done: Iterable[Entry], item: Item | None, stage_id: str) -> str:
    """Return the stage from which a run goes on: its own triggers may have moved the item, and meant to."""
    for entry in done:
        effect, moved = entry.effect, entry.evidence
        if not isinstance(effect, FireTrigger) or not effect.goes_on or entry.state != "confirmed":
            continue
        ours = item is not None and (effect.entity_type_id, effect.entity_id) == (item.entity_type_id, item.id)
        if ours and moved.get("stage_before") == stage_id and isinstance(moved.get("stage_after"), str):
            stage_id = str(moved["stage_after"])
    return stage_id


def _map(value: object) -> dict[str, Json]:
    read = json.loads(value) if isinstance(value, str) and value else {}
    return read if isinstance(read, dict) else {}
