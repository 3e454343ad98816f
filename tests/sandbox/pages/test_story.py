"""The story of the demo in a browser, from the first card to the clock, on a small screen."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from sandbox.portal import Portal
from tests.sandbox.pages.gestures import drag, in_app

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_the_story_of_the_demo_can_be_played(page: Page, site: Portal) -> None:
    await expect(page.locator(".hint.is-next")).to_have_attribute("data-hint", "move")
    await drag(page, "#card-2-1", "C3:WORK")
    await expect(page.locator('[data-stage="C3:WORK"] #card-2-1')).to_be_visible()
    deal = site.crm.items[(2, 1)]
    assert deal.stage_id == "C3:WORK"
    assert [one.stage_id for one in site.bizproc.history] == ["C3:WORK"], "robots of the stage have started"

    await expect(page.locator(".hint.is-next")).to_have_attribute("data-hint", "open")
    await in_app(page).locator("#given").click()
    await expect(page.locator(".hint.is-next")).to_have_attribute("data-hint", "answer")

    await page.fill("#chat-text", "Расчёт будет завтра к обеду")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message-staff").last).to_contain_text("Расчёт будет завтра к обеду")
    await expect(page.locator(".message-staff .reach-yes").last).to_be_visible()
    assert site.journal.outbox[-1].text == "Расчёт будет завтра к обеду"
    await expect(page.locator("#card-2-1 .mark-calm")).to_be_visible()
    await expect(page.locator(".hint.is-done")).to_have_count(3)

    before = site.now()
    await page.click("#clock-plus_30")
    await expect(page.locator(".clock-time")).to_have_text("11:30")
    assert (site.now() - before).total_seconds() == 1800


async def test_the_page_fits_a_small_screen_without_scrolling(page: Page, site: Portal) -> None:
    sizes = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert await page.evaluate(sizes) == [1280, 720]
    await expect(page.locator("#banner")).to_have_text("Демо: данные исчезнут")
    for pane in ("#kanban", "#talk", "#side", "#right"):
        box = await page.locator(pane).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] <= 720
