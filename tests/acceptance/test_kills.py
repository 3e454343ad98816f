"""Workers that die at a certain place of their work: what was done stays done, what nobody knows is found out."""

from __future__ import annotations

import asyncio

import pytest

from tests.acceptance.story import Story
from tests.portal_side import CHIEF, Deal

TEXT = "Здравствуйте! Документы готовы."


async def died_at(story: Story, place: str, code: str, deal: Deal, **properties: str) -> None:
    """Have a worker die at a place of its code while it runs a robot, and put a healthy one in its stead."""
    service = story.service
    service.worker.kill()
    service.start_worker(crash_at=place)
    doomed = service.worker
    await story.place(code, **properties)
    await story.move(deal)
    if code == "escalate_no_reply":
        await story.advance(minutes=16)
    assert await asyncio.to_thread(doomed.ended) == -9
    service.forget(doomed)
    service.start_worker()


async def test_f_03_a_message_whose_call_was_not_made_is_never_sent_by_itself(story: Story) -> None:
    """Dead between intent and call: nobody can know that nothing was sent, so a person has to say."""
    deal = await story.deal()
    await died_at(story, "after_intent", "send_message", deal, text=TEXT)
    await story.stands(deal, "unknown")
    assert (await story.run(deal))["effects"][0]["state"] == "unknown"

    async def undecided() -> bool:
        await story.advance(seconds=15)
        return "решение за человеком" in await story.log(deal)

    await story.until(undecided, "three looks in vain", within=30)
    assert await story.outbox(deal) == []
    assert (await story.answered(deal))["result"] == "unknown"
    effect = (await story.run(deal))["effects"][0]
    await story.press(f"/api/effects/{effect['id']}/decide", decision="send_again")
    run = await story.ended(deal)
    assert run["result"] == "done"
    assert len(await story.outbox(deal)) == 1


async def test_f_03_a_message_whose_call_was_made_is_found_and_not_sent_again(story: Story) -> None:
    """Dead between call and outcome: the next worker finds the message in the chat."""
    deal = await story.deal()
    await died_at(story, "after_call", "send_message", deal, text=TEXT)
    await story.stands(deal, "unknown")
    await story.advance(seconds=6)
    run = await story.ended(deal)
    assert run["result"] == "done"
    assert [effect["state"] for effect in run["effects"]] == ["confirmed"]
    assert len(await story.outbox(deal)) == 1
    assert (await story.answered(deal))["sent"] == "Y"
    assert "Неизвестно, произошло ли: сообщение клиенту" in await story.log(deal)


async def test_f_03_a_message_whose_outcome_is_known_is_not_sent_again(story: Story) -> None:
    deal = await story.deal()
    await died_at(story, "after_outcome", "send_message", deal, text=TEXT)
    run = await story.ended(deal)
    assert run["result"] == "done"
    assert len(await story.outbox(deal)) == 1
    assert (await story.answered(deal))["sent"] == "Y"


@pytest.mark.parametrize("place", ["after_intent", "after_call"])
async def test_f_03_a_notification_may_be_repeated_and_the_run_ends(story: Story, place: str) -> None:
    deal = await story.deal()
    await died_at(story, place, "escalate_no_reply", deal, after_minutes="15", wait_result="Y")
    run = await story.ended(deal)
    assert run["result"] == "done"
    assert len(await story.notifications(CHIEF)) == 1, "the later one takes the place of the earlier"
    assert (await story.answered(deal))["result"] == "done"
