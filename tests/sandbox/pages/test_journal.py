"""The journal of deliveries and calls in a browser."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from sandbox.faults import Fault
from sandbox.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_the_journal_shows_deliveries_and_calls(page: Page, site: Portal) -> None:
    await page.click("#tab-journal")
    site.crm.move(site.crm.items[(2, 1)], "C3:WORK")
    await expect(page.locator(".journal tr", has_text="Эскалация")).to_contain_text("200")
    session = await page.evaluate("async () => (await fetch('/_sandbox/session')).json()")
    await page.evaluate("async (auth) => { await fetch('/rest/profile?auth=' + auth); }", session["AUTH_ID"])
    await expect(page.locator(".journal code", has_text="profile")).to_be_visible()
    site.faults.order(Fault("*", "html_200"))
    await page.evaluate("async (auth) => { await fetch('/rest/user.admin?auth=' + auth); }", session["AUTH_ID"])
    spoilt = page.locator(".journal tr.is-bad", has_text="user.admin")
    await expect(spoilt).to_contain_text("страница HTML")


async def test_the_journal_is_narrowed(page: Page, site: Portal) -> None:
    await page.click("#tab-journal")
    session = await page.evaluate("async () => (await fetch('/_sandbox/session')).json()")
    for method in ("profile", "user.current"):
        await page.evaluate(
            "async ([name, auth]) => { await fetch(`/rest/${name}?auth=${auth}`); }", [method, session["AUTH_ID"]]
        )
    site.crm.move(site.crm.items[(2, 1)], "C3:WORK")
    rows = page.locator(".journal tbody tr")
    await expect(rows).to_have_count(3)
    await page.select_option("#journal-kind", "call")
    await expect(rows).to_have_count(2)
    await page.fill("#journal-text", "PROF")
    await expect(rows).to_have_count(1)
    await page.check("#journal-bad")
    await expect(page.locator("#journal")).to_contain_text("Ничего не найдено")
