"""The application comes to a portal, is updated, and goes."""

from __future__ import annotations

import asyncio

from tests.acceptance.story import Story
from tests.portal_side import CHIEF

ADDED = "bizproc.robot.add"


async def test_every_robot_is_registered_so_that_processes_wait_for_it(story: Story) -> None:
    robots = {robot["code"]: robot for robot in (await story.read("view"))["app"]["robots"]}
    assert {"dialog_state", "send_message", "escalate_no_reply"} <= set(robots)
    escalate = robots["escalate_no_reply"]
    assert escalate["use_subscription"] == "Y"
    assert escalate["name"] == {
        "RU": "Эскалация, если нет ответа N минут",
        "EN": "Escalate if no reply in N minutes",
    }
    assert escalate["handler"] == f"{story.service.url}/b24/robot/escalate_no_reply"
    assert escalate["return_properties"].keys() >= {"result", "ok", "reason", "answered", "final_owner"}


async def test_a_second_start_tells_the_portal_nothing(story: Story) -> None:
    await asyncio.to_thread(story.service.worker.terminate)
    story.service.start_worker()
    deal = await story.deal()
    await story.done("dialog_state", deal)
    called = {call["method"] for call in await story.calls()}
    assert not {method for method in called if method.startswith(("bizproc.robot.", "event.", "placement."))}


async def test_an_update_wipes_all_and_all_is_told_again(story: Story) -> None:
    before = story.service.robots_known()
    await story.order("update")

    async def known_again() -> bool:
        return await asyncio.to_thread(story.service.robots_known) == before and bool(await story.calls(ADDED))

    await story.until(known_again, "the registration of robots")
    assert len(await story.calls(ADDED)) == len(before)
    deal = await story.deal()
    assert (await story.done("dialog_state", deal))["result"] == "done"


async def test_nothing_happens_in_a_portal_that_removed_the_application(story: Story) -> None:
    deal, sql = await story.deal(), story.service.backend.sql
    await story.begun("escalate_no_reply", deal, after_minutes=15)

    async def gone() -> bool:
        return sql("SELECT status FROM portal") == [["uninstalled"]]

    async def over() -> bool:
        return sql("SELECT id FROM run WHERE finished_at IS NULL") == []

    try:
        await story.order("uninstall")
        await story.until(gone, "the proof that the application is gone")
        await story.until(over, "the end of its runs")
    finally:
        story.forget_tokens()
        story.service.install()
    run = await story.ended(deal)
    assert run["result"] == "cancelled_user"
    assert "Приложение удалено из портала" in await story.log(deal)
    await story.advance(minutes=16)
    assert await story.notifications(CHIEF) == []
