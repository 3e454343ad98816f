"""The main story: a deal is moved, a client waits, the deadline passes, or somebody answers in time."""

from __future__ import annotations

import time

from tests.acceptance.story import Record, Story
from tests.portal_side import ANNA, CHIEF

LEVELS = "30: add head, notify head"


async def test_a_moved_deal_is_a_run_within_a_second(story: Story, figure: Record) -> None:
    deal = await story.deal()
    await story.place("escalate_no_reply", after_minutes=30)
    await story.token()
    moved_at = time.monotonic()
    await story.move(deal)
    await story.until(lambda: story.runs(deal), "a run")
    figure("moved deal is in the log, seconds", time.monotonic() - moved_at)
    await story.stands(deal, "waiting")
    figure("and has looked and waits, seconds", time.monotonic() - moved_at)


async def test_the_deadline_passes_and_the_head_is_called(story: Story, figure: Record) -> None:
    deal = await story.deal()
    run = await story.begun("escalate_no_reply", deal, levels=LEVELS)
    assert (await story.answered(deal))["result"] == "scheduled"
    assert "Уровень 1 из 1 сработает в 11:30: 30 минут от 11:00 (30 мин сегодня с 11:00 до 11:30)." in run["reason"]

    await story.advance(minutes=31)
    moved_at = time.monotonic()
    await story.until(lambda: story.notifications(CHIEF), "a notification")
    figure("deadline passed, head is told, seconds", time.monotonic() - moved_at)

    run = await story.ended(deal)
    assert (run["status"], run["result"]) == ("done", "done")
    assert CHIEF in (await story.chat(deal))["members"]
    assert len(await story.notifications()) == 1
    assert "Клиент ждёт ответа" in (await story.notifications(CHIEF))[0]["text"]
    assert await story.outbox(deal) == [], "nothing of this is for the client"

    russian, english = await story.log(deal), await story.log(deal, "en")
    assert "срабатывает уровень 1 из 1" in russian
    assert "Сделано: уведомление — Ирина Петрова." in russian
    assert "level 1 of 1 fires" in english
    assert "Done: notification for Ирина Петрова." in english
    assert [effect["state"] for effect in run["effects"]] == ["confirmed", "confirmed"]


async def test_an_answer_before_the_deadline_cancels_it(story: Story) -> None:
    deal = await story.deal()
    await story.begun("escalate_no_reply", deal, levels=LEVELS)
    await story.advance(minutes=10)
    number = await story.employee_says(deal, "Расчёт будет в пятницу.")
    await story.advance(minutes=21)

    run = await story.ended(deal)
    assert (run["status"], run["result"]) == ("cancelled", "cancelled_reply")
    russian, english = await story.log(deal), await story.log(deal, "en")
    assert f"Анна Смирнова, 11:10 (сообщение №{number}), через 10 минут рабочего времени" in russian
    assert f"(message {number}), after 10 minutes of working time" in english
    assert await story.notifications() == []
    assert [message["author"] for message in await story.outbox(deal)] == [ANNA]


async def test_the_portal_tells_of_an_answer_and_the_run_ends_early(story: Story, figure: Record) -> None:
    deal = await story.deal()
    await story.begun("escalate_no_reply", deal, levels=LEVELS)
    said_at = time.monotonic()
    await story.employee_says(deal)
    run = await story.ended(deal)
    figure("answer seen by the portal's event, seconds", time.monotonic() - said_at)
    assert run["result"] == "cancelled_reply"
