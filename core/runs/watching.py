"""Look at the dialogs that runs wait on, and wake the runs whose dialog has moved; correctness never rests on it."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core.bitrix24.command import Command
from core.bitrix24.encoding import BATCH_LIMIT
from core.bitrix24.errors import BitrixError, Revoked, Suspended, TryLater
from core.clock import Clock
from core.db import Database, DatabaseAway, Row, Statement, Value, whole
from core.dialogs.chat import chat_of
from core.portals.lane import Lane, LaneClosed, Lanes
from core.portals.load import Load
from core.runs.moment import Moment

log = logging.getLogger(__name__)

#: How soon a new message is noticed: where little is watched, usually, and while the portal is near its limit.
IDLE: Final = timedelta(seconds=20)
NORMAL: Final = timedelta(seconds=60)
BUSY: Final = timedelta(minutes=5)
#: The part of a portal's requests that watching may take (robots.md, Observation budget).
SHARE: Final = 0.25
#: A bucket or an account that is fuller than this is near its limit; one below `QUIET` is hardly used.
CROWDED: Final = 0.5
QUIET: Final = 0.25
#: Requests beyond this part of the bucket are left to what robots do.
LAST_PLACES: Final = 0.75
#: A clock that runs fast makes looks come early, but never closer than this.
APART: Final = timedelta(seconds=2)
LEASE: Final = timedelta(seconds=90)
#: Portals that one process looks at at once.
MOST: Final = 20
DIALOG: Final = "imopenlines.dialog.get"

#: A first look inserts the portal's row, and every look leases it: one worker at a time, whoever comes first.
_CLAIM: Final = """
INSERT INTO watch (portal_id, due_at, looked_at, interval_seconds, dialogs, after_chat_id, lease_until, lease_no)
SELECT portal.id, {now} + :shift, 0, :idle, 0, 0, {now} + :lease, 1 FROM portal
WHERE portal.status = 'active'
  AND EXISTS (SELECT 1 FROM run WHERE run.portal_id = portal.id AND run.watch_chat_id IS NOT NULL)
  AND NOT EXISTS (
    SELECT 1 FROM watch resting WHERE resting.portal_id = portal.id
      AND (resting.lease_until >= {now} OR resting.looked_at > {now} - :apart
        OR resting.due_at > {now} + :shift AND resting.looked_at > {now} - 1000 * resting.interval_seconds))
ORDER BY portal.id LIMIT :most
ON CONFLICT (portal_id) DO UPDATE SET lease_until = excluded.lease_until, lease_no = watch.lease_no + 1
WHERE watch.lease_until IS NULL OR watch.lease_until < {now}
RETURNING portal_id, lease_no, after_chat_id
"""
_DIALOGS: Final = """
SELECT COUNT(DISTINCT watch_chat_id) AS dialogs FROM run WHERE portal_id = :portal_id AND watch_chat_id IS NOT NULL
"""
_PAGE: Final = """
SELECT watch_chat_id AS chat_id, MIN(watch_message_id) AS message_id FROM run
WHERE portal_id = :portal_id AND watch_chat_id > :after AND wake_at > {now} + :shift
GROUP BY watch_chat_id ORDER BY watch_chat_id LIMIT :most
"""
#: Compared and woken at once: what a run has seen meanwhile does not wake it.
_WAKE: Final = """
UPDATE run SET wake_at = {now} + :shift
WHERE portal_id = :portal_id AND watch_chat_id = :chat_id AND watch_message_id < :message_id
  AND wake_at > {now} + :shift
RETURNING id
"""
_KEEP: Final = """
UPDATE watch SET lease_until = {now} + :lease, after_chat_id = :after
WHERE portal_id = :portal_id AND lease_no = :lease_no RETURNING portal_id
"""
_REST: Final = """
UPDATE watch SET lease_until = NULL, looked_at = {now}, due_at = {now} + :shift + :wait, interval_seconds = :interval,
    dialogs = :dialogs, after_chat_id = :after
WHERE portal_id = :portal_id AND lease_no = :lease_no
"""
_GIVE_BACK: Final = "UPDATE watch SET lease_until = NULL WHERE portal_id = :portal_id AND lease_no = :lease_no"
_INTERVAL: Final = "SELECT interval_seconds, dialogs FROM watch WHERE portal_id = :portal_id"


@dataclass(frozen=True, slots=True)
class Noticing:
    """How soon a new message is noticed where the portal tells nothing of it, and how many dialogs are watched."""

    within: timedelta
    dialogs: int


async def noticing(portal_id: str, database: Database) -> Noticing:
    """Return what people are told; raises DatabaseAway."""
    [rows] = await database.read(Statement(_INTERVAL, {"portal_id": portal_id}))
    if not rows:
        return Noticing(IDLE, 0)
    return Noticing(timedelta(seconds=whole(rows[0]["interval_seconds"])), whole(rows[0]["dialogs"]))


def interval_for(dialogs: int, load: Load) -> timedelta:
    """Return how long after a look the next one shall come: often where it costs little, seldom where others wait."""
    requests = math.ceil(dialogs / BATCH_LIMIT)
    affordable = SHARE * load.per_second * NORMAL.total_seconds()
    if load.fill >= CROWDED or load.operating >= CROWDED or requests > affordable:
        return BUSY
    if requests <= 1 and load.fill < QUIET and load.operating < QUIET:
        return IDLE
    return NORMAL


@dataclass(slots=True)
class _Look:
    """One look at a portal's dialogs in the hands of its worker; ``after`` is the last chat that was looked at."""

    portal_id: str
    lease_no: int
    after: int
    dialogs: int = 0
    interval: timedelta = BUSY
    wait: timedelta = BUSY
    woken: int = 0

    @property
    def key(self) -> dict[str, Value]:
        return {"portal_id": self.portal_id, "lease_no": self.lease_no}


class Watching:
    """Looks at what is due, each portal for itself; ``ring`` wakes the workers after a run was woken."""

    def __init__(self, database: Database, lanes: Lanes, clock: Clock, *, ring: Callable[[], Awaitable[None]]) -> None:
        self._database = database
        self._lanes = lanes
        self._clock = clock
        self._ring = ring
        self._looks: dict[asyncio.Task[None], _Look] = {}

    async def run_due(self) -> int:
        """Begin the looks that are due and return how many; raises DatabaseAway."""
        free = MOST - len(self._looks)
        if free <= 0:
            return 0
        params: dict[str, Value] = {
            "shift": Moment.of(self._clock).shift,
            "idle": int(IDLE.total_seconds()),
            "apart": _milliseconds(APART),
            "lease": _milliseconds(LEASE),
            "most": free,
        }
        [rows] = await self._database.write(Statement(_CLAIM, params))
        for row in rows:
            look = _Look(str(row["portal_id"]), whole(row["lease_no"]), whole(row["after_chat_id"]))
            task = asyncio.create_task(self._look(look), name="watch")
            self._looks[task] = look
            task.add_done_callback(self._looks.pop)
        return len(rows)

    async def idle(self) -> None:
        """Wait until every look that was begun is over."""
        while self._looks:
            await asyncio.wait(set(self._looks))

    async def stop(self) -> None:
        """End the looks and leave the portals to other workers."""
        looks = dict(self._looks)
        for task in looks:
            task.cancel()
        await asyncio.gather(*looks, return_exceptions=True)
        with suppress(DatabaseAway):
            await self._database.write_all([Statement(_GIVE_BACK, look.key) for look in looks.values()])

    async def _look(self, look: _Look) -> None:
        try:
            await self._tried(look)
            await self._rest(look)
            if look.woken:
                await self._ring()
        except DatabaseAway as away:
            log.warning("%s", away)

    async def _tried(self, look: _Look) -> None:
        """Look as far as the portal lets us; its trouble only makes the next look come later."""
        try:
            lane = await self._lanes.lane(look.portal_id)
            await self._passed(look, lane)
        except LaneClosed:
            self._lanes.changed(look.portal_id)
        except (Suspended, Revoked) as closed:
            await self._lanes.suspend(look.portal_id, closed)
        except TryLater as trouble:
            look.interval = BUSY
            look.wait = max(trouble.after or BUSY, BUSY)
        except BitrixError as trouble:
            log.warning("The dialogs of portal %s cannot be watched: %s", look.portal_id, trouble)

    async def _passed(self, look: _Look, lane: Lane) -> None:
        """Look at all dialogs, fifty with each request; what does not fit now is looked at soon."""
        [[counted]] = await self._database.read(Statement(_DIALOGS, {"portal_id": look.portal_id}))
        look.dialogs = whole(counted["dialogs"])
        load = await self._lanes.load(look.portal_id, DIALOG)
        look.interval = look.wait = interval_for(look.dialogs, load)
        while page := await self._page(look):
            if (await self._lanes.load(look.portal_id, DIALOG)).fill >= LAST_PLACES:
                look.interval, look.wait = BUSY, IDLE
                return
            look.woken += await self._woken(look, lane, page)
            look.after = whole(page[-1]["chat_id"])
            keep: dict[str, Value] = {**look.key, "after": look.after, "lease": _milliseconds(LEASE)}
            if not (await self._database.write(Statement(_KEEP, keep)))[0]:
                return
        look.after = 0

    async def _page(self, look: _Look) -> Sequence[Row]:
        params: dict[str, Value] = {
            "portal_id": look.portal_id,
            "after": look.after,
            "shift": Moment.of(self._clock).shift,
            "most": BATCH_LIMIT,
        }
        return (await self._database.read(Statement(_PAGE, params)))[0]

    async def _woken(self, look: _Look, lane: Lane, page: Sequence[Row]) -> int:
        """Wake what waits on the dialogs that moved; a dialog that cannot be read any more waits for its time."""
        known = {whole(row["chat_id"]): whole(row["message_id"]) for row in page}
        answers = await lane.read({f"c{chat_id}": Command(DIALOG, {"CHAT_ID": chat_id}) for chat_id in known})
        seen = [chat for answer in answers.values() if answer.ok and (chat := chat_of(answer.result)) is not None]
        shift = Moment.of(self._clock).shift
        moved = [
            Statement(
                _WAKE,
                {
                    "portal_id": look.portal_id,
                    "chat_id": chat.id,
                    "message_id": chat.last_message_id,
                    "shift": shift,
                },
            )
            for chat in seen
            if chat.last_message_id > known.get(chat.id, chat.last_message_id)
        ]
        return sum(len(rows) for rows in await self._database.write_all(moved)) if moved else 0

    async def _rest(self, look: _Look) -> None:
        params: dict[str, Value] = {
            **look.key,
            "shift": Moment.of(self._clock).shift,
            "wait": _milliseconds(look.wait),
            "interval": int(look.interval.total_seconds()),
            "dialogs": look.dialogs,
            "after": look.after,
        }
        await self._database.write(Statement(_REST, params))


def _milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)
