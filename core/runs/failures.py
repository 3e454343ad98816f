"""Telling whom a portal has named that runs failed: every quarter of an hour at most, in one sentence."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core.clock import Clock
from core.db import Database, Row, Statement, Value, from_millis, to_millis
from core.portals.lane import LaneClosed, Lanes
from core.robots import AnyRobot
from core.runs.beginning import hash_of
from core.runs.moment import Moment
from core.runs.own_robots import OWN_ROBOTS
from core.runs.telling import name_of, tell
from core.texts.text import Text, joined, plural

#: The setting: whom to tell, as user ids.
FAILURES_TO: Final = "notify_failures"
APART: Final = timedelta(minutes=15)
#: What failed longer ago is no news, also for a service that was away.
NEWS_FOR: Final = timedelta(hours=1)
_MOST_ROBOTS: Final = 5

#: A word that could not be said is not spoken of by another word.
_WANTED: Final = """
SELECT setting.portal_id, setting.value FROM setting JOIN portal ON portal.id = setting.portal_id
WHERE setting.name = 'notify_failures' AND portal.status = 'active' AND EXISTS (
    SELECT 1 FROM run WHERE run.portal_id = setting.portal_id AND run.finished_at > :since AND run.finished_at <= :now
      AND run.status IN ('failed', 'quarantined', 'rejected') AND run.robot <> 'tell_administrator')
"""
_TOLD_AT: Final = """
SELECT MAX(created_at) AS told_at FROM run WHERE portal_id = :portal_id AND event_token_hash IN ({each hashes})
"""
_BY_ROBOT: Final = """
SELECT robot, COUNT(*) AS failed FROM run
WHERE portal_id = :portal_id AND finished_at > :since AND finished_at <= :now
  AND status IN ('failed', 'quarantined', 'rejected') AND robot <> 'tell_administrator'
GROUP BY robot ORDER BY COUNT(*) DESC, robot
"""


@dataclass(frozen=True, slots=True)
class Failures:
    """``ring`` wakes the workers after something was begun."""

    database: Database
    lanes: Lanes
    clock: Clock
    robots: Mapping[str, AnyRobot]
    ring: Callable[[], Awaitable[None]]

    async def tell_due(self) -> int:
        """Tell of what failed since the last word, and return to how many portals; raises DatabaseAway."""
        now = Moment.of(self.clock)
        params: dict[str, Value] = {"since": to_millis(now.now - NEWS_FOR), "now": to_millis(now.now)}
        [rows] = await self.database.read(Statement(_WANTED, params))
        told = sum([await self._told(row, now) for row in rows])
        if told:
            await self.ring()
        return told

    async def _told(self, row: Row, now: Moment) -> bool:
        portal_id, people = str(row["portal_id"]), _people(row["value"])
        told_at = await self._last(portal_id, now)
        if not people or (told_at is not None and now.now - from_millis(told_at) < APART):
            return False
        since = max(told_at or 0, to_millis(now.now - NEWS_FOR))
        params: dict[str, Value] = {"portal_id": portal_id, "since": since, "now": to_millis(now.now)}
        [found] = await self.database.read(Statement(_BY_ROBOT, params))
        if not found:
            return False
        try:
            lane = await self.lanes.lane(portal_id)
        except LaneClosed:
            return False
        text = self._said({str(one["robot"]): int(one["failed"] or 0) for one in found})
        return await tell(lane, self.database, text, name=_name(now, 0), moment=now, to=people) is not None

    async def _last(self, portal_id: str, now: Moment) -> int | None:
        hashes = [hash_of(name_of(_name(now, ago))) for ago in range(NEWS_FOR // APART + 1)]
        params: dict[str, Value] = {"portal_id": portal_id, "hashes": json.dumps(hashes)}
        [[row]] = await self.database.read(Statement(_TOLD_AT, params))
        return row["told_at"] if isinstance(row["told_at"], int) else None

    def _said(self, failed: Mapping[str, int]) -> Text:
        """Say how many runs failed, and of which robots the most."""
        count = plural(
            sum(failed.values()),
            ("запуск закончился ошибкой", "запуска закончились ошибкой", "запусков закончились ошибкой"),
            ("run has failed", "runs have failed"),
        )
        known = {**self.robots, **OWN_ROBOTS}
        names = [
            Text("«{robot}» — {number}", "“{robot}”: {number}").format(
                robot=known[code].name if code in known else Text(code, code), number=number
            )
            for code, number in list(failed.items())[:_MOST_ROBOTS]
        ]
        where = Text("Почему — в «Запусках» → «По причинам».", "Why: in Runs → By cause.")
        return count + Text(": ", ": ") + joined(names) + Text(". ", ". ") + where


def _name(now: Moment, quarters_ago: int) -> str:
    """One word for each quarter of an hour, whichever worker says it."""
    return f"failures|{to_millis(now.now) // (APART // timedelta(milliseconds=1)) - quarters_ago}"


def _people(stored: Value) -> tuple[int, ...]:
    value = json.loads(stored) if isinstance(stored, str) else None
    return tuple(who for who in value if isinstance(who, int)) if isinstance(value, list) else ()
