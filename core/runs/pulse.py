"""Whether work goes on: a sign that every worker renews, and that outlives all of them, tells when nobody worked."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from core.db import Database, Statement, Value, new_id
from core.runs.clock_guard import steady_seconds
from core.runs.statements import SILENT

#: A wait that was taken later than this after its time was late; until then it only stood in the queue.
LATE: Final = timedelta(minutes=1)

_RENEW: Final = "UPDATE pulse SET at = {now} WHERE id = 1 AND {now} - at <= :silent RETURNING id"
_SET: Final = "INSERT INTO pulse (id, at) VALUES (1, {now}) ON CONFLICT (id) DO UPDATE SET at = excluded.at"
#: A silence concerns the portals for which something was due in it. One that is not told of yet grows, for what was
#: late in it is late still; that of a closed portal goes on.
_NOTE: Final = """
INSERT INTO outage (id, portal_id, began_at, ended_at, told_at)
SELECT portal.id || '-' || :mark, portal.id, pulse.at, {now}, NULL
FROM pulse CROSS JOIN portal
WHERE pulse.id = 1 AND {now} - pulse.at > :silent AND portal.status <> 'uninstalled'
  AND EXISTS (SELECT 1 FROM run WHERE run.portal_id = portal.id AND run.wake_at <= {now} + :shift - :late)
ON CONFLICT (portal_id) WHERE told_at IS NULL DO UPDATE SET
    began_at = CASE WHEN excluded.began_at < outage.began_at THEN excluded.began_at ELSE outage.began_at END,
    ended_at = CASE WHEN outage.ended_at IS NULL THEN NULL ELSE excluded.ended_at END
"""


class Pulse:
    """The sign of one worker; a clock that was moved is no silence, for the worker knows that it was at work."""

    def __init__(self, database: Database, steady: Callable[[], float] = steady_seconds) -> None:
        self._database = database
        self._steady = steady
        self._renewed = -math.inf

    @property
    def is_old(self) -> bool:
        """Whether nothing may be taken before the sign is renewed: this process was not at work for a while."""
        return self._steady() - self._renewed > SILENT / 2000

    async def beat(self, shift: int) -> None:
        """Renew the sign, and note the silence before it; ``shift`` as in Moment. Raises DatabaseAway."""
        params: dict[str, Value] = {"silent": SILENT}
        [renewed] = await self._database.write(Statement(_RENEW, params))
        if not renewed:
            params |= {"shift": shift, "late": LATE // timedelta(milliseconds=1), "mark": new_id()}
            was_away = self._steady() - self._renewed > SILENT / 1000
            await self._database.write(*([Statement(_NOTE, params)] if was_away else []), Statement(_SET))
        self._renewed = self._steady()
