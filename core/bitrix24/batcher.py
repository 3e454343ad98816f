"""Commands of many runs of one lane, packed into few HTTP requests."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from contextvars import Context
from dataclasses import dataclass
from typing import Final

from core.bitrix24.calls import current_run
from core.bitrix24.client import PortalClient, Ready
from core.bitrix24.command import Answer, Command
from core.bitrix24.encoding import BATCH_LIMIT, batch_commands, prefixed
from core.bitrix24.errors import BitrixError
from core.bitrix24.outcome import Outcome, Verdict
from core.bitrix24.parcel import Parcel
from core.bitrix24.troubles import answers_of

IN_FLIGHT: Final = 2
LINGER_SECONDS: Final = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """One caller waiting for its answers; all its commands travel together."""

    commands: Mapping[str, Command]
    halt: bool
    run: str | None
    arrival: asyncio.Future[Mapping[str, Verdict]]
    #: Asked when nothing is left to wait for.
    ready: Ready | None = None


class Batcher:
    """Packs reads that are asked at the same moment, or while the lane waits, into batches of up to 50 commands.

    Commands of one caller stay in one batch and may refer to each other; their keys get a prefix, in references
    too, so that callers cannot see each other's answers. A lone caller's read goes as it is, with the portal's own
    ``halt``. In a shared batch ``halt`` cannot be used, because it would stop the others: the commands behind a
    caller's first error are carried out as well, their guarded references fail or give nothing, and their answers
    are left out, so a caller sees what it would have seen alone.

    A batch that gets no usable answer makes the next ones smaller, down to single callers, so that one read that is
    too heavy does not take others with it for ever.
    """

    is_write = False

    def __init__(
        self,
        client: PortalClient,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        in_flight: int = IN_FLIGHT,
        most: int = BATCH_LIMIT,
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._in_flight = in_flight
        self._door = asyncio.Lock()
        self._waiting: deque[Seat] = deque()
        self._porters: set[asyncio.Task[None]] = set()
        self._most = self._limit = most

    async def read(self, commands: Mapping[str, Command], *, halt: bool = False) -> Mapping[str, Answer]:
        """Ask the portal; the same promises as `PortalClient.read`."""
        if not commands:
            return {}
        return answers_of(commands, await self._seated(commands, halt=halt).arrival, halt=halt)

    def _seated(self, commands: Mapping[str, Command], *, halt: bool, ready: Ready | None = None) -> Seat:
        """Let a caller wait for its journey; raises what would hinder it at once."""
        # A caller's mistake must show here, and not in the batch that it would share.
        batch_commands(commands)
        self._client.check_rests(commands)
        seat = Seat(commands, halt, current_run.get(), asyncio.get_running_loop().create_future(), ready)
        self._waiting.append(seat)
        if sum(not porter.done() for porter in self._porters) < self._in_flight:
            porter = asyncio.create_task(self._serve(), context=Context())
            self._porters.add(porter)
            porter.add_done_callback(self._gone)
        return seat

    async def _serve(self) -> None:
        while self._waiting:
            async with AsyncExitStack() as held:
                async with self._door:
                    await self._sleep(LINGER_SECONDS)
                    if not self._waiting:
                        return
                    try:
                        await self._admit(held)
                    except BitrixError as trouble:
                        tell(self._leaving(), trouble)
                        continue
                    seats = self._board()
                try:
                    await self._travel(seats)
                except BitrixError as trouble:
                    tell(seats, trouble)
                except BaseException as trouble:
                    tell(seats, trouble)
                    raise

    async def _admit(self, held: AsyncExitStack) -> None:  # noqa: ARG002
        """Take a place in the lane; ``held`` keeps for the journey what else is needed."""
        await self._client.admit()

    async def _travel(self, seats: Sequence[Seat]) -> None:
        if not seats:
            return
        parcel = packed(seats, is_write=self.is_write)
        verdicts = await self._client.carry(parcel)
        if any(verdict.outcome is not Outcome.UNKNOWN for verdict in verdicts.values()):
            self._most = min(self._limit, self._most * 2)
        elif len(seats) > 1:
            self._most = max(1, len(parcel.commands) // 2)
        for prefix, seat in _placed(seats):
            if not seat.arrival.done():
                seat.arrival.set_result({key: verdicts[prefix + key] for key in seat.commands})

    def _board(self) -> list[Seat]:
        """Take who came first, as many as fit; who was cancelled while waiting stays behind."""
        seats: list[Seat] = []
        places = self._most
        while self._waiting and (not seats or len(self._waiting[0].commands) <= places):
            seat = self._waiting.popleft()
            if not seat.arrival.done():
                seats.append(seat)
                places -= len(seat.commands)
        return seats

    def _leaving(self) -> list[Seat]:
        everyone = list(self._waiting)
        self._waiting.clear()
        return everyone

    def _gone(self, porter: asyncio.Task[None]) -> None:
        self._porters.discard(porter)
        trouble = asyncio.CancelledError() if porter.cancelled() else porter.exception()
        if trouble is not None and not self._porters:
            tell(self._leaving(), trouble)


def packed(seats: Sequence[Seat], *, is_write: bool) -> Parcel:
    commands: dict[str, Command] = {}
    runs: dict[str, str | None] = {}
    for prefix, seat in _placed(seats):
        own = prefixed(seat.commands, prefix) if prefix else seat.commands
        commands |= own
        runs |= dict.fromkeys(own, seat.run)
    halt = seats[0].halt if len(seats) == 1 else False
    return Parcel(commands, halt, is_write=is_write, runs=runs)


def _placed(seats: Sequence[Seat]) -> Iterator[tuple[str, Seat]]:
    """Give each caller its prefix; one who travels alone needs none."""
    for number, seat in enumerate(seats):
        yield (f"r{number}_" if len(seats) > 1 else ""), seat


def tell(seats: Iterable[Seat], trouble: BaseException) -> None:
    for seat in seats:
        if seat.arrival.done():
            continue
        if isinstance(trouble, Exception):
            seat.arrival.set_exception(trouble)
        else:
            seat.arrival.cancel()
