"""Reads of many runs in few requests: who shares, who waits, and what each of them sees."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from core.bitrix24.batcher import Batcher
from core.bitrix24.breaker import REST_SECONDS
from core.bitrix24.calls import current_run
from core.bitrix24.command import Answer, Command
from core.bitrix24.errors import LimitExceeded, MethodRests, NotSent, Revoked, Unavailable
from core.bitrix24.limits import LaneRate
from core.bitrix24.transport import Transport
from tests.core.bitrix24.portal import Hands, PhpError, Portal, Tokens, failed

PLAN = {
    "act": Command("crm.activity.list", {"filter": {"OWNER_ID": 17}}),
    "dlg": Command("imopenlines.dialog.get", {"SESSION_ID": "0$result[act][0][SESSION]"}),
}


class Office:
    """A lane with a batcher, and methods that tell what they were asked."""

    def __init__(self, hands: Hands, portal: Portal) -> None:
        self.hands = hands
        self.portal = portal
        self.batcher = Batcher(hands.client, sleep=self._no_time)
        portal.methods["crm.activity.list"] = lambda params: [{"SESSION": int(params["filter"]["OWNER_ID"]) + 1000}]
        portal.methods["imopenlines.dialog.get"] = self._dialog
        portal.methods["echo"] = lambda params: params.get("X")
        portal.methods["fails"] = self._fails

    async def _no_time(self, _seconds: float) -> None:
        await asyncio.sleep(0)

    def _dialog(self, params: dict[str, Any]) -> dict[str, Any]:
        if not str(params.get("SESSION_ID", "")).isdigit():
            raise PhpError("ACCESS_ERROR")
        return {"session": int(params["SESSION_ID"])}

    def _fails(self, params: dict[str, Any]) -> Any:
        raise PhpError(params.get("CODE", "NOT_FOUND"))

    async def read(self, number: int, *, halt: bool = True) -> Mapping[str, Answer]:
        """Resolve the dialog of one deal, as a run of its own."""
        current_run.set(f"run-{number}")
        commands = {"act": Command("crm.activity.list", {"filter": {"OWNER_ID": number}}), "dlg": PLAN["dlg"]}
        return await self.batcher.read(commands, halt=halt)

    def sizes(self) -> list[int]:
        return [len(body["cmd"]) if "cmd" in body else 1 for body in self.portal.bodies]


@pytest.fixture
def office(hands: Hands, portal: Portal) -> Office:
    return Office(hands, portal)


async def together(*reads: Any) -> list[Any]:
    return await asyncio.gather(*reads, return_exceptions=True)


async def test_reads_of_one_moment_share_a_request(office: Office) -> None:
    answers = await together(*(office.read(number) for number in range(1, 26)))
    assert office.sizes() == [50]
    assert [answer["dlg"].result["session"] for answer in answers] == [number + 1000 for number in range(1, 26)]


async def test_three_hundred_reads_take_as_few_requests_as_fit(office: Office) -> None:
    answers = await together(*(office.read(number) for number in range(1, 301)))
    assert len(office.portal.requests) == 12
    assert all(size <= 50 for size in office.sizes())
    assert {answer["dlg"].result["session"] for answer in answers} == {number + 1000 for number in range(1, 301)}


async def test_a_lone_command_goes_alone(office: Office) -> None:
    assert (await office.batcher.read({"a": Command("echo", {"X": "$result[a]"})}))["a"].result == "$result[a]"
    assert office.portal.paths == ["/rest/echo"]


async def test_a_lone_caller_keeps_its_own_halt(office: Office) -> None:
    await office.read(1, halt=True)
    await office.read(1, halt=False)
    assert [body["halt"] for body in office.portal.bodies] == [1, 0]
    assert [list(body["cmd"]) for body in office.portal.bodies] == [["act", "dlg"]] * 2


async def test_in_company_nobody_halts_the_others(office: Office) -> None:
    failing = {"a": Command("fails"), "b": Command("echo", {"X": 1})}
    halted, unhalted, other = await together(
        office.batcher.read(failing, halt=True), office.batcher.read(failing), office.read(5)
    )
    assert list(halted) == ["a"]
    assert list(unhalted) == ["a", "b"]
    assert unhalted["b"].result == "1"
    assert other["dlg"].ok
    assert office.portal.bodies[0]["halt"] == 0


async def test_commands_of_one_caller_stay_together_and_in_order(office: Office) -> None:
    large = {f"c{number}": Command("echo", {"X": number}) for number in range(30)}
    answers = await together(*(office.batcher.read(large) for _ in range(3)))
    assert office.sizes() == [30, 30, 30]
    assert all(list(answer) == list(large) for answer in answers)


async def test_a_caller_cannot_see_what_another_was_told(office: Office) -> None:
    secret = {"a": Command("echo", {"X": "secret"})}
    spying = {
        "b": Command("echo", {"X": "$result[r0_a]"}),
        "c": Command("echo", {"X": "$result[a]"}),
        "d": Command("echo", {"X": "$result[b]"}),
        "e": Command("echo", {"X": "see $result[b] here"}),
    }
    _, seen = await together(office.batcher.read(secret), office.batcher.read(spying))
    texts = [str(answer.result) for answer in seen.values()]
    assert not any("secret" in text for text in texts)
    assert texts[2] == texts[0]
    assert texts[3] == "see $\u2060result[b] here"


async def test_trouble_with_one_caller_s_command_is_its_own(office: Office) -> None:
    resting = {"a": Command("fails", {"CODE": "OPERATION_TIME_LIMIT"})}
    results = await together(office.batcher.read(resting), office.read(3))
    assert isinstance(results[0], MethodRests)
    assert results[1]["dlg"].ok
    with pytest.raises(MethodRests):
        await office.batcher.read(resting)
    assert len(office.portal.requests) == 1


async def test_trouble_with_the_request_is_everybody_s(office: Office) -> None:
    office.portal.script = [httpx.Response(502, text="<html>")]
    results = await together(office.read(1), office.read(2), office.read(3))
    assert all(isinstance(result, Unavailable) for result in results)
    assert len(office.portal.requests) == 1


async def test_what_the_token_source_raises_is_everybody_s(transport: Transport, portal: Portal) -> None:
    office = Office(Hands(transport, tokens=Tokens(refused=Revoked("invalid_grant"))), portal)
    portal.script = [failed("expired_token", 401)]
    results = await together(office.read(1), office.read(2))
    assert all(isinstance(result, Revoked) for result in results)


async def test_reads_join_while_the_lane_waits_for_its_bucket(transport: Transport, portal: Portal) -> None:
    hands = Hands(transport, rate=LaneRate(burst=1, per_second=1))
    office = Office(hands, portal)
    await office.read(1)
    late: list[asyncio.Task[Mapping[str, Answer]]] = []

    async def others_come() -> None:
        late.extend(asyncio.create_task(office.read(number)) for number in range(10, 15))
        for _ in range(3):
            await asyncio.sleep(0)

    hands.during_nap = others_come
    await office.read(2)
    answers = await asyncio.gather(*late)
    assert all(answer["dlg"].ok for answer in answers)
    assert office.sizes() == [2, 12]


async def test_a_bucket_that_is_empty_for_long_sends_everybody_away(transport: Transport, portal: Portal) -> None:
    office = Office(Hands(transport, rate=LaneRate(burst=1, per_second=0.01)), portal)
    await office.read(1)
    results = await together(*(office.read(number) for number in range(5)))
    assert all(isinstance(result, LimitExceeded) for result in results)
    office.hands.seconds += 100
    assert (await office.read(2))["dlg"].ok


async def test_no_more_than_two_requests_are_under_way(office: Office) -> None:
    under_way: list[int] = []
    now = 0

    async def slowly() -> None:
        nonlocal now
        now += 1
        under_way.append(now)
        for _ in range(20):
            await asyncio.sleep(0)
        now -= 1

    office.portal.before_answer = slowly
    await together(*(office.read(number) for number in range(1, 201)))
    assert max(under_way) == 2
    assert len(office.portal.requests) == 8


async def test_a_heavy_read_is_found_and_does_not_drown_the_others(office: Office) -> None:
    heavy = Command("heavy")

    async def attempt(number: int) -> bool:
        try:
            await office.batcher.read({"a": heavy if number == 7 else Command("echo", {"X": number})})
        except (Unavailable, NotSent):
            return False
        return True

    def drown(_params: dict[str, Any]) -> Any:
        raise httpx.ReadTimeout("late")

    office.portal.methods["heavy"] = drown
    left = set(range(16))
    for _ in range(12):
        order = sorted(left)
        done = await asyncio.gather(*(attempt(number) for number in order))
        left -= {number for number, is_done in zip(order, done, strict=True) if is_done}
        # A portal that was silent again and again is left alone for a minute.
        office.hands.now += timedelta(seconds=REST_SECONDS + 1)
    assert left == {7}
    assert (await office.read(1))["dlg"].ok


async def test_batches_grow_again_after_a_failure(office: Office) -> None:
    office.portal.script = [httpx.Response(502, text="<html>")]
    await together(*(office.read(number) for number in range(25)))
    for _ in range(4):
        await together(*(office.read(number) for number in range(1, 26)))
    assert office.sizes()[-1] == 50


async def test_a_cancelled_caller_is_left_out(office: Office) -> None:
    staying = asyncio.create_task(office.read(1))
    leaving = asyncio.create_task(office.read(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying)["dlg"].ok
    assert leaving.cancelled() or await asyncio.wait([leaving])
    assert office.sizes() == [2]


async def test_a_caller_that_leaves_under_way_disturbs_nobody(office: Office) -> None:
    under_way, may_answer = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        under_way.set()
        await may_answer.wait()

    office.portal.before_answer = wait
    leaving, staying = asyncio.create_task(office.read(1)), asyncio.create_task(office.read(2))
    await under_way.wait()
    leaving.cancel()
    await asyncio.wait([leaving])
    may_answer.set()
    assert (await staying)["dlg"].ok


async def test_when_all_left_nothing_is_sent(office: Office) -> None:
    leaving = asyncio.create_task(office.read(2))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving])
    for _ in range(5):
        await asyncio.sleep(0)
    assert office.portal.requests == []
    assert (await office.read(1))["dlg"].ok


async def test_a_caller_s_mistake_is_its_own(office: Office) -> None:
    results = await together(office.batcher.read({"bad key": Command("echo")}), office.read(1))
    assert isinstance(results[0], ValueError)
    assert results[1]["dlg"].ok
    with pytest.raises(ValueError, match="50"):
        await office.batcher.read({f"c{number}": Command("echo") for number in range(51)})


async def test_an_accident_reaches_everybody_who_waits(office: Office) -> None:
    async def broken() -> None:
        raise RuntimeError("a fault of ours")

    office.hands.tokens.access = broken  # type: ignore[method-assign, assignment]  # the fault under test
    results = await together(office.read(1), office.read(2))
    assert all(isinstance(result, RuntimeError) for result in results)
    del office.hands.tokens.access
    assert (await office.read(1))["dlg"].ok


async def test_each_run_is_told_of_its_own_commands(office: Office) -> None:
    await together(office.read(1), office.read(2))
    (call,) = office.hands.calls
    assert [(command.run, command.method) for command in call.commands] == [
        ("run-1", "crm.activity.list"),
        ("run-1", "imopenlines.dialog.get"),
        ("run-2", "crm.activity.list"),
        ("run-2", "imopenlines.dialog.get"),
    ]


async def test_nothing_asked_is_nothing_sent(office: Office) -> None:
    assert await office.batcher.read({}) == {}
    assert office.portal.requests == []
