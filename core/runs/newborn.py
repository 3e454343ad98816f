"""The row of a new run: whoever begins one names what is special about it, and the rest is as in every new run."""

from __future__ import annotations

from typing import Final

#: Each column with what it holds when nothing else is said, as SQL.
_NEW: Final = {
    "id": ":id",
    "portal_id": "CAST(:portal_id AS VARCHAR)",
    "robot": ":robot",
    "workflow_id": "''",
    "event_token_hash": "CAST(:hash AS VARCHAR)",
    "event_token": ":event_token",
    "entity_type_id": "CAST(:entity_type_id AS INTEGER)",
    "item_id": "CAST(:item_id AS INTEGER)",
    "document": ":document",
    "title": "''",
    "properties": "CAST(:properties AS VARCHAR)",
    "status": "'waiting'",
    "result": "''",
    "reason": "NULL",
    "output": "NULL",
    "step": "''",
    "state": "'{}'",
    "acting_from": "0",
    "origin": "'unchecked'",
    "dry": "FALSE",
    "answered": "TRUE",
    "stage_id": "''",
    "chat_id": "0",
    "session_id": "0",
    "known": "NULL",
    "watch_chat_id": "NULL",
    "watch_message_id": "0",
    "watch_user_code": "''",
    "wake_at": "CAST(:now AS BIGINT)",
    "timer_at": "NULL",
    "lease_until": "NULL",
    "lease_no": "0",
    "owner": "''",
    "attempt": "0",
    "deaths": "0",
    "cancel_requested": "''",
    "copy_of": "NULL",
    "expires_at": "CAST(:expires AS BIGINT)",
    "created_at": "CAST(:now AS BIGINT)",
    "started_at": "NULL",
    "finished_at": "NULL",
}


def inserted(special: dict[str, str], *, rest: str) -> str:
    """Return the statement that begins a run and returns its id, or nothing when the launch is known.

    ``special`` gives SQL for columns that are not as in every new run; ``rest`` is what follows the values, a WHERE
    or a FROM. Raises KeyError for a column that a run does not have.
    """
    if strange := special.keys() - _NEW.keys():
        raise KeyError(*strange)
    row = _NEW | special
    return f"""
INSERT INTO run ({", ".join(row)})
SELECT {", ".join(row.values())}
{rest}
ON CONFLICT (portal_id, event_token_hash) DO NOTHING
RETURNING id
"""


def taken(*columns: str) -> dict[str, str]:
    """Return columns that are taken from the row of another run."""
    return {column: column for column in columns}
