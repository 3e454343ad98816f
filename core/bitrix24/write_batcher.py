"""What is done for many runs of one lane, packed into few HTTP requests where nothing of it is anybody's text."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Final

from core.bitrix24.batcher import Batcher, Seat, tell
from core.bitrix24.client import BUSY_FOR, LONGEST_WAIT_SECONDS, CommandOutcome, PortalClient, Ready, outcomes_of
from core.bitrix24.command import Command
from core.bitrix24.errors import LimitExceeded

#: What is done takes the portal longer than what is read, and the cloud ends a request after 60 seconds.
WRITES_IN_ONE: Final = 20


class WriteBatcher(Batcher):
    """Each command has its own outcome, and ``halt`` is not used: nobody's error stops the others.

    A shared request of which nobody knows whether it was carried out leaves every command in it unknown, and none of
    them is sent again from here. As with reads, it makes the next ones smaller.
    """

    is_write = True

    def __init__(
        self,
        client: PortalClient,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        patience: float = LONGEST_WAIT_SECONDS,
    ) -> None:
        super().__init__(client, sleep=sleep, most=WRITES_IN_ONE)
        self._patience = patience

    async def write(
        self, commands: Mapping[str, Command], *, ready: Ready | None = None
    ) -> Mapping[str, CommandOutcome]:
        """Do things on the portal beside others; the same promises as `PortalClient.write` without ``halt``.

        Whoever has found no place shortly leaves with LimitExceeded.
        """
        if not commands:
            return {}
        seat = self._seated(commands, halt=False, ready=ready)
        try:
            await asyncio.wait([seat.arrival], timeout=self._patience)
            if seat in self._waiting:
                raise LimitExceeded("Enough writes to this portal are under way.", after=BUSY_FOR)
            verdicts = await seat.arrival
        finally:
            # Who leaves before the journey must not be taken along.
            seat.arrival.cancel()
        return outcomes_of({key: commands[key] for key in verdicts}, verdicts) if verdicts else {}

    async def _admit(self, held: AsyncExitStack) -> None:
        await held.enter_async_context(self._client.hand())
        await super()._admit(held)

    async def _travel(self, seats: Sequence[Seat]) -> None:
        wanted = await asyncio.gather(*(_wanted(seat) for seat in seats), return_exceptions=True)
        going: list[Seat] = []
        for seat, commands in zip(seats, wanted, strict=True):
            if isinstance(commands, BaseException):
                tell([seat], commands)
            elif commands:
                going.append(replace(seat, commands=commands))
            elif not seat.arrival.done():
                seat.arrival.set_result({})
        await super()._travel(going)


async def _wanted(seat: Seat) -> Mapping[str, Command]:
    """Return the commands that are to go at this last moment."""
    if seat.ready is None:
        return seat.commands
    keys = await seat.ready()
    return {key: command for key, command in seat.commands.items() if key in keys}
