"""Answers to processes: each gets one, a lost one is repeated, and none is taken for proof of anything."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from core.clock import Clock
from core.db.statement import compiled
from core.runs.engine import CLAIM_MOST
from core.runs.moment import Moment
from core.runs.statements import CLAIM_REPLIES, LEASE
from tests.core.runs.hands import called
from tests.core.runs.probe import Probe
from tests.portal_side import WAIT, Deal
from tests.town import Town, told

SEND = "bizproc.event.send"


async def states(town: Town) -> list[str]:
    return [reply.state for reply in (await town.run()).replies]


async def test_an_answer_is_repeated_once_after_a_minute(town: Town) -> None:
    card = await town.fire("probe")
    assert await states(town) == ["sent"]
    assert "Битрикс24 не подтверждает доставку, повторим через минуту" in told(card)
    await town.advance(seconds=55)
    await town.settle()
    assert len(await town.calls(SEND)) == 1
    await town.advance(seconds=10)
    await town.settle()
    assert len(await town.calls(SEND)) == 2
    await town.advance(hours=5)
    await town.settle()
    assert len(await town.calls(SEND)) == 2
    assert await states(town) == ["settled"]


async def test_a_process_that_is_gone_is_not_told_again(town: Town) -> None:
    """The first answer arrived and the process went on to its end: there is nobody to repeat it to."""
    await town.fire("probe")
    await town.advance(minutes=2)
    await town.settle()
    assert "процесс больше не ждёт, он закончился" in told(await town.run())
    assert [call["params"]["EVENT_TOKEN"] for call in await town.calls(SEND)] != []


async def test_an_answer_that_was_lost_arrives_with_the_repetition(town: Town) -> None:
    """``true`` and no effect: two answers to one process collided in the portal."""
    await town.fault(SEND, "true_without_effect")
    await town.place("probe")
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    assert (await town.process(deal))["state"] == "waiting"
    await town.advance(minutes=2)
    await town.settle()
    assert (await town.process(deal))["returned"]["result"] == "done"
    assert "Ответ процессу отправлен ещё раз." in told(await town.run())


@pytest.mark.parametrize("kind", ["locked", "query_limit", "drop_before_effect", "html_502"])
async def test_f_22_a_portal_that_is_busy_is_told_later(town: Town, kind: str) -> None:
    await town.fault(SEND, kind)
    await town.place("probe")
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    assert await states(town) == ["due"]
    await town.advance(minutes=1)
    town.worker.base.lanes._limiter._tat.clear()  # type: ignore[attr-defined]  # real time has passed, too
    await town.settle()
    assert (await town.process(deal))["returned"]["result"] == "done"


async def test_a_portal_that_stays_busy_is_told_later_and_later(town: Town) -> None:
    await town.fault(SEND, "locked", times=5)
    await town.fire("probe")
    pauses = []
    for _ in range(4):
        [row] = await town.sql("SELECT due_at FROM reply")
        assert isinstance(row["due_at"], int)
        pauses.append(round(row["due_at"] / 1000 - (await town.now()).timestamp()))
        await town.advance(seconds=pauses[-1] + 1)
        await town.settle()
    assert pauses == sorted(set(pauses))
    await town.advance(minutes=10)
    await town.settle()
    assert await states(town) == ["sent"]


async def test_f_22_a_refused_answer_is_final(town: Town) -> None:
    await town.fault(SEND, "error:ACCESS_DENIED")
    card = await town.fire("probe")
    await town.advance(hours=1)
    await town.settle()
    assert await states(town) == ["refused"]
    assert len(await town.calls(SEND)) == 1
    assert "этот вызов выдан не порталом" in told(await town.run())
    assert card.run.status == "done"


async def test_f_22_an_old_core_says_at_once_that_the_process_is_gone(town: Town, probe: Probe) -> None:
    await town.switch(old_core=True)
    await town.place("probe")
    deal = await town.deal()
    await town.move(deal)
    await town.portal.queue.drain()
    await town.move(deal, WAIT)
    await town.settle()
    assert await states(town) == ["gone"]
    assert len(await town.calls(SEND)) == 1


async def test_f_22_answers_to_one_process_go_one_after_the_other(any_town: Town) -> None:
    """Two at once may lose one to the workflow's lock; those of other processes wait for nobody."""
    town = any_town
    robots = [{"code": "probe", "properties": {"word": word}} for word in "abc"]
    await town.order("automation", entityTypeId=2, stageId="C3:WORK", robots=robots)
    at_once: set[int] = set()
    now = 0

    async def begin(methods: list[str]) -> None:
        nonlocal now
        now += SEND in methods

    async def over(methods: list[str]) -> None:
        nonlocal now
        at_once.add(now)
        now -= SEND in methods

    town.wire.before, town.wire.after = begin, over
    await town.move(await town.deal())
    await town.settle()
    assert len(await town.calls(SEND)) == 3
    assert at_once <= {0, 1}
    [process] = (await town.read("processes"))["processes"]
    assert [robot["returned"]["word"] for robot in process["robots"]] == ["a", "b", "c"]


async def test_a_reply_of_a_worker_that_died_is_sent_by_another(any_town: Town) -> None:
    await called(any_town)
    await any_town.worker.turn()
    await any_town.sql("UPDATE reply SET state = 'due', due_at = 1, lease_until = 1, sends = 0")
    await (await any_town.another_worker()).turn()
    assert await states(any_town) == ["sent"]


@pytest.mark.postgres
async def test_two_workers_never_take_the_same_answer(postgres_town: Town) -> None:
    """The second asks while the first has taken it and not yet committed."""
    town = postgres_town
    await called(town)
    await town.worker.turn()
    await town.sql("UPDATE reply SET state = 'due', due_at = 1, lease_until = NULL, sends = 0")
    other = await town.another_worker()
    await other.engine.beat()
    connection = await asyncpg.connect(_dsn(town))
    try:
        text, names = compiled(CLAIM_REPLIES, "postgresql")
        values = _claim(town.base.clock)
        async with connection.transaction():
            taken = await connection.fetch(text, *(values[name] for name in names))
            drain = asyncio.create_task(other.engine.drain())
            await asyncio.sleep(0.3)
        assert len(taken) == 1
        assert await drain == 0
    finally:
        await connection.close()


def _claim(clock: Clock) -> dict[str, int | str]:
    return {"shift": Moment.of(clock).shift, "lease": LEASE, "most": CLAIM_MOST, "full": "[]", "latest": 2**62}


def _dsn(town: Town) -> str:
    address = make_url(town.base.settings.database_url)
    return address.set(drivername="postgresql").render_as_string(hide_password=False)


async def fired(town: Town, count: int, **properties: str) -> list[Deal]:
    """Move so many deals at once onto the stage of the probe, and let all settle."""
    await town.place("probe", **properties)
    deals = [await town.deal() for _ in range(count)]
    for deal in deals:
        await town.move(deal)
    await town.settle()
    return deals


async def requests_of(town: Town) -> list[list[str]]:
    """The methods of each request that carried an answer."""
    found: dict[int, list[str]] = {}
    for call in await town.calls():
        if call["method"] != "batch":
            found.setdefault(call["request"], []).append(call["method"])
    return [methods for methods in found.values() if SEND in methods]


async def test_an_answer_with_a_text_of_people_travels_alone(town: Town) -> None:
    """A batch would interpret what it says (security.md T-14)."""
    deals = await fired(town, 6, word="$result[r0_send]")
    assert await requests_of(town) == [[SEND]] * 6
    assert {(await town.process(deal))["returned"]["word"] for deal in deals} == {"$result[r0_send]"}


async def test_an_answer_is_the_first_command_of_its_request(town: Town) -> None:
    """Behind another command its text could name what that one gave back (security.md T-14)."""
    await fired(town, 3)
    await town.advance(minutes=2)
    await town.settle()
    requests = await requests_of(town)
    assert len(requests) == 6
    assert {methods.index(SEND) for methods in requests} == {0}
    assert {methods.count(SEND) for methods in requests} == {1}


async def test_answers_of_a_lost_request_are_each_given_again(town: Town) -> None:
    await town.fault(SEND, "drop_before_effect")
    deals = await fired(town, 5)
    await town.advance(minutes=1)
    await town.settle()
    assert {(await town.process(deal))["returned"]["result"] for deal in deals} == {"done"}


async def test_an_answer_that_is_refused_spoils_no_other(town: Town) -> None:
    await town.fault(SEND, "error:ACCESS_DENIED")
    await fired(town, 5)
    found = [reply.state for card in await town.runs() for reply in card.replies]
    assert sorted(found) == ["refused"] + ["sent"] * 4


async def test_answers_of_a_closed_portal_wait(town: Town, probe: Probe) -> None:
    await town.fault(SEND, "error:PAYMENT_REQUIRED")
    await town.place("probe")
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    assert await states(town) == ["due"]
    assert (await town.sql("SELECT status FROM portal"))[0]["status"] == "suspended"
    await town.advance(minutes=6)
    await town.settle()
    assert (await town.process(deal))["returned"]["result"] == "done"
