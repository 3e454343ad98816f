"""Which messages of a chat are ours although they bear an employee's name, by the ledger of effects."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from core.db import Database, Row, Statement, Value, from_millis, to_millis
from core.dialogs.own import OwnMessages, UnsettledSend

#: The ledger is asked this far back: as long as a session may live.
_OWN_FOR: Final = timedelta(days=60)

_OWN: Final = """
SELECT state, message_id, author_id, text_hash, prepared_at FROM effect
WHERE portal_id = :portal_id AND chat_id = :chat_id AND text_hash <> '' AND prepared_at > :since
"""


async def own_messages(portal_id: str, database: Database, chat_id: int, *, now: datetime) -> OwnMessages:
    """Return what robots wrote into this chat, or may have written."""
    params: dict[str, Value] = {"portal_id": portal_id, "chat_id": chat_id, "since": to_millis(now - _OWN_FOR)}
    rows = (await database.write(Statement(_OWN, params)))[0]
    return OwnMessages(
        ids=frozenset(int(row["message_id"] or 0) for row in rows if row["message_id"]),
        unsettled=tuple(_unsettled(row) for row in rows if row["state"] in {"prepared", "unknown"}),
    )


def _unsettled(row: Row) -> UnsettledSend:
    prepared_at = row["prepared_at"]
    return UnsettledSend(
        author_id=int(row["author_id"] or 0),
        text_hash=str(row["text_hash"]),
        sent_at=from_millis(prepared_at if isinstance(prepared_at, int) else 0),
    )
