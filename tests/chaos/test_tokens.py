"""Tokens run out while many work, and a worker dies with the new pair in its hands."""

from __future__ import annotations

import asyncio

import pytest

from tests.acceptance.conftest import service, started, story
from tests.acceptance.story import Story
from tests.chaos.crowd import TEXT, Crowd
from tests.portal_side import Deal, PortalSide

__all__ = ["service", "started", "story"]


async def refreshes(portal: PortalSide) -> list[int]:
    """How the OAuth host answered to those who wanted a new pair."""
    return [grant["status"] for grant in (await portal.read("oauth"))["grants"]]


async def test_f_17_three_workers_find_the_token_old_and_one_asks_for_a_new_one(crowd: Crowd) -> None:
    deals = await crowd.come(12)
    await crowd.place("send_message", text=TEXT)
    before = await refreshes(crowd)
    await crowd.order("oauth/expire")
    with crowd.fleet.rested():
        await crowd.moved(deals)
        assert await crowd.settled(deals, passes=False) == {"done": len(deals)}
    assert (await refreshes(crowd))[len(before) :] == [200]
    assert await crowd.sent() == dict.fromkeys([deal.chat for deal in deals], 1)


async def died_with_the_pair(story: Story, deal: Deal) -> None:
    """Have the only worker die when the OAuth host has given a new pair that nobody wrote down."""
    service = story.service
    service.worker.kill()
    service.start_worker(crash_at="after_refresh")
    doomed = service.worker
    await story.order("oauth/expire")
    await story.move(deal)
    assert await asyncio.to_thread(doomed.ended, within=60) == -9
    service.forget(doomed)
    # Half a minute of real time is kept for whoever asks.
    service.backend.sql("UPDATE portal_user_token SET refresh_until = NULL")
    service.start_worker()


@pytest.mark.parametrize("dies", [False, pytest.param(True, marks=pytest.mark.chaos)])
async def test_f_17_a_worker_that_dies_with_the_new_pair(story: Story, dies: bool) -> None:
    """The token that was used before is tried; where it is worth nothing, the next call of a robot brings others."""
    await story.switch(old_refresh_token_dies=dies)
    await story.place("send_message", text=TEXT)
    deals = [await story.deal()]
    await died_with_the_pair(story, deals[0])

    async def stands(status: str) -> bool:
        return story.service.backend.sql("SELECT status FROM portal") == [[status]]

    async def called_again() -> bool:
        # The web side believes for some seconds that all is well, and needs no tokens then.
        deals.append(await story.deal())
        await story.move(deals[-1])
        await asyncio.sleep(1)
        return await stands("active")

    if dies:
        await story.until(lambda: stands("needs_reinstall"), "a portal whose tokens are dead")
    await story.until(called_again, "tokens that live")
    for deal in deals:
        assert (await story.ended(deal))["result"] == "done"
        assert len(await story.outbox(deal)) == 1
