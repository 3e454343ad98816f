"""Settings of open lines in a browser."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from sandbox.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_settings_of_a_line_are_saved(page: Page, site: Portal) -> None:
    await page.click("#lines")
    await expect(page.locator("#field-name")).to_have_value("Бухгалтерия")
    await page.fill("#field-worktime_from", "10.30")
    await page.check("#day-FR")
    await page.fill("#field-off_hours_text", "Мы закрыты")
    await page.fill("#field-close_text", "До свидания")
    await page.fill("#field-full_close_minutes", "7")
    await page.check("#field-check_available")
    await page.select_option("#field-crm_create", "deal")
    await page.locator(".editor .menu-entry", has_text="Сергей Волков").click()
    await page.locator(".editor .entry", has_text="Дмитрий").get_by_title("Выше").click()
    await page.click("#lines-save")
    await expect(page.locator(".toast")).to_contain_text("сохранены")
    line = site.openlines.lines[22]
    assert (line.worktime_from, line.days_off, line.off_hours_text) == ("10.30", ["SA", "SU", "FR"], "Мы закрыты")
    assert (line.close_text, line.full_close_minutes, line.check_available) == ("До свидания", 7, True)
    assert (line.crm_create, line.queue) == ("deal", [9, 8, 7, 12])
    await expect(page.locator("#lines")).to_be_focused()


async def test_another_line_is_chosen_with_the_arrows(page: Page, site: Portal) -> None:
    await page.click("#lines")
    await page.locator(".editor [role=tab][aria-selected=true]").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#field-name")).to_have_value("Поддержка 24/7")
    await expect(page.locator("#field-worktime_from")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.locator(".editor")).to_have_count(0)
