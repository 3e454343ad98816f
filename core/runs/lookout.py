"""Look all over a portal for dialogs whose client waits while nobody sees them, and start a run for each (S4-13)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from core.bitrix24.errors import Refused
from core.bitrix24.wire import as_dict, as_int, as_list
from core.clock import Clock
from core.db import Database, Statement, Value, whole
from core.dialogs.activities import SessionRow, open_sessions_command, open_sessions_of
from core.portals.lane import Lane, Lanes
from core.robots.portal_settings import ORPHAN_DETECTOR
from core.runs.moment import Moment
from core.runs.sighting import Orphan, Sighting
from core.runs.starting import start
from core.runs.visit import visit
from core.runs.watching import APART, DIALOG, LAST_PLACES, LEASE

log = logging.getLogger(__name__)

#: How long after a look at a portal the next one comes, and while the portal is near its limit.
PERIOD: Final = timedelta(minutes=5)
BUSY: Final = timedelta(minutes=15)
#: A page is fifty dialogs; what does not fit into a look is looked at in the next one.
MOST_PAGES: Final = 20
PAGE: Final = 50
#: A portal where much is left alone is not turned over at once: whoever it is about could not bear it.
MOST_RUNS: Final = 10
#: Chats of a portal of which it is remembered that nobody waits there.
MOST_REMEMBERED: Final = 10_000
#: Portals that one process looks at at once.
MOST: Final = 5

#: A first look inserts the portal's row, and every look leases it: one process at a time, whoever comes first.
_CLAIM: Final = """
INSERT INTO lookout (portal_id, due_at, looked_at, after_activity_id, lease_until, lease_no)
SELECT portal.id, {now} + :shift, 0, 0, {now} + :lease, 1 FROM portal
WHERE portal.status = 'active'
  AND EXISTS (
    SELECT 1 FROM setting WHERE setting.portal_id = portal.id AND setting.name = :detector
      AND setting.value = 'true')
  AND NOT EXISTS (
    SELECT 1 FROM lookout resting WHERE resting.portal_id = portal.id
      AND (resting.lease_until >= {now} OR resting.looked_at > {now} - :apart
        OR resting.due_at > {now} + :shift AND resting.looked_at > {now} - :longest))
ORDER BY portal.id LIMIT :most
ON CONFLICT (portal_id) DO UPDATE SET lease_until = excluded.lease_until, lease_no = lookout.lease_no + 1
WHERE lookout.lease_until IS NULL OR lookout.lease_until < {now}
RETURNING portal_id, lease_no, after_activity_id
"""
_KEEP: Final = """
UPDATE lookout SET lease_until = {now} + :lease, after_activity_id = :after
WHERE portal_id = :portal_id AND lease_no = :lease_no RETURNING portal_id
"""
_REST: Final = """
UPDATE lookout SET lease_until = NULL, looked_at = {now}, due_at = {now} + :shift + :wait, after_activity_id = :after
WHERE portal_id = :portal_id AND lease_no = :lease_no
"""


@dataclass(slots=True)
class _Look:
    """One look at a portal in the hands of its process; ``after`` is the last activity that was looked at."""

    portal_id: str
    lease_no: int
    after: int
    wait: timedelta = PERIOD
    started: int = 0

    @property
    def key(self) -> dict[str, Value]:
        return {"portal_id": self.portal_id, "lease_no": self.lease_no}


class Lookout:
    """Looks after the portals that want it; ``ring`` wakes the workers after a run was started.

    Nothing is written to a portal from here: the run looks again, decides and acts as every run does.
    """

    def __init__(self, database: Database, lanes: Lanes, clock: Clock, *, ring: Callable[[], Awaitable[None]]) -> None:
        self._database = database
        self._lanes = lanes
        self._clock = clock
        self._ring = ring
        #: Of each portal the chats whose client does not wait, by their newest message: what was said there is known.
        self._quiet: dict[str, dict[int, int]] = {}

    async def run_due(self) -> int:
        """Look at the portals that it is time for and return how many; raises DatabaseAway."""
        params: dict[str, Value] = {
            "shift": Moment.of(self._clock).shift,
            "lease": LEASE // _MILLISECOND,
            "apart": APART // _MILLISECOND,
            "longest": BUSY // _MILLISECOND,
            "most": MOST,
            "detector": ORPHAN_DETECTOR,
        }
        [rows] = await self._database.write(Statement(_CLAIM, params))
        looks = [_Look(str(row["portal_id"]), whole(row["lease_no"]), whole(row["after_activity_id"])) for row in rows]
        await asyncio.gather(*(self._look(look) for look in looks))
        return len(looks)

    async def _look(self, look: _Look) -> None:
        await self._tried(look)
        shift, wait = Moment.of(self._clock).shift, look.wait // _MILLISECOND
        await self._database.write(Statement(_REST, {**look.key, "shift": shift, "wait": wait, "after": look.after}))
        if look.started:
            await self._ring()

    async def _tried(self, look: _Look) -> None:
        passed, aim = partial(self._passed, look), "dialogs without an operator"
        look.wait = await visit(look.portal_id, self._lanes, passed, busy_for=BUSY, aim=aim) or look.wait

    async def _passed(self, look: _Look, lane: Lane) -> None:
        quiet = self._quiet.setdefault(look.portal_id, {})
        if len(quiet) > MOST_REMEMBERED:
            quiet.clear()
        sighting = Sighting(lane, self._database, now=Moment.of(self._clock).now, quiet=quiet)
        for _ in range(MOST_PAGES):
            if (await self._lanes.load(look.portal_id, DIALOG)).fill >= LAST_PLACES:
                look.wait = BUSY
                return
            sessions, following = await _page(lane, look.after)
            await self._started(look, lane, await sighting.left_alone(sessions))
            if look.started >= MOST_RUNS:
                return
            look.after = following
            keep: dict[str, Value] = {**look.key, "after": look.after, "lease": LEASE // _MILLISECOND}
            if not look.after or not (await self._database.write(Statement(_KEEP, keep)))[0]:
                return

    async def _started(self, look: _Look, lane: Lane, orphans: Sequence[Orphan]) -> None:
        """The same dialog is found again until somebody has it: it counts only when a run was started for it."""
        for orphan in orphans:
            if look.started < MOST_RUNS and await start(orphan, lane, self._database, Moment.of(self._clock)):
                look.started += 1


async def _page(lane: Lane, after: int) -> tuple[tuple[SessionRow, ...], int]:
    """Return a page of open sessions, and after which activity the next one begins; 0 when there is none."""
    answer = (await lane.read({"open": open_sessions_command(after)}))["open"]
    if not answer.ok:
        raise Refused(answer.error or "", answer.description)
    rows = as_list(answer.result)
    last = as_int(as_dict(rows[-1]).get("ID")) if len(rows) >= PAGE else None
    return open_sessions_of(answer.result), last or 0


_MILLISECOND: Final = timedelta(milliseconds=1)
