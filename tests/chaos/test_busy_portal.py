"""A portal that limits requests, as the cloud does: no more than it allows is asked, and nothing is lost."""

from __future__ import annotations

import pytest

from tests.acceptance.story import Record
from tests.chaos.crowd import TEXT, Crowd

COUNT = 60


@pytest.mark.chaos
async def test_f_14_three_workers_share_what_a_portal_allows(crowd: Crowd, figure: Record) -> None:
    deals = await crowd.come(COUNT)
    await crowd.place("send_message", text=TEXT)
    await crowd.switch(limits=True)
    await crowd.moved(deals)
    stand = await crowd.settled(deals, passes=False)
    await crowd.switch(limits=False)
    assert stand == {"done": COUNT}
    assert await crowd.sent() == dict.fromkeys([deal.chat for deal in deals], 1)
    refused = [call for call in await crowd.calls() if call["error"] == "QUERY_LIMIT_EXCEEDED"]
    figure(f"requests that were too many, of {COUNT} messages", len(refused))
    assert refused == [], "three workers keep one count"
    assert crowd.tried() == {(0, 0)}, "to wait is no attempt"


@pytest.mark.chaos
async def test_f_14_a_portal_that_turns_away_is_asked_again_until_all_is_done(crowd: Crowd) -> None:
    deals = await crowd.come(COUNT // 3)
    await crowd.place("send_message", text=TEXT)
    await crowd.fault("*", "query_limit", times=COUNT // 10)
    await crowd.fault("imopenlines.crm.message.add", "op_limit", times=2)
    with crowd.fleet.rested():
        await crowd.moved(deals)
        stand = await crowd.settled(deals)
    assert stand == {"done": len(deals)}
    assert await crowd.sent() == dict.fromkeys([deal.chat for deal in deals], 1)
