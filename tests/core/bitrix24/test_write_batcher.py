"""Writes of many runs in few requests: each has its own outcome, its own last look, and nobody's error stops others."""

from __future__ import annotations

import asyncio
from collections.abc import Container
from typing import Any

import httpx
import pytest

from core.bitrix24.calls import current_run
from core.bitrix24.command import Command
from core.bitrix24.errors import LimitExceeded, NotSent
from core.bitrix24.outcome import Outcome
from core.bitrix24.write_batcher import WRITES_IN_ONE, WriteBatcher
from tests.core.bitrix24.portal import Hands, PhpError, Portal


class Dock:
    """A lane with a write batcher, and methods that note what they did."""

    def __init__(self, hands: Hands, portal: Portal) -> None:
        self.portal = portal
        self.hands = hands
        self.batcher = WriteBatcher(hands.client, sleep=self._no_time)
        self.done: list[str] = []
        portal.methods["set"] = self._set
        portal.methods["fails"] = self._fails

    async def _no_time(self, _seconds: float) -> None:
        await asyncio.sleep(0)

    def _set(self, params: dict[str, Any]) -> str:
        self.done.append(str(params["ID"]))
        return str(params["ID"])

    def _fails(self, params: dict[str, Any]) -> Any:
        raise PhpError(params.get("CODE", "NOT_FOUND"))

    async def write(self, number: int, **commands: Command) -> dict[str, Any]:
        current_run.set(f"run-{number}")
        return dict(await self.batcher.write(commands or {"set": Command("set", {"ID": number})}))

    def sizes(self) -> list[int]:
        return [len(body["cmd"]) if "cmd" in body else 1 for body in self.portal.bodies]


@pytest.fixture
def dock(hands: Hands, portal: Portal) -> Dock:
    return Dock(hands, portal)


async def together(*writes: Any) -> list[Any]:
    return await asyncio.gather(*writes, return_exceptions=True)


async def test_writes_of_one_moment_share_requests_that_are_not_too_long(dock: Dock) -> None:
    outcomes = await together(*(dock.write(number) for number in range(50)))
    assert dock.sizes() == [WRITES_IN_ONE, WRITES_IN_ONE, 10]
    assert [outcome["set"].answer.result for outcome in outcomes] == [str(number) for number in range(50)]
    assert dock.done == [str(number) for number in range(50)]


async def test_a_lone_write_goes_alone(dock: Dock) -> None:
    await dock.write(1)
    assert dock.portal.paths == ["/rest/set"]


async def test_a_refused_command_stops_nobody_and_is_told_to_its_own_run(dock: Dock) -> None:
    first, second, third = await together(dock.write(1), dock.write(2, it=Command("fails")), dock.write(3))
    assert dock.sizes() == [3]
    assert first["set"].outcome is third["set"].outcome is Outcome.CONFIRMED
    assert second["it"].outcome is Outcome.BUSINESS
    assert dock.done == ["1", "3"]


async def test_what_is_behind_a_runs_own_error_is_done_as_well(dock: Dock) -> None:
    plan = {"first": Command("fails"), "then": Command("set", {"ID": 7})}
    mine, _ = await together(dock.write(1, **plan), dock.write(2))
    assert [mine[key].outcome for key in plan] == [Outcome.BUSINESS, Outcome.CONFIRMED]


async def test_an_unknown_request_leaves_every_command_unknown_and_is_not_sent_again(dock: Dock) -> None:
    dock.portal.script = [httpx.ReadError("cut off")]
    outcomes = await together(*(dock.write(number) for number in range(6)))
    assert {outcome["set"].outcome for outcome in outcomes} == {Outcome.UNKNOWN}
    assert len(dock.portal.requests) == 1


async def test_after_an_unknown_request_the_next_ones_are_smaller(dock: Dock) -> None:
    dock.portal.script = [httpx.ReadError("cut off")]
    await together(*(dock.write(number) for number in range(8)))
    await together(*(dock.write(number) for number in range(8)))
    assert dock.sizes() == [8, 4, 4]


async def test_a_request_that_never_left_is_told_as_such_to_all(dock: Dock) -> None:
    dock.portal.script = [httpx.ConnectError("no route")]
    outcomes = await together(*(dock.write(number) for number in range(3)))
    assert [type(outcome) for outcome in outcomes] == [NotSent] * 3
    assert dock.done == []


async def test_the_last_look_of_each_decides_what_goes(dock: Dock) -> None:
    looked: list[int] = []

    async def ask(number: int) -> Any:
        async def ready() -> Container[str]:
            assert dock.portal.requests == []
            looked.append(number)
            if number == 1:
                raise KeyError("lost")
            return [] if number == 2 else ["set"]

        return await dock.batcher.write({"set": Command("set", {"ID": number})}, ready=ready)

    outcomes = await together(*(ask(number) for number in range(4)))
    assert looked == [0, 1, 2, 3]
    assert isinstance(outcomes[1], KeyError)
    assert outcomes[2] == {}
    assert dock.done == ["0", "3"]
    assert dock.sizes() == [2]


async def test_when_nobody_wants_to_go_any_more_nothing_is_sent(dock: Dock) -> None:
    async def ready() -> Container[str]:
        return []

    assert await dock.batcher.write({"set": Command("set", {"ID": 1})}, ready=ready) == {}
    assert dock.portal.requests == []


async def test_whoever_finds_no_place_leaves_and_is_not_taken_along_later(hands: Hands, portal: Portal) -> None:
    dock = Dock(hands, portal)
    going = asyncio.Event()

    async def hold(_seconds: float) -> None:
        await going.wait()

    dock.batcher = WriteBatcher(hands.client, sleep=hold, patience=0.01)
    with pytest.raises(LimitExceeded):
        await dock.write(1)
    going.set()
    dock.batcher._patience = 60
    await dock.write(2)
    assert dock.done == ["2"]


async def test_whoever_is_cancelled_before_the_journey_is_not_taken_along(dock: Dock) -> None:
    leaving = asyncio.create_task(dock.write(1))
    staying = asyncio.create_task(dock.write(2))
    await asyncio.sleep(0)
    leaving.cancel()
    await together(leaving, staying)
    assert dock.done == ["2"]


async def test_nothing_asks_for_nothing(dock: Dock) -> None:
    assert await dock.batcher.write({}) == {}
    assert dock.portal.requests == []
