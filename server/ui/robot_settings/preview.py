"""What a robot with the settings on the page would do with an item that the person may see."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from core.bitrix24.documents import Item
from core.bitrix24.errors import BitrixError
from core.clock import Clock
from core.db import Database
from core.portals.lane import Lane, LaneClosed, Lanes
from core.robots import AnyRobot, BadProperty
from core.robots.checking import is_expression
from core.robots.registration import form
from core.runs.rehearsal import Rehearsal, Remembered, rehearse
from core.runs.watching import DIALOG, LAST_PLACES
from core.runs.words import trouble_words
from core.texts.text import Text
from server.ui.robot_settings.eyes import Eyes
from server.ui.robot_settings.form import EDITORS
from server.ui.robot_settings.telling import people_in
from server.ui.sessions import Visitor
from server.ui.words import robot_settings as words

K = TypeVar("K")
V = TypeVar("V")

log = logging.getLogger(__name__)

#: Whoever changes one field after the other sees the same portal all the while.
REMEMBERED_SECONDS: Final = 15.0
_MOST_REMEMBERED: Final = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of it: the item's title where it is seen, the rehearsal, or a word why there is none."""

    title: str = ""
    rehearsal: Rehearsal | None = None
    people: Mapping[int, str] | None = None
    trouble: Text | None = None
    #: Another try in a few seconds may do.
    passing: bool = False


class Previews:
    """Rehearses for people; what was read for an item is used again for a few seconds."""

    def __init__(
        self,
        eyes: Eyes,
        lanes: Lanes,
        database: Database,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._eyes = eyes
        self._lanes = lanes
        self._database = database
        self._clock = clock
        self._monotonic = monotonic
        self._seen: OrderedDict[tuple[str, Item], tuple[float, str]] = OrderedDict()
        self._reads: OrderedDict[tuple[str, Item], tuple[float, Remembered]] = OrderedDict()

    async def show(self, visitor: Visitor, robot: AnyRobot, values: Mapping[str, object], item: Item) -> Shown:
        """Rehearse with these settings; raises Bad 401 when the person must prove anew who he is."""
        try:
            title = await self._title(visitor, item)
            if title is None:
                return Shown(trouble=words.NOT_SEEN)
            return await self._rehearsed(visitor, robot, values, item, title)
        except LaneClosed:
            return Shown(trouble=words.CLOSED)
        except BitrixError as trouble:
            return Shown(trouble=trouble_words(trouble), passing=True)

    async def _rehearsed(
        self, visitor: Visitor, robot: AnyRobot, values: Mapping[str, object], item: Item, title: str
    ) -> Shown:
        lane = await self._lanes.lane(visitor.portal_id)
        if (await self._lanes.load(visitor.portal_id, DIALOG)).fill >= LAST_PLACES:
            return Shown(title, trouble=words.BUSY, passing=True)
        try:
            rehearsal = await rehearse(
                robot,
                without_expressions(robot, values),
                item,
                lane=replace(lane, read=self._reading(lane, item)),
                database=self._database,
                clock=self._clock,
            )
        except BadProperty as bad:
            return Shown(title, trouble=bad.text)
        except BitrixError:
            raise
        except Exception as mistake:  # noqa: BLE001 - a robot's own mistake must not take the page along
            kind = type(mistake).__name__
            log.error("A rehearsal failed by the robot's own mistake", extra={"robot": robot.code, "error": kind})
            return Shown(title, trouble=words.BROKEN)
        return Shown(title, rehearsal, await self._eyes.names(visitor, people_in(rehearsal)))

    async def _title(self, visitor: Visitor, item: Item) -> str | None:
        """Return what the person himself sees of the item; None when he sees none."""
        key, now = (visitor.token_hash, item), self._monotonic()
        until, title = self._seen.get(key, (0.0, ""))
        if until > now:
            return title
        facts = await self._eyes.item(visitor, item)
        if facts is None:
            return None
        _keep(self._seen, key, (now + REMEMBERED_SECONDS, facts.title))
        return facts.title

    def _reading(self, lane: Lane, item: Item) -> Remembered:
        key, now = (lane.portal.id, item), self._monotonic()
        known = self._reads.get(key)
        if known is not None and known[0] > now:
            return known[1]
        reads = Remembered(lane.read)
        _keep(self._reads, key, (now + REMEMBERED_SECONDS, reads))
        return reads


def without_expressions(robot: AnyRobot, values: Mapping[str, object]) -> dict[str, object]:
    """Leave out what only the portal can fill in; within a message it is left as it is written."""
    texts = {shape.name for shape in form(robot.input_model) if shape.kind == "text"}
    texts -= {name for code, name in EDITORS if code == robot.code}
    return {name: value for name, value in values.items() if name in texts or not is_expression(value)}


def _keep(memory: OrderedDict[K, V], key: K, value: V) -> None:
    memory[key] = value
    memory.move_to_end(key)
    while len(memory) > _MOST_REMEMBERED:
        memory.popitem(last=False)
