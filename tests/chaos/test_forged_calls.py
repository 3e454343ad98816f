"""Among many calls of a portal come some that somebody made up, with all the secrets that an employee can learn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.acceptance.call import call_of
from tests.chaos.crowd import TEXT, Crowd

COUNT = 40


@pytest.mark.chaos
async def test_f_34_of_a_crowd_only_what_the_portal_called_has_effects(crowd: Crowd) -> None:
    deals = await crowd.come(COUNT)
    victims = await crowd.come(COUNT // 10)
    await crowd.place("send_message", text=TEXT)
    with crowd.fleet.rested():
        for number, deal in enumerate(deals):
            await crowd.move(deal)
            if number % 10 == 0:
                genuine = await call_of(crowd, "send_message", deal, text=TEXT)
                victim = victims[number // 10]
                forged = replace(genuine, document=f"DEAL_{victim.id}").with_token(f"{'f' * 12}{number:02}|A1|made-up")
                answer = await forged.post(crowd.api)
                assert answer.json() == {"status": "accepted"}, "nobody can tell yet"
        stand = await crowd.settled([*deals, *victims], passes=False)
    assert stand == {"done": COUNT, "refused": len(victims)}
    assert await crowd.sent() == dict.fromkeys([deal.chat for deal in deals], 1)
