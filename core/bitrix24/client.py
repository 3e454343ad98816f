"""Calls to one portal with the rights of one user."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Final

from core.bitrix24.breaker import Breaker
from core.bitrix24.calls import CallSink, current_run
from core.bitrix24.codes import Meaning
from core.bitrix24.command import Answer, Command
from core.bitrix24.errors import BitrixError, LimitExceeded, MethodRests
from core.bitrix24.evidence import Evidence, Sign
from core.bitrix24.exchange import ExchangeError, HttpAnswer, Posts
from core.bitrix24.limits import Limiter
from core.bitrix24.outcome import Outcome, Verdict
from core.bitrix24.parcel import Parcel
from core.bitrix24.rests import LaneRest, MethodRest
from core.bitrix24.secret import Secret
from core.bitrix24.tokens import TokenSource
from core.bitrix24.troubles import answers_of, trouble_of

READ_SECONDS: Final = 30.0
#: The cloud ends a request after 60 seconds, so 70 leave no doubt that it could have answered.
WRITE_SECONDS: Final = 70.0
LONGEST_WAIT_SECONDS: Final = 2.0
#: Writes of one lane under way at once in one process: a portal that is slow must not collect our connections.
WRITES_AT_ONCE: Final = 4
BUSY_FOR: Final = timedelta(seconds=5)


#: Says at the last moment which commands are to go, by their keys.
Ready = Callable[[], Awaitable[Container[str]]]


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """What became of one command of a write.

    ``answer`` is the portal's word where it said one; ``trouble`` is set for what is neither done nor the method's
    own error: NOT_SENT, REFUSED by the platform, or UNKNOWN.
    """

    outcome: Outcome
    answer: Answer | None
    evidence: Evidence
    trouble: BitrixError | None = None


class PortalClient:
    """Reads and writes of one lane.

    ``record`` gets every HTTP request. ``now`` is the time of business, by which methods rest.
    """

    def __init__(
        self,
        tokens: TokenSource,
        transport: Posts,
        *,
        limiter: Limiter,
        lane: str,
        record: CallSink,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        lane_rest: LaneRest | None = None,
    ) -> None:
        self._tokens = tokens
        self._transport = transport
        self._limiter = limiter
        self._lane = lane
        self._record = record
        self._sleep = sleep
        self._now = now
        self._lane_rest = lane_rest or LaneRest()
        self._method_rest = MethodRest()
        self._breaker = Breaker(clock=lambda: self._now().timestamp())
        self._writes = asyncio.Semaphore(WRITES_AT_ONCE)

    @property
    def rests_for(self) -> float:
        """Seconds for which the portal is left alone because it could not be reached, else 0."""
        return self._breaker.left

    async def read(self, commands: Mapping[str, Command], *, halt: bool = False) -> Mapping[str, Answer]:
        """Ask the portal, in one HTTP request; a method's own error stays in its answer.

        Answers have the keys of ``commands``; what was not executed because of ``halt`` is absent.
        Raises TryLater, Suspended or Revoked for the platform's trouble with any of them.
        """
        if not commands:
            return {}
        self.check_rests(commands)
        await self.admit()
        runs = dict.fromkeys(commands, current_run.get())
        verdicts = await self.carry(Parcel(commands, halt, is_write=False, runs=runs))
        return answers_of(commands, verdicts, halt=halt)

    async def write(
        self, commands: Mapping[str, Command], *, halt: bool = True, ready: Ready | None = None
    ) -> Mapping[str, CommandOutcome]:
        """Do things on the portal, in one HTTP request that is never repeated once it may have been carried out.

        ``ready`` is awaited when nothing is left to wait for, and names the keys of those that are to go.
        Raises TryLater, Suspended or Revoked only when certainly nothing was done, and what ``ready`` raises; otherwise
        every command that went has its outcome, UNKNOWN too.
        """
        if not commands:
            return {}
        self.check_rests(commands)
        async with self.hand():
            await self.admit()
            if ready is not None:
                wanted = await ready()
                commands = {key: command for key, command in commands.items() if key in wanted}
                if not commands:
                    return {}
            runs = dict.fromkeys(commands, current_run.get())
            verdicts = await self.carry(Parcel(commands, halt, is_write=True, runs=runs))
        return outcomes_of(commands, verdicts)

    @asynccontextmanager
    async def hand(self) -> AsyncIterator[None]:
        """Wait shortly until one of the lane's writes is free; raises LimitExceeded otherwise."""
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await self._writes.acquire()
        except TimeoutError:
            raise LimitExceeded("Enough writes to this portal are under way.", after=BUSY_FOR) from None
        try:
            yield
        finally:
            self._writes.release()

    def check_rests(self, commands: Mapping[str, Command]) -> None:
        """Raise MethodRests when the portal lets one of these methods rest, NotSent when it is left alone."""
        self._breaker.check()
        for command in commands.values():
            left = self._method_rest.left(command.method, now=self._now())
            if left is not None:
                raise MethodRests(command.method, after=left)

    async def admit(self) -> None:
        """Take a place in the lane's bucket for one request, waiting shortly; raises LimitExceeded otherwise."""
        waited = 0.0
        while (wait := await self._limiter.wait_for(self._lane)) > 0:
            if waited + wait > LONGEST_WAIT_SECONDS:
                raise LimitExceeded("Our own limit of requests is reached.", after=timedelta(seconds=wait))
            await self._sleep(wait)
            waited += wait

    async def carry(self, parcel: Parcel) -> Mapping[str, Verdict]:
        """Send an admitted parcel, once more with a fresh token if the first was stale or the portal moved.

        Every command has its verdict; what the token source raises comes through.
        """
        access = await self._tokens.access()
        whole, verdicts = await self._send(parcel, access, attempt=1)
        if whole.meaning is Meaning.STALE_TOKEN or whole.has_moved:
            access = await self._tokens.refreshed(access)
            await self.admit()
            whole, verdicts = await self._send(parcel, access, attempt=2)
        return await self._learned(parcel, verdicts)

    async def _send(self, parcel: Parcel, access: Secret, *, attempt: int) -> tuple[Verdict, Mapping[str, Verdict]]:
        url = f"{self._tokens.endpoint.rstrip('/')}/{parcel.method}"
        read_for = WRITE_SECONDS if parcel.is_write else READ_SECONDS
        body = parcel.body(access)
        at, started = self._now(), perf_counter()
        exchange: HttpAnswer | Sign = Sign.GIVEN_UP
        try:
            exchange = await self._transport.post(url, body, read_for=read_for)
            self._breaker.answered()
        except ExchangeError as trouble:
            exchange = trouble.sign
            self._breaker.failed(trouble.sign)
        finally:
            # A cancelled request was made, too, and belongs in the log.
            whole, verdicts = parcel.judge(exchange)
            ms = round((perf_counter() - started) * 1000)
            self._record(parcel.told(whole, verdicts, lane=self._lane, at=at, ms=ms, attempt=attempt))
        return whole, verdicts

    async def _learned(self, parcel: Parcel, verdicts: Mapping[str, Verdict]) -> Mapping[str, Verdict]:
        """Remember what rests, and write into the verdicts how long."""
        limited = next((verdict for verdict in verdicts.values() if verdict.meaning is Meaning.LIMIT), None)
        lane_rests = 0.0
        if limited is not None:
            lane_rests = self._lane_rest.refused(limited.retry_after)
            await self._limiter.punish(self._lane, lane_rests)
        learned: dict[str, Verdict] = {}
        for key, verdict in verdicts.items():
            method = parcel.commands[key].method
            match verdict.meaning:
                case Meaning.LIMIT:
                    learned[key] = replace(verdict, retry_after=lane_rests)
                case Meaning.METHOD_RESTS:
                    rest = self._method_rest.refused(method, until=verdict.rests_until, now=self._now())
                    learned[key] = replace(verdict, retry_after=rest.total_seconds())
                case _:
                    learned[key] = verdict
                    if verdict.outcome is Outcome.CONFIRMED:
                        self._method_rest.worked(method)
                        self._lane_rest.worked()
        return learned


def outcomes_of(commands: Mapping[str, Command], verdicts: Mapping[str, Verdict]) -> Mapping[str, CommandOutcome]:
    """Return what became of each command of a write; raises TryLater, Suspended or Revoked when nothing was done."""
    outcomes = {key: _outcome(verdicts[key], command.method) for key, command in commands.items()}
    untouched = {Outcome.NOT_SENT, Outcome.REFUSED}
    if all(outcome.outcome in untouched for outcome in outcomes.values()):
        first = next(iter(outcomes.values()))
        if first.trouble is not None:
            raise first.trouble
    return outcomes


def _outcome(verdict: Verdict, method: str) -> CommandOutcome:
    return CommandOutcome(verdict.outcome, verdict.answer, verdict.evidence, trouble_of(verdict, method, is_write=True))
