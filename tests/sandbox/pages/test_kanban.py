"""The kanban in a browser: cards that people and others move, tabs, crowds."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from sandbox.portal import Portal
from tests.sandbox.pages.gestures import drag

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_a_card_moves_by_keyboard_and_keeps_the_focus(page: Page, site: Portal) -> None:
    await page.focus("#menu-move-2-2")
    await page.keyboard.press("Enter")
    await expect(page.locator(".menu [role=menuitem]:focus")).to_have_text("В работе")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator('[data-stage="C3:WAIT"] #card-2-2')).to_be_focused()
    assert site.crm.items[(2, 2)].stage_id == "C3:WAIT"


async def test_a_drag_can_be_given_up(page: Page, site: Portal) -> None:
    box = await page.locator("#card-2-1").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 40, box["y"] + 60)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 300, box["y"] + 60, steps=3)
    await expect(page.locator(".ghost")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.mouse.up()
    await expect(page.locator(".ghost")).to_have_count(0)
    assert site.crm.items[(2, 1)].stage_id == "C3:NEW"


async def test_what_others_move_is_seen_at_once(page: Page, site: Portal) -> None:
    site.crm.move(site.crm.items[(2, 4)], "C3:WON")
    await expect(page.locator('[data-stage="C3:WON"] #card-2-4')).to_be_visible(timeout=20_000)


async def test_the_smart_process_has_a_kanban_of_its_own(page: Page, site: Portal) -> None:
    await page.click(".kanban-tabs .tab >> nth=1")
    await drag(page, "#card-1036-1", "DT1036_5:CLIENT")
    await expect(page.locator('[data-stage="DT1036_5:CLIENT"] #card-1036-1')).to_be_visible()
    assert site.crm.items[(1036, 1)].stage_id == "DT1036_5:CLIENT"


async def test_a_new_client_writes_and_gets_a_card(page: Page, site: Portal) -> None:
    await page.click("#new-inquiry")
    await expect(page.locator('[data-stage="C3:NEW"] .card.is-chosen')).to_contain_text("Новое обращение")
    await expect(page.locator(".message-client")).to_have_count(1)
    await expect(page.locator(".card.is-chosen")).to_be_in_viewport()
    # The face of the operator before must leave nothing behind where nobody has accepted yet.
    await expect(page.locator(".session .person-name")).not_to_have_attribute("style", re.compile("background"))
    assert max(site.openlines.chats.values(), key=lambda chat: chat.id).bindings[2] > 8


async def test_tabs_are_walked_with_the_arrows(page: Page, site: Portal) -> None:
    tabs = page.locator(".kanban-tabs [role=tab]")
    await expect(tabs).to_have_text(["Обслуживание", "Сверки", "Лиды"])
    await tabs.first.focus()
    await page.keyboard.press("ArrowRight")
    await expect(tabs.nth(1)).to_be_focused()
    await expect(page.locator("#card-1036-1")).to_be_visible()
    await page.keyboard.press("End")
    await expect(page.locator("#card-1-1")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await expect(tabs.first).to_have_attribute("aria-selected", "true")
    assert await tabs.evaluate_all("all => all.map((one) => one.tabIndex)") == [0, -1, -1]


async def test_a_crowd_is_folded_and_followed(page: Page, site: Portal) -> None:
    await page.click("#menu-break")
    await page.locator(".menu-entry", has_text="Много данных").click()
    column = page.locator('[data-stage="C3:WORK"]')
    await expect(column.locator(".card")).to_have_count(30, timeout=10_000)
    count = sum(1 for one in site.crm.of_type(2) if one.stage_id == "C3:WORK")
    await expect(column.locator(".stage-count")).to_have_text(str(count))
    await column.get_by_text("ещё").click()
    await expect(column.locator(".card")).to_have_count(count)
