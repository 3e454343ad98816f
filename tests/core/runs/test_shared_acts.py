"""Acts of many runs in one request: each is meant, judged and, where nobody knows, looked for by itself."""

from __future__ import annotations

import asyncio

import pytest

from core.runs.act import LOOKS
from tests.core.runs import effects
from tests.core.runs.hands import killed
from tests.core.runs.probe import Probe
from tests.core.runs.test_act import acts
from tests.town import Town

TRANSFER = "imopenlines.operator.transfer"
MANY = 8


async def fire(town: Town) -> None:
    """Move so many deals at once onto the stage of the probe."""
    await town.place("probe", wait_result=True, stop_on_stage=False)
    deals = [await town.deal() for _ in range(MANY)]
    for deal in deals:
        await town.move(deal)
    await town.portal.queue.drain()
    await town.advance(seconds=1)


async def requests_with(town: Town, method: str) -> list[list[str]]:
    found: dict[int, list[str]] = {}
    for call in await town.calls():
        if call["method"] != "batch":
            found.setdefault(call["request"], []).append(call["method"])
    return [methods for methods in found.values() if method in methods]


async def looked(town: Town) -> None:
    """Let all looks at the portal happen."""
    await town.settle()
    for look in LOOKS:
        await town.advance(seconds=look.total_seconds() + 5)
        await town.settle()


async def states(town: Town) -> list[str]:
    return sorted(effect.state for card in await town.runs() for effect in card.effects)


async def test_reassignments_of_one_moment_share_requests(town: Town, probe: Probe) -> None:
    acts(probe, effects.transferred)
    await fire(town)
    await town.settle()
    requests = await requests_with(town, TRANSFER)
    assert sum(methods.count(TRANSFER) for methods in requests) == MANY
    assert len(requests) < MANY
    assert len(await town.ledger("transfer")) == MANY
    assert await states(town) == ["confirmed"] * MANY


async def test_a_text_never_travels_with_others(town: Town, probe: Probe) -> None:
    acts(probe, effects.transferred, effects.note)
    await fire(town)
    await town.settle()
    for method in ("im.notify.system.add", "imopenlines.crm.message.add"):
        assert all(methods.count(method) == 1 for methods in await requests_with(town, method))
    assert len(await requests_with(town, "im.notify.system.add")) == MANY


async def test_one_that_is_refused_stops_no_other(town: Town, probe: Probe) -> None:
    acts(probe, effects.transferred)
    await town.fault(TRANSFER, "error:ACCESS_DENIED")
    await fire(town)
    await town.settle()
    assert await states(town) == ["confirmed"] * (MANY - 1) + ["refused"]


@pytest.mark.parametrize("kind", ["effect_then_drop", "drop_before_effect"])
async def test_a_shared_request_that_was_lost_leaves_each_to_its_own_look(town: Town, probe: Probe, kind: str) -> None:
    acts(probe, effects.transferred)
    await town.fault(TRANSFER, kind)
    await fire(town)
    await looked(town)
    assert await states(town) == ["confirmed"] * MANY
    assert len(await town.ledger("transfer")) == MANY


@pytest.mark.parametrize("happened", [True, False], ids=["after_the_call", "before_the_call"])
async def test_a_worker_that_died_in_a_shared_call(town: Town, probe: Probe, happened: bool) -> None:
    """The intent of each that was on the way is there, and of no other."""
    acts(probe, effects.transferred)
    there = asyncio.Event()
    travelling: list[str] = []

    async def stop(methods: list[str]) -> None:
        if TRANSFER in methods and not there.is_set():
            travelling.extend(methods)
            there.set()
            await asyncio.Event().wait()

    if happened:
        town.wire.after = stop
    else:
        town.wire.before = stop
    await fire(town)
    doomed = await town.another_worker()
    await doomed.engine.beat()
    await doomed.engine.sweep()
    await there.wait()
    await killed(doomed)
    town.wire.after = town.wire.before = None
    assert (await states(town)).count("prepared") >= travelling.count(TRANSFER)
    await town.sql("UPDATE worker SET seen_at = 0")
    await looked(town)
    assert await states(town) == ["confirmed"] * MANY
    assert len(await town.ledger("transfer")) == MANY
