"""What changed in a portal, told to everybody who listens; the database is asked while anybody does."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from core.db import DatabaseAway, id_before, new_id
from core.runs.listing import Listing

ASK_EACH: Final = 0.25
#: A row gets its id when it is made and is seen when it is committed, so some appear behind later ones.
LATE: Final = timedelta(seconds=5)

_MOST_REMEMBERED: Final = 5000
_MOST_WAITING: Final = 64

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """Runs that changed, and the id to go on from; ``lost`` means that more changed than is named here."""

    last: str
    run_ids: tuple[str, ...]
    lost: bool = False


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream; news that it does not take in time are replaced by the word that some were lost."""

    queue: asyncio.Queue[News] = field(default_factory=lambda: asyncio.Queue(_MOST_WAITING))

    def tell(self, news: News) -> None:
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            news = News(news.last, (), lost=True)
        self.queue.put_nowait(news)

    async def next(self, within: float) -> News | None:
        """Wait for news, at most ``within`` seconds."""
        try:
            async with asyncio.timeout(within):
                return await self.queue.get()
        except TimeoutError:
            return None


@dataclass(eq=False, slots=True)
class Watch:
    """What is known of one portal that somebody listens to."""

    listeners: set[Listener] = field(default_factory=set)
    told: OrderedDict[str, None] = field(default_factory=OrderedDict)
    #: When the database answered last, as an id; and the newest change that it told of.
    asked: str = field(default_factory=new_id)
    last: str = ""
    task: asyncio.Task[None] | None = None


class Feed:
    """One per process."""

    def __init__(self, listing: Listing, *, ask_each: float = ASK_EACH) -> None:
        self._listing = listing
        self._ask_each = ask_each
        self._watches: dict[str, Watch] = {}

    @property
    def watched(self) -> frozenset[str]:
        """The portals that somebody listens to."""
        return frozenset(self._watches)

    @asynccontextmanager
    async def listen(self, portal_id: str) -> AsyncIterator[Listener]:
        """Hear of what changes from now on in one portal."""
        listener = Listener()
        watch = self._watches.setdefault(portal_id, Watch())
        watch.listeners.add(listener)
        if watch.task is None:
            watch.task = asyncio.create_task(self._watch(portal_id, watch), name="feed of a portal")
        try:
            yield listener
        finally:
            watch.listeners.discard(listener)
            if not watch.listeners:
                self._watches.pop(portal_id, None)
                watch.task.cancel()
                await asyncio.wait([watch.task])

    async def missed(self, portal_id: str, since: str) -> News:
        """Return what changed since an id that a listener heard last, before it lost the connection."""
        most = 500
        changes = await self._listing.changed(portal_id, since=id_before(since, LATE), limit=most)
        last = max([since, *(change for change, _ in changes)])
        return News(last, _unique(run_id for _, run_id in changes), lost=len(changes) == most)

    async def ask(self, portal_id: str, watch: Watch) -> None:
        """Ask the database once and tell what is new."""
        asked = new_id()
        changes = await self._listing.changed(portal_id, since=id_before(watch.asked, LATE))
        watch.asked = asked
        fresh = [(change, run_id) for change, run_id in changes if change not in watch.told]
        if not fresh:
            return
        for change, _ in fresh:
            watch.told[change] = None
        while len(watch.told) > _MOST_REMEMBERED:
            watch.told.popitem(last=False)
        watch.last = max(watch.last, fresh[-1][0])
        news = News(watch.last, _unique(run_id for _, run_id in fresh))
        for listener in watch.listeners:
            listener.tell(news)

    async def _watch(self, portal_id: str, watch: Watch) -> None:
        while True:
            try:
                await self.ask(portal_id, watch)
            except DatabaseAway:
                log.warning("The feed of a portal waits for the database")
            await asyncio.sleep(self._ask_each)


def _unique(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))
