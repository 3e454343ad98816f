"""Times in which the service did not work, and what became of the waits that came due in them: told once, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from core.db import Database, Row, Statement, Value, from_millis, to_millis, whole
from core.portals.lane import LaneClosed, Lanes
from core.runs.moment import Moment
from core.runs.overdue import stood_still
from core.runs.telling import tell
from core.texts.text import Text, joined, plural
from core.worktime.words import duration

#: A shorter one, after which everything was done, nobody needs to be told of: the page of health has it.
WORTH_TELLING: Final = timedelta(minutes=5)
#: How many are settled at once; the others come with the next sweep.
_MOST: Final = 20

_OVER: Final = """
UPDATE outage SET ended_at = {now}
WHERE told_at IS NULL AND ended_at IS NULL AND portal_id IN (SELECT id FROM portal WHERE status = 'active')
"""
_SUMS: Final = """
SELECT outage.id, outage.portal_id, outage.began_at, outage.ended_at,
    COUNT(CASE WHEN late_wait.choice = 'run' THEN 1 END) AS done,
    COUNT(CASE WHEN late_wait.choice = 'ask' AND run.status = 'held' THEN 1 END) AS asked,
    COUNT(late_wait.run_id) AS late,
    MAX(CASE WHEN late_wait.choice = 'skip' THEN late_wait.after_minutes END) AS after_minutes,
    MIN(late_wait.due_at) AS due_at
FROM outage LEFT JOIN late_wait ON late_wait.outage_id = outage.id LEFT JOIN run ON run.id = late_wait.run_id
WHERE {where}
GROUP BY outage.id, outage.portal_id, outage.began_at, outage.ended_at
ORDER BY outage.began_at DESC LIMIT :most
"""
#: Nothing that was due when it ended is to be taken, or is being worked on, any more.
_SETTLED: Final = _SUMS.replace(
    "{where}",
    """outage.told_at IS NULL AND outage.ended_at IS NOT NULL
  AND outage.portal_id IN (SELECT id FROM portal WHERE status = 'active')
  AND NOT EXISTS (
    SELECT 1 FROM run due WHERE due.portal_id = outage.portal_id AND due.wake_at <= outage.ended_at + :shift)""",
)
_OF_PORTAL: Final = _SUMS.replace(
    "{where}", "outage.portal_id = :portal_id AND outage.ended_at IS NOT NULL AND outage.ended_at > :since"
)
_TOLD: Final = "UPDATE outage SET told_at = {now} WHERE id = :id AND told_at IS NULL RETURNING id"
_FORGET: Final = "DELETE FROM outage WHERE id = :id AND told_at IS NULL"


@dataclass(frozen=True, slots=True)
class Outage:
    """What became of one; its moments are business time. ``after`` is the limit by which waits were skipped."""

    id: str
    portal_id: str
    began_at: datetime
    ended_at: datetime
    done: int
    skipped: int
    asked: int
    after: timedelta | None = None
    #: How late the latest was when work went on.
    latest_for: timedelta = timedelta(0)

    @property
    def late(self) -> int:
        return self.done + self.skipped + self.asked

    @property
    def is_worth_telling(self) -> bool:
        longest = max(self.ended_at - self.began_at, self.latest_for)
        return bool(self.skipped or self.asked) or (self.late > 0 and longest >= WORTH_TELLING)

    def said(self, zone: tzinfo, now: datetime) -> Text:
        """Say from when until when it was, how many waits were late, and what became of them."""
        return stood_still(self.began_at, self.ended_at, zone, now) + ". " + self._late() + "."

    def _late(self) -> Text:
        if self.done == self.late:
            return plural(
                self.late,
                (
                    "ожидание опоздало и уже выполнено",
                    "ожидания опоздали и уже выполнены",
                    "ожиданий опоздали и уже выполнены",
                ),
                ("wait was late and is done by now", "waits were late and are done by now"),
            )
        late = plural(
            self.late,
            ("ожидание опоздало: ", "ожидания опоздали: ", "ожиданий опоздали: "),
            ("wait was late: ", "waits were late: "),
        )
        return late + joined(self._parts())

    def _parts(self) -> list[Text]:
        parts: list[Text] = []
        if self.done:
            parts.append(plural(self.done, ("выполнено", "выполнены", "выполнены"), ("done", "done")))
        if self.skipped:
            parts.append(plural(self.skipped, ("пропущено", "пропущены", "пропущены"), ("skipped", "skipped")))
        if self.skipped and self.after is not None:
            why = plural_of_late(self.skipped).format(after=duration(self.after))
            parts[-1] += why
        if self.asked:
            parts.append(
                plural(
                    self.asked,
                    ("ждёт вашего решения", "ждут вашего решения", "ждут вашего решения"),
                    ("waits for your decision", "wait for your decision"),
                )
            )
        return parts


def plural_of_late(number: int) -> Text:
    """Say why so many were skipped; the limit is filled in as ``after``."""
    return Text(
        " (опоздало больше чем на {after})"
        if number % 10 == 1 and number % 100 != 11
        else " (опоздали больше чем на {after})",
        " (late by more than {after})",
    )


async def settle_outages(database: Database, lanes: Lanes, now: Moment) -> int:
    """Tell of the outages whose late waits are all taken; how many were settled. Raises DatabaseAway."""
    params: dict[str, Value] = {"shift": now.shift, "most": _MOST}
    _, rows = await database.write(Statement(_OVER), Statement(_SETTLED, params))
    settled = 0
    for outage in (_read(row, now.shift) for row in rows):
        if not outage.late:
            await database.write(Statement(_FORGET, {"id": outage.id}))
        elif await _told(outage, database, lanes, now):
            settled += 1
    return settled


async def _told(outage: Outage, database: Database, lanes: Lanes, now: Moment) -> bool:
    """Tell, and note that it is told; a portal that was closed again is told later."""
    noted = Statement(_TOLD, {"id": outage.id})
    if outage.is_worth_telling:
        try:
            lane = await lanes.lane(outage.portal_id)
        except LaneClosed:
            return False
        text = outage.said(lane.portal.zone, now.now)
        if await tell(lane, database, text, name=f"outage|{outage.id}", moment=now, also=[noted]) is not None:
            return True
    return bool((await database.write(noted))[0])


async def last_outages(
    database: Database, portal_id: str, *, since: datetime, shift: int = 0, most: int = 5
) -> Sequence[Outage]:
    """Return the newest outages of a portal that made waits late, each with what became of them until now.

    ``since`` is real time. Raises DatabaseAway.
    """
    params: dict[str, Value] = {"portal_id": portal_id, "since": to_millis(since), "most": most}
    [rows] = await database.read(Statement(_OF_PORTAL, params))
    return [outage for outage in (_read(row, shift) for row in rows) if outage.late]


def _read(row: Row, shift: int) -> Outage:
    late, done, asked = whole(row["late"]), whole(row["done"]), whole(row["asked"])
    after, ended_at = row["after_minutes"], from_millis(whole(row["ended_at"]) + shift)
    return Outage(
        id=str(row["id"]),
        portal_id=str(row["portal_id"]),
        began_at=from_millis(whole(row["began_at"]) + shift),
        ended_at=ended_at,
        done=done,
        skipped=late - done - asked,
        asked=asked,
        after=timedelta(minutes=whole(after)) if after is not None else None,
        latest_for=ended_at - from_millis(whole(row["due_at"])) if late else timedelta(0),
    )
