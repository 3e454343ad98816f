"""A database that was put back from a copy: what it has not heard of may have been done, so a person decides."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from core.db import Database, Statement, to_millis
from core.portals.audit import audit
from core.portals.store import PortalStore

REASON: Final = "RESTORED"

#: Whatever was meant when the copy was made may have happened after it: it is looked for before anything is repeated,
#: from the last line of the run on, for the copy is no older than that.
_DOUBT: Final = """
UPDATE effect SET state = 'unknown', checks = 0, prepared_at = COALESCE(
    prepared_at, (SELECT MAX(at) FROM run_event WHERE run_event.run_id = effect.run_id), {now} + :shift)
WHERE state IN ('planned', 'prepared')
RETURNING id
"""
_LEASES: Final = "UPDATE run SET lease_until = NULL, owner = '' WHERE lease_until IS NOT NULL"


#: What came due since the copy was made is as late as if nobody had worked: the copy knows of nobody who did.
_SINCE: Final = "UPDATE outage SET began_at = :since WHERE told_at IS NULL AND began_at > :since"


async def hold(
    database: Database, store: PortalStore, *, at: datetime, shift: int = 0, since: datetime | None = None
) -> int:
    """Stop work for every portal and doubt what was meant; the number of portals. Harmless to repeat.

    ``since`` is when the copy was made, in real time.
    """
    held = 0
    for portal_id in await store.ids(status="active"):
        if await store.close(portal_id, status="suspended", reason=REASON, at=at, probe_at=None):
            await audit(portal_id, database, action="lane_closed", at=at, detail={"reason": REASON})
            held += 1
    if since is not None:
        await database.write(Statement(_SINCE, {"since": to_millis(since)}))
    await database.write(Statement(_DOUBT, {"shift": shift}), Statement(_LEASES))
    return held


async def let_go(database: Database, store: PortalStore, *, at: datetime) -> int:
    """Go on with what was held; the number of portals."""
    opened = 0
    for portal in await store.all():
        if portal.status_reason == REASON and await store.reopen(portal.id, at=at):
            await audit(portal.id, database, action="lane_opened", at=at)
            opened += 1
    return opened
