"""The whole service stands still for hours; then it goes on, and says what was late."""

from __future__ import annotations

import asyncio

import pytest

from tests.acceptance.conftest import ON_LARGE, SMALL
from tests.acceptance.story import Story
from tests.portal_side import DIRECTOR, Deal

TEXT = "Здравствуйте! Документы готовы."
AWAY_MILLISECONDS = 3 * 3600 * 1000


async def waiting(story: Story, minutes: int) -> Deal:
    """Have a text for a client wait so long."""
    deal = await story.deal()
    await story.begun("send_message", deal, text=TEXT, when="after", after_minutes=minutes, calendar="always")
    return deal


async def away(story: Story) -> None:
    """Stop the worker as an operator does, let three hours pass, and start it again."""
    service = story.service
    assert await asyncio.to_thread(service.worker.terminate) == 0
    await story.advance(hours=3)
    service.backend.sql(f"UPDATE pulse SET at = at - {AWAY_MILLISECONDS}")
    service.start_worker()


async def told(story: Story) -> str:
    async def look() -> str:
        notes = [note["text"] for note in await story.notifications(DIRECTOR) if "Сервис не работал" in note["text"]]
        return notes[0] if notes else ""

    return await story.until(look, "a word for the administrator")


@pytest.mark.parametrize("service", [SMALL], indirect=True)
async def test_what_is_too_late_is_skipped_and_the_rest_is_done(story: Story) -> None:
    await story.press("/api/settings", overdue="skip")
    try:
        late, later = await waiting(story, 150), await waiting(story, 30)
        await away(story)
        assert (await story.ended(late))["result"] == "done"
        assert (await story.ended(later))["result"] == "skipped_late"
        assert (await story.answered(later))["result"] == "skipped_late"
        word = await told(story)
    finally:
        await story.press("/api/settings", overdue="run")
    assert "2 ожидания опоздали: 1 выполнено, 1 пропущено (опоздало больше чем на 1 ч)." in word
    assert (len(await story.outbox(late)), len(await story.outbox(later))) == (1, 0)


@pytest.mark.parametrize("service", [ON_LARGE], indirect=True)
async def test_a_person_decides_about_what_is_too_late(story: Story) -> None:
    await story.press("/api/settings", overdue="ask")
    try:
        first, second = await waiting(story, 30), await waiting(story, 30)
        await away(story)
        held = [await story.stands(deal, "held") for deal in (first, second)]
        assert "2 ожидания опоздали: 2 ждут вашего решения." in await told(story)
    finally:
        await story.press("/api/settings", overdue="run")
    assert await story.outbox() == []
    await story.press(f"/api/runs/{held[0]['id']}/late", decision="run")
    await story.press(f"/api/runs/{held[1]['id']}/late", decision="skip")
    assert (await story.ended(first))["result"] == "done"
    assert (await story.ended(second))["result"] == "skipped_late"
    assert (len(await story.outbox(first)), len(await story.outbox(second))) == (1, 0)
