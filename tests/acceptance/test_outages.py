"""Redis or the database is away: nothing is lost, and nothing is acknowledged that is not kept."""

from __future__ import annotations

import signal
import time
from typing import Any

import pytest

from tests.acceptance.backends import Large
from tests.acceptance.call import held_call
from tests.acceptance.conftest import ON_LARGE
from tests.acceptance.story import Record, Story
from tests.portal_side import CHIEF

TEXT = "Здравствуйте! Документы готовы."
#: A file does not go away.
ON_A_SERVER = pytest.mark.parametrize("service", [ON_LARGE], indirect=True)


async def test_f_06_redis_dies_while_a_run_waits(story: Story, figure: Record) -> None:
    waiting, new = await story.deal(), await story.deal()
    await story.begun("escalate_no_reply", waiting, after_minutes=15)
    story.service.backend.kill_redis()
    try:
        await story.move(new)
        await story.until(lambda: story.runs(new), "a run")
        assert {delivery["error"] for delivery in await story.deliveries()} == {""}
        await story.advance(minutes=16)
        moved_at = time.monotonic()
        await story.until(lambda: story.notifications(CHIEF), "a notification by sweeping", within=20)
        figure("deadline passed without Redis, head is told, seconds", time.monotonic() - moved_at)
        assert (await story.ended(waiting))["result"] == "done"
    finally:
        story.service.backend.revive_redis()
    await story.ended(new)


@ON_A_SERVER
async def test_f_10_the_database_dies_and_comes_back(story: Story) -> None:
    backend = story.service.backend
    assert isinstance(backend, Large)
    deal = await story.deal()
    call = await held_call(story, "send_message", deal, text=TEXT)
    backend.postgres.stop(signal.SIGQUIT)
    try:
        refused = await call.post(story.api)
        readiness = await story.api.get("/readyz")
    finally:
        backend.postgres.start()
    assert (refused.status_code, refused.json()) == (503, {"error": "unavailable"})
    assert int(refused.headers["retry-after"]) > 0
    assert (readiness.status_code, readiness.json()["database"]) == (503, "away")

    async def back() -> Any:
        answer = await call.post(story.api)
        return answer.json() if answer.status_code == 200 else None

    assert await story.until(back, "a database") == {"status": "accepted"}
    assert (await story.ended(deal))["result"] == "done"
    assert len(await story.outbox(deal)) == 1
    await story.order("queue", paused=False)


@ON_A_SERVER
async def test_f_11_the_database_dies_while_a_worker_calls(story: Story) -> None:
    """The message went out, its outcome could not be written down: it is found afterwards, and not sent again."""
    backend = story.service.backend
    assert isinstance(backend, Large)
    await story.fault("imopenlines.crm.message.add", "delay", seconds=1)
    deal = await story.deal()
    await story.calling(deal)
    backend.postgres.stop(signal.SIGQUIT)
    try:
        await story.until(lambda: story.outbox(deal), "the message")
    finally:
        backend.postgres.start()
    await story.stands(deal, "unknown", "done", within=30)
    await story.advance(seconds=6)
    assert (await story.ended(deal))["result"] == "done"
    assert len(await story.outbox(deal)) == 1
