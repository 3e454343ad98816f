"""Runs of a portal that removed the application: their reason is gone, also if the application comes back."""

from __future__ import annotations

from typing import Final

from core.db import Database, Statement
from core.runs.journal import Line, dumped
from core.runs.moment import Moment
from core.texts.text import Text

_REMOVED: Final = Text("Приложение удалено из портала.", "The application was removed from the portal.")

#: Only portals that left within the last hour are looked at: later there is nothing left to end.
_END: Final = """
UPDATE run SET status = 'cancelled', result = 'cancelled_user', reason = :reason, wake_at = NULL, watch_chat_id = NULL,
    finished_at = {now} + :shift
WHERE finished_at IS NULL AND lease_until IS NULL AND portal_id IN (
    SELECT id FROM portal WHERE status = 'uninstalled' AND status_at > {now} + :shift - 3600000)
RETURNING id, portal_id
"""


async def end_departed(database: Database, moment: Moment) -> int:
    """End what still waits in portals that are known to have removed us; how many runs were ended."""
    reason = dumped(_REMOVED.as_json())
    [rows] = await database.write(Statement(_END, {"reason": reason, "shift": moment.shift}))
    line = Line("ended", _REMOVED, {"result": "cancelled_user"})
    told = [line.statement(str(row["portal_id"]), str(row["id"]), moment.now) for row in rows]
    await database.write_all(told)
    return len(rows)
