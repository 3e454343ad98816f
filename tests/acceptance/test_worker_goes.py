"""Workers that vanish, and workers that are told to stop."""

from __future__ import annotations

import asyncio
import time

from tests.acceptance.story import Record, Story


async def test_f_03_a_worker_that_vanished_is_missed_within_seconds(story: Story, figure: Record) -> None:
    """Nothing helps here: the others see that it is silent, and free what it held."""
    service = story.service
    await story.fault("imopenlines.crm.message.add", "delay", seconds=60)
    deal = await story.deal()
    await story.calling(deal)
    service.worker.kill()
    killed_at = time.monotonic()
    await story.fault("*", "none")
    service.start_worker()
    await story.stands(deal, "unknown", within=30)
    figure("vanished worker's run is taken over, seconds", time.monotonic() - killed_at)


async def test_f_05_a_worker_that_is_told_to_stop_finishes_its_call(story: Story, figure: Record) -> None:
    """A deploy: nothing is lost, nothing is done twice, and no attempt is counted."""
    service = story.service
    await story.fault("imopenlines.crm.message.add", "delay", seconds=2)
    first, second = await story.deal(), await story.deal()
    await story.calling(first)
    told_at = time.monotonic()
    assert await asyncio.to_thread(service.worker.terminate) == 0
    figure("told to stop in a call of 2 s, seconds", time.monotonic() - told_at)
    assert len(await story.outbox(first)) == 1
    await story.move(second)
    await story.stands(second, "waiting")
    service.start_worker()
    for deal in (first, second):
        run = await story.ended(deal)
        assert run["result"] == "done"
        assert not any(event["kind"] == "retries" for event in run["events"])
        assert len(await story.outbox(deal)) == 1
        counted = service.backend.sql(f"SELECT deaths, attempt FROM run WHERE id = '{run['id']}'")
        assert counted == [["0", "0"]]
