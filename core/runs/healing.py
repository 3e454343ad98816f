"""Look in every portal for processes that wait in vain: their call was lost, or they did not hear our answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from core.bitrix24.command import Answer, Command
from core.bitrix24.errors import Refused
from core.clock import Clock
from core.db import Database, Row, Statement, Value, from_millis, to_millis, whole
from core.portals.lane import Lane, Lanes
from core.portals.store import PortalStore
from core.robots import AnyRobot
from core.runs import learning, repeating
from core.runs.habit import Habit
from core.runs.launches import Search, note_those_that_came
from core.runs.learning import Skew
from core.runs.moment import Moment
from core.runs.processes import INSTANCES, PAGE, Process, begun, by_name, processes_of
from core.runs.retention import keeping
from core.runs.visit import visit
from core.runs.watching import APART, LAST_PLACES, LEASE

log = logging.getLogger(__name__)

#: How long after a look the next one comes; where nobody called for a day; near a limit; where nothing is shown.
PERIOD: Final = timedelta(minutes=5)
QUIET: Final = timedelta(hours=1)
BUSY: Final = timedelta(minutes=15)
BLIND: Final = timedelta(hours=6)
#: A call may be on its way for so long.
PATIENCE: Final = timedelta(minutes=3)
#: Processes that began longer ago are not looked for, and templates that called nobody for so long are left alone.
WINDOW: Final = timedelta(days=7)
#: A look reads at most so many pages of processes; what is left comes next time.
MOST_PAGES: Final = 2
#: The part of the account of the method beyond which it is left to others.
MOST_OPERATING: Final = 0.5
#: Portals that one process looks at at once.
MOST: Final = 5
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_SECOND: Final = timedelta(seconds=1)
_MILLISECOND: Final = timedelta(milliseconds=1)

#: A portal is looked at while somebody called lately, or an answer is to be looked after: else nothing waits for us.
#: Whoever calls for the first time is only written down.
_CLAIM: Final = """
INSERT INTO healing (portal_id, due_at, looked_at, learned_to, compared_to, blind, lease_until, lease_no)
SELECT portal.id, {now} + :shift, 0, {now} + :shift - :window, {now} + :shift - :patience, '', {now} + :lease, 1
FROM portal
WHERE portal.status = 'active'
  AND NOT EXISTS (
    SELECT 1 FROM healing resting WHERE resting.portal_id = portal.id
      AND (resting.lease_until >= {now} OR resting.looked_at > {now} - :apart
        OR resting.due_at > {now} + :shift AND resting.looked_at > {now} - :longest))
  AND (
    EXISTS (
      SELECT 1 FROM run
      WHERE run.portal_id = portal.id AND run.created_at > {now} + :shift - :window AND run.workflow_id <> '')
    OR EXISTS (SELECT 1 FROM reply WHERE reply.portal_id = portal.id AND reply.look_at IS NOT NULL))
ORDER BY portal.id LIMIT :most
ON CONFLICT (portal_id) DO UPDATE SET lease_until = excluded.lease_until, lease_no = healing.lease_no + 1
WHERE healing.lease_until IS NULL OR healing.lease_until < {now}
RETURNING portal_id, lease_no, learned_to, compared_to
"""
_REST: Final = """
UPDATE healing SET lease_until = NULL, looked_at = {now}, due_at = {now} + :shift + :wait,
    learned_to = :learned_to, compared_to = :compared_to, blind = :blind
WHERE portal_id = :portal_id AND lease_no = :lease_no
"""
_CALLED_LATELY: Final = """
SELECT 1 FROM run WHERE portal_id = :portal_id AND created_at > :since AND workflow_id <> '' LIMIT 1
"""

_NOT_ON_PLAN: Final = "ERROR_METHOD_NOT_FOUND"
_NO_RIGHTS: Final = frozenset({"ACCESS_DENIED", "INSUFFICIENT_SCOPE"})


class Unseen(Exception):
    """The portal does not show its processes; ``why`` is ``plan`` or ``rights``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(slots=True)
class _Look:
    """One look at a portal in the hands of its process."""

    portal_id: str
    lease_no: int
    learned_to: datetime
    compared_to: datetime
    wait: timedelta = PERIOD
    blind: str = ""
    rings: bool = False

    @classmethod
    def from_row(cls, row: Row) -> _Look:
        learned_to, compared_to = (from_millis(whole(row[name])) for name in ("learned_to", "compared_to"))
        return cls(str(row["portal_id"]), whole(row["lease_no"]), learned_to, compared_to)


class Healing:
    """Heals the portals that it is time for; ``ring`` wakes the workers after something became due.

    Nothing is written to a portal from here: runs and answers go the way that all of them go.
    """

    def __init__(
        self,
        database: Database,
        lanes: Lanes,
        store: PortalStore,
        clock: Clock,
        *,
        robots: Mapping[str, AnyRobot],
        log_days: int,
        ring: Callable[[], Awaitable[None]],
    ) -> None:
        self._database = database
        self._lanes = lanes
        self._store = store
        self._clock = clock
        self._robots = robots
        self._log_days = log_days
        self._ring = ring

    async def run_due(self) -> int:
        """Look at the portals that it is time for and return how many; raises DatabaseAway."""
        params: dict[str, Value] = {
            "shift": Moment.of(self._clock).shift,
            "window": WINDOW // _MILLISECOND,
            "patience": PATIENCE // _MILLISECOND,
            "lease": LEASE // _MILLISECOND,
            "apart": APART // _MILLISECOND,
            "longest": BLIND // _MILLISECOND,
            "most": MOST,
        }
        [rows] = await self._database.write(Statement(_CLAIM, params))
        await asyncio.gather(*(self._look(_Look.from_row(row)) for row in rows))
        return len(rows)

    async def _look(self, look: _Look) -> None:
        if look.lease_no > 1:
            await self._tried(look)
        params: dict[str, Value] = {
            "portal_id": look.portal_id,
            "lease_no": look.lease_no,
            "shift": Moment.of(self._clock).shift,
            "wait": look.wait // _MILLISECOND,
            "learned_to": to_millis(look.learned_to),
            "compared_to": to_millis(look.compared_to),
            "blind": look.blind,
        }
        await self._database.write(Statement(_REST, params))
        if look.rings:
            await self._ring()

    async def _tried(self, look: _Look) -> None:
        passed, aim = partial(self._passed, look), "processes that wait in vain"
        try:
            look.wait = await visit(look.portal_id, self._lanes, passed, busy_for=BUSY, aim=aim) or look.wait
        except Unseen as unseen:
            look.blind, look.wait = unseen.why, BLIND

    async def _passed(self, look: _Look, lane: Lane) -> None:
        load = await self._lanes.load(look.portal_id, INSTANCES)
        if load.fill >= LAST_PLACES or load.operating >= MOST_OPERATING:
            look.wait = BUSY
            return
        moment, portal_id = Moment.of(self._clock), look.portal_id
        look.wait = await self._pause(portal_id, moment.now)
        await note_those_that_came(self._database, portal_id, since=look.learned_to)
        called = await learning.called_since(self._database, portal_id, look.learned_to)
        sent = await repeating.due(self._database, portal_id, now=moment.now)
        habits = await learning.habits(self._database, portal_id, since=moment.now - WINDOW)
        asked: dict[str, Command] = {}
        if called:
            asked["called"] = by_name(called)
        if sent:
            asked["sent"] = by_name(dict.fromkeys(answer.workflow_id for answer in sent))
        if habits:
            asked["begun"] = self._begun(look.compared_to, lane, habits, moment.now)
        if not asked:
            return
        answers = await lane.read({"time": Command("server.time"), **asked})
        skew = Skew.of(answers["time"], moment.now)
        living = {process.id: process for process in _read(answers.get("sent"))}
        look.rings = await repeating.look_after(
            sent, living, lane, self._database, moment=moment, skew=skew, robots=self._robots
        )
        seen = _read(answers.get("called"))
        await learning.learn(self._database, portal_id, seen, skew=skew)
        look.learned_to = moment.now
        if habits:
            await self._compare(look, lane, habits, _read(answers["begun"]), moment=moment, skew=skew)

    def _begun(self, reached: datetime, lane: Lane, habits: Mapping[str, Habit], now: datetime) -> Command:
        """Ask for what began since then; runs of what began long before are perhaps forgotten."""
        kept = keeping(dict(lane.settings), log_days=self._log_days).log - _HOUR
        after = max(reached, now - min(WINDOW, kept))
        return begun(habits, after=after, until=now - PATIENCE, zone=lane.portal.zone)

    async def _compare(
        self,
        look: _Look,
        lane: Lane,
        habits: Mapping[str, Habit],
        page: Sequence[Process],
        *,
        moment: Moment,
        skew: Skew,
    ) -> None:
        """Compare what began until now, or as much of it as a look may read: a page that is not full is the last."""
        until = skew.there(moment.now) - PATIENCE
        reached, number = look.compared_to, 1
        found: dict[str, Process] = {}
        while True:
            found |= {process.id: process for process in page if process.started_at <= until}
            if len(page) < PAGE:
                reached = max(reached, min(until, moment.now - PATIENCE))
                break
            reached = max(reached + _SECOND, min(until, page[-1].started_at - _SECOND))
            if number == MOST_PAGES:
                break
            page = _read((await lane.read({"begun": self._begun(reached, lane, habits, moment.now)}))["begun"])
            number += 1
        portal = await self._store.get(look.portal_id)
        opened_at = portal.status_at if portal is not None else moment.now
        search = Search(lane, self._database, moment, robots=self._robots, opened_at=opened_at)
        look.rings = await search.compare(list(found.values()), habits) or look.rings
        look.compared_to = reached

    async def _pause(self, portal_id: str, now: datetime) -> timedelta:
        """Return when to look again: seldom where nobody has called for a day."""
        params: dict[str, Value] = {"portal_id": portal_id, "since": to_millis(now - _DAY)}
        [rows] = await self._database.read(Statement(_CALLED_LATELY, params))
        return PERIOD if rows else QUIET


def _read(answer: Answer | None) -> tuple[Process, ...]:
    """Read what was asked, if it was; raises Unseen, Refused."""
    if answer is None:
        return ()
    if answer.ok:
        return processes_of(answer)
    code = (answer.error or "").upper()
    if code == _NOT_ON_PLAN:
        raise Unseen("plan")
    if code in _NO_RIGHTS:
        raise Unseen("rights")
    raise Refused(answer.error or "", answer.description)
