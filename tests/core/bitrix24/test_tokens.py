"""One refresh for all who need it, whatever becomes of those who asked."""

from __future__ import annotations

import asyncio

import pytest

from core.bitrix24.command import Command
from core.bitrix24.errors import Revoked
from core.bitrix24.secret import Secret
from core.bitrix24.tokens import FixedToken, RefreshGate
from core.bitrix24.transport import Transport
from tests.core.bitrix24.portal import Hands, Portal, Tokens, failed, said


class Server:
    """An OAuth host with refresh tokens for one use."""

    def __init__(self) -> None:
        self.refreshes = 0
        self.trouble: Exception | None = None
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def __call__(self, stale: Secret) -> Secret:
        self.refreshes += 1
        number = self.refreshes
        await self.goes_on.wait()
        if self.trouble is not None:
            raise self.trouble
        return Secret(f"access-{number + 1}")


OLD = Secret("access-1")


async def test_forty_callers_cause_one_refresh() -> None:
    gate, server = RefreshGate(), Server()
    fresh = await asyncio.gather(*(gate.once(OLD, server) for _ in range(40)))
    assert server.refreshes == 1
    assert {token.reveal() for token in fresh} == {"access-2"}


async def test_who_comes_late_with_the_old_token_gets_the_new_one() -> None:
    gate, server = RefreshGate(), Server()
    second = await gate.once(OLD, server)
    third = await gate.once(second, server)
    assert await gate.once(OLD, server) == third
    assert await gate.once(second, server) == third
    assert server.refreshes == 2


async def test_a_failure_is_shared_and_not_repeated_by_each() -> None:
    gate, server = RefreshGate(), Server()
    server.trouble = Revoked("invalid_grant")
    results = await asyncio.gather(*(gate.once(OLD, server) for _ in range(40)), return_exceptions=True)
    assert server.refreshes == 1
    assert all(isinstance(result, Revoked) for result in results)
    server.trouble = None
    assert (await gate.once(OLD, server)).reveal() == "access-3"


async def test_a_refresh_ends_though_its_caller_is_gone() -> None:
    gate, server = RefreshGate(), Server()
    server.goes_on.clear()
    first = asyncio.create_task(gate.once(OLD, server))
    await asyncio.sleep(0)
    second = asyncio.create_task(gate.once(OLD, server))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    assert first.cancelled()
    server.goes_on.set()
    assert (await second).reveal() == "access-2"
    assert server.refreshes == 1


async def test_a_failure_that_nobody_waits_for_makes_no_noise() -> None:
    gate, server = RefreshGate(), Server()
    server.goes_on.clear()
    server.trouble = Revoked("invalid_grant")
    only = asyncio.create_task(gate.once(OLD, server))
    await asyncio.sleep(0)
    only.cancel()
    server.goes_on.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert only.cancelled()


async def test_a_refresh_that_brings_the_same_token_is_no_answer_for_ever() -> None:
    gate = RefreshGate()
    asked: list[Secret] = []

    async def same(stale: Secret) -> Secret:
        asked.append(stale)
        return stale

    await gate.once(OLD, same)
    await gate.once(OLD, same)
    assert len(asked) == 2


class GatedTokens(Tokens):
    """The gate as a token source uses it."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._gate = RefreshGate()
        self._server = server

    async def refreshed(self, stale: Secret) -> Secret:
        self.current = await self._gate.once(stale, self._server)
        return self.current


async def test_forty_parallel_calls_with_an_expired_token_refresh_once(transport: Transport, portal: Portal) -> None:
    server = Server()
    hands = Hands(transport, tokens=GatedTokens(server))
    portal.script = [failed("expired_token", 401)] * 40
    portal.methods["profile"] = lambda params: params["auth"]
    answers = await asyncio.gather(*(hands.client.read({"me": Command("profile")}) for _ in range(40)))
    assert server.refreshes == 1
    assert {answer["me"].result for answer in answers} == {"access-2"}
    assert len(portal.requests) == 80


async def test_a_token_that_was_brought_is_not_refreshed(transport: Transport, portal: Portal) -> None:
    hands = Hands(transport, brought=FixedToken("https://portal.example/rest", Secret("brought")))
    portal.script = [said({"result": {"ADMIN": True}}), failed("expired_token", 401)]
    assert (await hands.client.read({"me": Command("profile")}))["me"].ok
    with pytest.raises(Revoked):
        await hands.client.read({"me": Command("profile")})
    assert portal.tokens == ["brought", "brought"]
