"""A story with many deals: all their robots fire, things go wrong, and the portal's ledger says what became of it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sized
from contextlib import suppress
from typing import Any

import httpx

from tests.acceptance.story import Story
from tests.chaos.fleet import Fleet
from tests.portal_side import Deal

TEXT = "Здравствуйте! Документы готовы."
#: A worker that died keeps an answer for ninety seconds of real time; no call of these tests takes so long as this.
LET_GO_AFTER = "80000"
#: How a run may stand when nothing more will happen by itself.
FINAL = ("done", "unknown", "failed", "skipped", "cancelled", "rejected", "refused", "quarantined")


class Crowd(Story):
    def __init__(self, fleet: Fleet, portal: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
        super().__init__(fleet, portal, api)
        self.fleet = fleet
        self._since = "0"

    async def come(self, count: int) -> list[Deal]:
        """Let so many clients write."""
        self._since = self.fleet.backend.sql("SELECT COALESCE(MAX(id), '0') FROM run")[0][0]
        return [await self.deal() for _ in range(count)]

    async def moved(self, deals: list[Deal], *, apart: float = 0.0) -> None:
        for deal in deals:
            await self.move(deal)
            await asyncio.sleep(apart)

    def stand(self) -> Counter[str]:
        """How the runs of these deals stand."""
        rows = self.fleet.backend.sql(f"SELECT status, COUNT(*) FROM run WHERE id > '{self._since}' GROUP BY status")
        return Counter({status: int(count) for status, count in rows})

    def armed(self) -> int:
        """The runs that have looked and wait; one that was only accepted waits, too, but for a worker."""
        sql = f"SELECT COUNT(*) FROM run WHERE id > '{self._since}' AND status = 'waiting' AND step <> ''"
        return self.fleet.count(sql)

    def tried(self) -> set[tuple[int, int]]:
        """The attempts and deaths that were counted."""
        rows = self.fleet.backend.sql(f"SELECT DISTINCT attempt, deaths FROM run WHERE id > '{self._since}'")
        return {(int(attempt), int(deaths)) for attempt, deaths in rows}

    def unanswered(self) -> int:
        """Processes that still wait for us."""
        return self.fleet.count(
            f"SELECT COUNT(*) FROM run WHERE id > '{self._since}' AND (NOT answered OR EXISTS"
            " (SELECT 1 FROM reply WHERE reply.run_id = run.id AND reply.state = 'due'))"
        )

    async def settled(self, deals: Sized, *, within: float = 300.0, passes: bool = True) -> Counter[str]:
        """Wait until every run is over or in doubt for good, letting business time pass, and count how they ended."""
        deadline = time.monotonic() + within
        while True:
            stand = self.stand()
            if sum(stand[status] for status in FINAL) == len(deals) == stand.total() and not self.unanswered():
                return stand
            assert time.monotonic() < deadline, f"{stand}, {self.unanswered()} wait\n{await self.last_words()}"
            await asyncio.sleep(0.3)
            self._let_go()
            if passes:
                await self.advance(seconds=5)

    def _let_go(self) -> None:
        """Take answers out of hands that have held them for ten seconds."""
        # The database may be among what is hurt.
        with suppress(AssertionError):
            self.fleet.backend.sql(
                "UPDATE reply SET lease_until = 1"
                f" WHERE lease_until < extract(epoch FROM clock_timestamp()) * 1000 + {LET_GO_AFTER}"
            )

    async def sent(self) -> Counter[int]:
        """How many messages reached the client of each chat."""
        return Counter(message["chat_id"] for message in await self.outbox())

    async def proven(self, deals: list[Deal], stand: Counter[str]) -> None:
        """Nobody got a message twice; who got none is known to be in doubt; every process has its answer."""
        sent = await self.sent()
        assert {chat: count for chat, count in sent.items() if count > 1} == {}
        assert stand.total() == len(deals)
        assert set(stand) <= {"done", "unknown"}, stand
        assert stand["done"] <= sum(sent.values())
        silent = [deal for deal in deals if not sent[deal.chat]]
        assert len(silent) <= stand["unknown"], "a client without a message is one whose run asks a person"
        for deal in deals:
            assert (await self._process(deal))["returned"], "a process waits for ever"

    async def _process(self, deal: Deal) -> Any:
        process = await self.process(deal)
        assert process is not None
        return process
