"""A run that the service begins itself: nobody called, so nobody is answered."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

from core.bitrix24.command import Json
from core.bitrix24.secret import Secret
from core.db import Database, Statement, Value, new_id, to_millis
from core.portals.lane import Lane
from core.runs.desk import guard_name
from core.runs.journal import Line, dumped
from core.runs.moment import Moment
from core.runs.rescue import RescueOrphan
from core.runs.sighting import Orphan
from core.texts.text import Text

#: One run for each wait of a client and each operator who let him wait. A run that waits for the end of a shift hands
#: the dialog over itself, unless it only waits to give it back.
_START: Final = """
INSERT INTO run (id, portal_id, robot, workflow_id, event_token_hash, event_token, entity_type_id, item_id, document,
    title, properties, status, result, reason, output, step, state, acting_from, origin, dry, answered, stage_id,
    chat_id, session_id, known, watch_chat_id, watch_message_id, watch_user_code, wake_at, lease_until, lease_no,
    owner, attempt, deaths, cancel_requested, copy_of, expires_at, created_at, started_at, finished_at)
SELECT :id, CAST(:portal_id AS VARCHAR), :robot, '', CAST(:hash AS VARCHAR), :token,
    CAST(:entity_type_id AS INTEGER), CAST(:item_id AS INTEGER), :document,
    '', :properties, 'waiting', '', NULL, NULL, '', '{}', 0, 'strong', FALSE, TRUE, '',
    CAST(:chat_id AS BIGINT), CAST(:session_id AS BIGINT), :known, NULL, 0, '', CAST(:now AS BIGINT), NULL, 0,
    '', 0, 0, '', NULL, CAST(:expires AS BIGINT), CAST(:now AS BIGINT), NULL, NULL
WHERE NOT EXISTS (
    SELECT 1 FROM spent_token
    WHERE portal_id = CAST(:portal_id AS VARCHAR) AND event_token_hash = CAST(:hash AS VARCHAR))
  AND NOT EXISTS (
    SELECT 1 FROM run_guard JOIN run busy ON busy.id = run_guard.run_id
    WHERE run_guard.portal_id = CAST(:portal_id AS VARCHAR) AND run_guard.name = CAST(:guard AS VARCHAR)
      AND busy.finished_at IS NULL AND busy.step <> 'back')
ON CONFLICT (portal_id, event_token_hash) DO NOTHING
RETURNING id
"""
_FOUND: Final = Text("Дежурный сам нашёл этот диалог. {why}", "Dezhurny itself found this dialog. {why}")


async def start(orphan: Orphan, lane: Lane, database: Database, moment: Moment) -> bool:
    """Begin a run for a dialog that nobody sees; False when one was begun before, or another run sees to it."""
    run_id, portal_id = new_id(), lane.portal.id
    said = Line("accepted", _FOUND.format(why=orphan.why), {"document": orphan.item.document})
    rows = await database.write(
        Statement(_START, _row(run_id, orphan, lane, moment), needed=True),
        said.statement(portal_id, run_id, moment.now),
    )
    return bool(rows[0])


def _row(run_id: str, orphan: Orphan, lane: Lane, moment: Moment) -> dict[str, Value]:
    episode, item, known = orphan.episode, orphan.item, orphan.known
    name = f"orphan|{episode.session_id}|{episode.message_id}|{orphan.owner_id}"
    return {
        "id": run_id,
        "portal_id": lane.portal.id,
        "robot": RescueOrphan.code,
        "hash": hashlib.sha256(name.encode()).hexdigest(),
        "token": lane.vault.seal(Secret(""), "run.event_token"),
        "entity_type_id": item.entity_type_id,
        "item_id": item.id,
        "document": item.document,
        "properties": dumped(_properties(orphan)),
        "chat_id": known.chat_id,
        "session_id": known.session_id,
        "known": dumped(known.as_json()),
        "guard": guard_name("reassign_shift_end", f"chat {known.chat_id}", dry=False),
        "now": to_millis(moment.now),
        "expires": to_millis(moment.now + timedelta(days=RescueOrphan.lifetime_days)),
    }


def _properties(orphan: Orphan) -> dict[str, Json]:
    """The card may move meanwhile, by our own trigger or by hand: the client waits all the same."""
    return {"pool": [*orphan.pool], "minutes": str(orphan.minutes), "stop_on_stage": "N"}
