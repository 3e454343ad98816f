"""The live stream of a page: which runs changed, and what time the business clock shows."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from core.clock import Clock
from core.db import DatabaseAway
from core.portals.access import Role
from server.errors import Bad
from server.ui.door import Door
from server.ui.feed import Feed, Listener, News
from server.ui.framing import NOBODY, page_headers
from server.ui.queries import Query, row_id
from server.ui.sessions import Sessions, Visitor

PING_SECONDS: Final = 15
#: After this a stream ends and the browser begins a new one, with a session that is looked at again.
LONGEST_SECONDS: Final = 20 * 60.0
#: A browser opens at most six connections to one origin.
MOST_STREAMS: Final = 6

_LOOK_EACH: Final = 0.5
_CHECK_EACH: Final = 60.0
_EVENT_ID: Final = re.compile(r"[0-9a-z]{26}", re.ASCII)
_CLOCK_MOVED: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Stream:
    """What one stream tells of, for whom, and what was so when it began."""

    run_id: str
    token: str
    begun: float
    shift: timedelta


class Events:
    """Answers for ``/ui/events``; with ``run`` only that run is told of."""

    def __init__(
        self,
        door: Door,
        sessions: Sessions,
        feed: Feed,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._door = door
        self._sessions = sessions
        self._feed = feed
        self._clock = clock
        self._monotonic = monotonic
        self._open: Counter[tuple[str, int]] = Counter()

    async def stream(self, request: Request) -> Response:
        visitor = await self._door.visitor(request)
        run_id = Query.of(request).text("run", 40)
        if run_id:
            row_id(run_id)
        if self.is_full(visitor):
            raise Bad(429, "too_many_streams")
        since = request.headers.get("last-event-id", "")
        headers = page_headers(NOBODY) | {"X-Accel-Buffering": "no"}
        token = request.headers["authorization"].partition(" ")[2].strip()
        messages = self.messages(visitor, run_id=run_id, since=since if _EVENT_ID.fullmatch(since) else "", token=token)
        return EventSourceResponse(messages, ping=PING_SECONDS, headers=headers, sep="\n")

    def is_full(self, visitor: Visitor) -> bool:
        """Whether this person has as many streams as a browser can hold."""
        return self._open.get((visitor.portal_id, visitor.user_id), 0) >= MOST_STREAMS

    async def messages(
        self, visitor: Visitor, *, run_id: str, since: str, token: str
    ) -> AsyncGenerator[ServerSentEvent, None]:
        """Say hello with the time, then what changes, until the stream is old or the session gone."""
        who = visitor.portal_id, visitor.user_id
        stream = _Stream(run_id, token, begun=self._monotonic(), shift=self._clock.shift())
        self._open[who] += 1
        try:
            async with self._feed.listen(visitor.portal_id) as listener:
                yield self._time("hello")
                if since:
                    missed = await self._feed.missed(visitor.portal_id, since)
                    if message := _told(missed, run_id):
                        yield message
                async for message in self._changes(listener, stream):
                    yield message
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]

    async def _changes(self, listener: Listener, stream: _Stream) -> AsyncIterator[ServerSentEvent]:
        checked, shift = stream.begun, stream.shift
        while self._monotonic() - stream.begun < LONGEST_SECONDS:
            news = await listener.next(within=_LOOK_EACH)
            if news is not None and (message := _told(news, stream.run_id)):
                yield message
            if abs(self._clock.shift() - shift) > _CLOCK_MOVED:
                shift = self._clock.shift()
                yield self._time("clock")
            if self._monotonic() - checked > _CHECK_EACH:
                checked = self._monotonic()
                if await self._is_over(stream.token):
                    return

    async def _is_over(self, token: str) -> bool:
        try:
            visitor = await self._sessions.find(token)
            return visitor is None or visitor.role < Role.VIEWER
        except DatabaseAway:
            return False

    def _time(self, name: str) -> ServerSentEvent:
        return ServerSentEvent(event=name, data=self._clock.now().isoformat())


def _told(news: News, only: str) -> ServerSentEvent | None:
    if news.lost:
        return ServerSentEvent(event="lost", data="", id=news.last)
    shown = [run_id for run_id in news.run_ids if only in {"", run_id}]
    return ServerSentEvent(event="runs", data=json.dumps(shown), id=news.last) if shown else None
