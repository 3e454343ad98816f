"""The clock, working days and trouble made on purpose, in a browser."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, expect

from sandbox.portal import Portal
from tests.sandbox.pages.gestures import in_app

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_the_clock_jumps_to_the_next_working_morning_and_changes_its_speed(page: Page, site: Portal) -> None:
    await page.click("#clock-morning")
    await expect(page.locator(".clock-time")).to_have_text("09:00")
    assert site.now().isoformat() == "2026-11-25T06:00:00+00:00"
    # Whoever was at work came to work again: a day left open overnight would count as forgotten.
    anna = site.people.users[8]
    async with asyncio.timeout(60):
        while anna.workday_opened_at is None or anna.workday_opened_at < site.now():
            await asyncio.sleep(0.02)
    await page.select_option("#clock-speed", "60")
    await expect(page.locator("#clock-speed")).to_have_value("60")
    assert site.clock.speed == 60


async def test_workdays_and_breaks_reach_the_portal(page: Page, site: Portal) -> None:
    await page.click("#menu-people")
    await page.select_option("#workday-8", "pause")
    await expect(page.locator("#workday-8")).to_have_value("pause")
    assert str(site.people.users[8].workday) == "PAUSED"
    await page.keyboard.press("Escape")
    for entry in ("после действия", "лимит"):
        await page.click("#menu-break")
        await page.locator(".menu-entry", has_text=entry).click()
    await expect(page.locator("#menu-break .count")).to_have_text("4")
    assert [(one.kind, one.times) for one in site.faults.ordered] == [("effect_then_drop", 1), ("query_limit", 3)]
    await page.click("#menu-break")
    await page.locator(".menu-entry", has_text="Починить").click()
    await expect(page.locator("#menu-break .count")).to_have_count(0)


async def test_a_refusal_of_the_portal_is_said(page: Page, site: Portal, complaints: list[str]) -> None:
    await page.click("#menu-transfer")
    site.people.users[9].active = False
    await page.locator(".menu-entry", has_text="Дмитрий Кузнецов").click()
    await expect(page.locator(".toast-bad")).to_contain_text("There is no employee 9")
    assert "404" in complaints.pop()


async def test_somebody_goes_on_vacation_and_comes_back(page: Page, site: Portal) -> None:
    await page.click("#menu-people")
    await page.check("#vacation-8")
    await expect(page.locator("#vacation-8")).to_be_checked()
    until = site.people.users[8].absent_until
    assert until is not None
    assert (until - site.now()).days == 14
    assert [one.user_id for one in site.office.absences] == [8]
    await page.uncheck("#vacation-8")
    await expect(page.locator("#vacation-8")).not_to_be_checked()
    assert site.people.users[8].absent_until is None


async def test_the_demo_begins_anew_in_the_other_language(page: Page, site: Portal) -> None:
    await page.click("#menu-break")
    await page.locator(".menu-entry", has_text="Демо на английском").click()
    await expect(page.locator("#card-2-1 .card-title")).to_have_text("Daisy Ltd: Payroll for November")
    await expect(page.locator("#banner")).to_have_text("Demo: data is not kept")
    assert site.lang == "en"
    await expect(in_app(page).locator("#given")).to_contain_text("LANG=en")


async def test_the_worker_is_killed_where_there_is_one(page: Page, site: Portal) -> None:
    await page.click("#menu-break")
    await expect(page.locator(".menu-entry", has_text="воркера")).to_have_count(0)
    await page.keyboard.press("Escape")
    killed = asyncio.Event()

    async def kill() -> None:
        killed.set()

    site.breaks["worker"] = kill
    site.touch()
    await page.click("#menu-break")
    await page.locator(".menu-entry", has_text="Убить воркера").click()
    await expect(page.locator(".toast")).to_contain_text("Воркер убит")
    assert killed.is_set()
    site.breaks.clear()
