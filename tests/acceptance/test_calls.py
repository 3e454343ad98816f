"""What becomes of calls: copies, forgeries, and a web process that dies with a call in its hands."""

from __future__ import annotations

import asyncio

from tests.acceptance.call import call_of, held_call
from tests.acceptance.story import Record, Story

TEXT = "Здравствуйте! Документы готовы."


async def test_f_21_fifty_copies_at_once_are_one_run(story: Story, figure: Record) -> None:
    deal = await story.deal()
    call = await held_call(story, "send_message", deal, text=TEXT)
    answers = await asyncio.gather(*(call.post(story.api) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["status"] for answer in answers) == ["accepted"] + ["duplicate"] * 49
    figure("slowest of fifty copies, seconds", max(answer.elapsed.total_seconds() for answer in answers))
    await story.order("queue", paused=False)
    await story.ended(deal)
    assert len(await story.runs(deal)) == 1
    assert len(await story.outbox(deal)) == 1


async def test_f_34_a_call_that_the_portal_did_not_make_does_nothing(story: Story) -> None:
    """It bears the right application_token: only the portal itself can say that it made no such call."""
    deal = await story.deal()
    call = await held_call(story, "send_message", deal, text=TEXT)
    workflow, activity, rest = call.event_token.split("|")
    forged = call.with_token(f"{workflow}|{activity}|{rest[:-8]}00000000")
    assert (await forged.post(story.api)).json() == {"status": "accepted"}
    run = await story.ended(deal)
    assert (run["status"], run["result"]) == ("refused", "refused")
    assert "он подделан. Ничего не сделано" in await story.log(deal)
    assert "it is forged. Nothing was done" in await story.log(deal, "en")
    assert await story.ledger() == []
    assert await story.outbox() == []
    answered = {call["params"]["EVENT_TOKEN"] for call in await story.calls("bizproc.event.send")}
    assert forged.event_token not in answered
    await story.order("queue", paused=False)


async def test_a_call_without_the_secret_is_not_even_stored(story: Story) -> None:
    deal = await story.deal()
    call = await held_call(story, "send_message", deal, text=TEXT)
    form = call.form() | {"auth[application_token]": "0" * 32}
    answer = await story.api.post("/b24/robot/send_message", data=form)
    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})
    assert await story.runs(deal) == []
    await story.order("queue", paused=False)
    await story.ended(deal)


async def test_f_02_the_web_side_dies_after_the_commit_and_before_its_answer(story: Story) -> None:
    service = story.service
    service.web.kill()
    service.start_web(crash_at="after_accept")
    deal = await story.deal()
    await story.place("send_message", text=TEXT)
    await story.move(deal)
    assert await asyncio.to_thread(service.web.ended) == -9

    async def broken_off() -> bool:
        return bool((await story.deliveries())[-1]["error"])

    await story.until(broken_off, "a call that broke off")
    await story.until(lambda: story.outbox(deal), "the message of the stored run")
    service.start_web()
    call = await call_of(story, "send_message", deal, text=TEXT)
    assert (await call.post(story.api)).json() == {"status": "duplicate"}
    run = await story.ended(deal)
    assert run["result"] == "done"
    assert len(await story.outbox(deal)) == 1
