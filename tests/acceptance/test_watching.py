"""A portal that tells nothing of messages: answers are noticed all the same, by looking."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.acceptance.story import Record, Story
from tests.portal_side import CHIEF

LEVELS = "30: add head, notify head"


@pytest.fixture
async def silent(story: Story) -> AsyncIterator[Story]:
    # How often the portal is looked at must not come from the troubles that an earlier story has left.
    story.service.backend.sql("DELETE FROM watch")
    await story.switch(openline_events_for_all_connectors=False)
    yield story
    await story.switch(openline_events_for_all_connectors=True)


async def watched(story: Story) -> Any:
    return (await story.ask("/api/health"))["watching"]


async def test_an_answer_is_noticed_by_looking_and_ends_the_escalation(silent: Story, figure: Record) -> None:
    deal = await silent.deal()
    await silent.begun("escalate_no_reply", deal, levels=LEVELS)

    async def looked() -> bool:
        return bool((await watched(silent))["dialogs"])

    await silent.until(looked, "the first look at the dialog", within=30)
    assert (await watched(silent))["noticed_within_seconds"] in {20, 60}

    number = await silent.employee_says(deal, "Расчёт будет в пятницу.")
    told = [event for event in await silent.deliveries("event") if event["name"].startswith("ONOPENLINE")]
    assert told == []
    said_at = time.monotonic()
    await silent.advance(minutes=2)
    run = await silent.ended(deal)
    figure("answer seen without the portal's event, seconds", time.monotonic() - said_at)
    assert (run["status"], run["result"]) == ("cancelled", "cancelled_reply")
    assert f"№{number}" in await silent.log(deal)
    assert await silent.notifications(CHIEF) == []


async def test_a_client_who_writes_is_noticed_at_once_where_the_portal_tells(story: Story) -> None:
    """The event names the client by the connector's ids alone."""
    deal = await story.deal()
    await story.employee_says(deal, "Готово.")
    await story.begun("escalate_no_reply", deal, levels=LEVELS, if_not_waiting="arm")
    await story.client_says(deal, "А когда пришлёте?")

    async def counts() -> bool:
        return "Уровень 1 из 1" in await story.log(deal)

    await story.until(counts, "the deadline of the first level")
