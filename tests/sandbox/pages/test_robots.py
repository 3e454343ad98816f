"""The editor of robots in a browser: what is filled in there reaches the portal."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from sandbox.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_the_editor_saves_every_type_of_property(page: Page, site: Portal) -> None:
    site.bizproc.placed[(2, "C3:WON")] = []
    site.touch()
    await page.click('[data-stage="C3:WON"] .robots-button')
    await page.select_option("#editor-add", "escalate_no_reply")
    await expect(page.locator("#field-after_minutes")).to_have_value("15")
    await page.fill("#field-after_minutes", "20")
    await page.fill("#field-note", "срочно")
    await page.fill("#field-levels", "15: notify owner\n30: notify head")
    await page.select_option("#field-action", "task")
    await page.locator("#field-escalate_to .box", has_text="Ирина Петрова").click()
    await page.locator("#field-escalate_to .box", has_text="Ответственный").click()
    await page.uncheck("#field-quiet_hours")
    await page.click("#editor-save")
    await expect(page.locator(".editor")).to_have_count(0)
    (placed,) = site.bizproc.placed[(2, "C3:WON")]
    assert placed.properties == {
        "after_minutes": "20",
        "note": "срочно",
        "levels": "15: notify owner\n30: notify head",
        "action": "task",
        "escalate_to": ["user_7", "{=Document:ASSIGNED_BY_ID}"],
        "quiet_hours": "N",
    }
    await expect(page.locator('[data-stage="C3:WON"] .robot')).to_contain_text("20 · Минуты; срочно · Заметка")


async def test_the_editor_saves_no_robot_without_what_it_requires(page: Page, site: Portal) -> None:
    assert site.apps.installed is not None
    known = site.apps.installed.registrations["escalate_no_reply"].properties
    known["note"]["Required"] = known["after_minutes"]["Required"] = "Y"
    site.touch()
    await page.click('[data-stage="C3:WORK"] .robot')
    await page.click("#editor-save")
    await expect(page.locator("#editor-missing")).to_have_text("Робот «Эскалация»: заполните поле «Заметка».")
    await expect(page.locator("#field-note")).to_be_focused()
    await page.fill("#field-note", " ")
    await page.click("#editor-save")
    await expect(page.locator(".editor")).to_be_visible()
    await page.fill("#field-note", "{=Document:TITLE}")
    await expect(page.locator("#editor-missing")).to_have_count(0)
    await page.click("#editor-save")
    await expect(page.locator(".editor")).to_have_count(0)
    (placed,) = site.bizproc.placed[(2, "C3:WORK")]
    assert placed.properties["note"] == "{=Document:TITLE}"


async def test_a_robot_may_be_told_to_wait_for_the_one_before_it(page: Page, site: Portal) -> None:
    await page.click('[data-stage="C3:WORK"] .robots-button')
    await page.select_option("#editor-add", "escalate_no_reply")
    await expect(page.locator("#wait-previous-0")).to_have_count(0)
    await expect(page.locator("#wait-previous-1")).not_to_be_checked()
    await page.check("#wait-previous-1")
    await page.click("#editor-save")
    await expect(page.locator(".editor")).to_have_count(0)
    assert [one.wait_previous for one in site.bizproc.placed[(2, "C3:WORK")]] == [False, True]


async def test_a_refusal_is_read_over_the_dialog_that_it_is_about(
    page: Page, site: Portal, complaints: list[str]
) -> None:
    await page.click('[data-stage="C3:WORK"] .robot')
    site.crm.categories = site.crm.categories[1:]
    await page.click("#editor-save")
    await expect(page.locator("#toasts:popover-open .toast-bad")).to_contain_text("There is no such stage.")
    await expect(page.locator(".editor")).to_be_visible()
    assert "404" in complaints.pop()


async def test_the_editor_takes_robots_away_and_can_be_left_without_saving(page: Page, site: Portal) -> None:
    await page.click('[data-stage="C3:WORK"] .robot')
    await page.click(".entry .icon-button")
    await page.keyboard.press("Escape")
    await expect(page.locator(".editor")).to_have_count(0)
    assert len(site.bizproc.placed[(2, "C3:WORK")]) == 1
    await page.click('[data-stage="C3:WORK"] .robot')
    await page.click(".entry .icon-button")
    await page.click("#editor-save")
    await expect(page.locator('[data-stage="C3:WORK"] .robot')).to_have_count(0)
    assert site.bizproc.placed[(2, "C3:WORK")] == []


async def test_the_robot_of_another_application_says_that_it_will_not_run(page: Page, site: Portal) -> None:
    lost = page.locator('[data-stage="C3:NEW"] .robot')
    await expect(lost).to_have_class("robot is-lost")
    await lost.click()
    await expect(page.locator(".editor-form")).to_contain_text("не знает этого робота")
