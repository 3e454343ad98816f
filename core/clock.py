"""What time it is: the time of business, which a demo may move, and the time that nobody moves."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Final
from urllib.request import ProxyHandler, build_opener

#: A change of the remote clock above this is a jump; below it, two machines that drift.
JUMP: Final = timedelta(seconds=2)
#: Differences below this are the travel time of the question, and following them would make time tremble.
TREMBLE: Final = timedelta(milliseconds=50)
READ_EACH_SECONDS: Final = 0.5
#: Clocks of two machines that differ by less are taken for the same.
AGREES: Final = timedelta(seconds=2)

Fetch = Callable[[str], Awaitable[bytes]]

log = logging.getLogger(__name__)


class Clock:
    """Business time and real time, both as aware datetimes in UTC."""

    def __init__(self) -> None:
        self._shift = timedelta(0)
        #: How far the database's clock is ahead of this machine's; 0 where they agree.
        self.skew = timedelta(0)
        self._listeners: list[Callable[[], None]] = []

    def agree_with(self, database: datetime) -> None:
        """Go by the database's clock from now on, which all processes share, if this machine's differs."""
        skew = database - datetime.now(UTC)
        if abs(skew) < AGREES:
            skew = timedelta(0)
        if abs(skew - self.skew) >= AGREES:
            log.warning("The database's clock counts: it is %+.0f s ahead of this machine's", skew.total_seconds())
        self.skew = skew

    def now(self) -> datetime:
        """Return the time by which runs come due and working hours are counted."""
        return self.real() + self._shift

    def real(self) -> datetime:
        """Return the time of leases, sessions and tokens; no demo moves it."""
        return datetime.now(UTC) + self.skew

    def shift(self) -> timedelta:
        """Return how far business time is ahead of real time."""
        return self._shift

    def on_jump(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each jump of business time; it must be quick and must not raise."""
        self._listeners.append(listener)

    def _set_shift(self, shift: timedelta) -> None:
        moved_by = abs(shift - self._shift)
        self._shift = shift
        if moved_by > JUMP:
            for listener in self._listeners:
                listener()


class SystemClock(Clock):
    """The clock of this machine; business time is real time."""


class FakeClock(Clock):
    """A clock that stands until a test moves it."""

    def __init__(self, start: datetime) -> None:
        super().__init__()
        self._real = start.astimezone(UTC)

    def real(self) -> datetime:
        return self._real

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass, business and real alike."""
        self._real += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        for listener in self._listeners:
            listener()

    def jump(self, by: timedelta) -> None:
        """Move business time alone, as the clock of the demo does."""
        self._set_shift(self._shift + by)


class RemoteClock(Clock):
    """Business time read from an address twice a second; between two reads it runs on with real time.

    While the address does not answer, the last known shift holds. The answer is ``{"now": "<ISO 8601>"}``.
    """

    def __init__(self, url: str, fetch: Fetch | None = None) -> None:
        super().__init__()
        self._url = url
        self._fetch = fetch or _fetch_in_thread
        self._answers = True

    @asynccontextmanager
    async def running(self) -> AsyncIterator[RemoteClock]:
        """Read once, then go on reading in the background until the block ends."""
        await self.read()
        task = asyncio.create_task(self._read_for_ever(), name="remote clock")
        try:
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def agree_with(self, database: datetime) -> None:
        """Business time stays what it is: it comes from elsewhere."""
        before = self.skew
        super().agree_with(database)
        self._shift -= self.skew - before

    async def read(self) -> None:
        """Ask the address once; trouble is logged when it begins and when it ends."""
        asked_at = self.real()
        try:
            told = _moment(await self._fetch(self._url))
        except (OSError, HTTPException, ValueError) as trouble:
            self._note(answers=False, why=type(trouble).__name__)
            return
        self._note(answers=True)
        shift = told - (asked_at + (self.real() - asked_at) / 2)
        if abs(shift - self._shift) > TREMBLE:
            self._set_shift(shift)

    async def _read_for_ever(self) -> None:
        while True:
            await asyncio.sleep(READ_EACH_SECONDS)
            await self.read()

    def _note(self, *, answers: bool, why: str = "") -> None:
        if answers != self._answers:
            log.warning("The clock at %s %s", self._url, "answers again" if answers else f"does not answer: {why}")
        self._answers = answers


@asynccontextmanager
async def ticking(url: str = "") -> AsyncIterator[Clock]:
    """Give the clock of a process: the one at ``url`` (CLOCK_URL), or that of the machine when it is empty."""
    if not url:
        yield SystemClock()
        return
    async with RemoteClock(url).running() as clock:
        yield clock


def _moment(body: bytes) -> datetime:
    answer = json.loads(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("now"), str):
        raise ValueError("no time in the answer")
    moment = datetime.fromisoformat(answer["now"])
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


async def _fetch_in_thread(url: str) -> bytes:
    return await asyncio.to_thread(_get, url)


def _get(url: str) -> bytes:
    opener = build_opener(ProxyHandler({}))
    with opener.open(url, timeout=2) as answer:  # the settings admit http and https only
        body: bytes = answer.read(4096)
    return body
