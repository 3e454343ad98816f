"""What an application asks a person through the portal, in a browser."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from sandbox.portal import Portal
from tests.sandbox.pages.gestures import ask, in_app

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_an_application_lets_a_person_choose_employees(page: Page, site: Portal) -> None:
    await ask(in_app(page), "selectUser", {"mult": True}, key="many")
    await page.fill("#picker-text", "см")
    await page.locator(".picker .menu-entry", has_text="Анна Смирнова").click()
    await page.fill("#picker-text", "")
    await page.locator(".picker .menu-entry", has_text="Ирина Петрова").click()
    await page.click("#picker-done")
    heard = in_app(page).locator("#heard")
    await expect(heard).to_contain_text('many:[{"id":7,"name":"Ирина Петрова"')
    await expect(heard).to_contain_text('"id":8,"name":"Анна Смирнова"')
    await ask(in_app(page), "selectUser", {"mult": False}, key="one")
    await page.locator(".picker .menu-entry", has_text="Сергей Волков").click()
    await expect(heard).to_contain_text('one:{"id":12')
    await ask(in_app(page), "selectUser", {"mult": False}, key="none")
    await expect(page.locator(".picker")).to_be_visible()
    await page.keyboard.press("Escape")
    await ask(in_app(page), "getInterface", key="after")
    await expect(heard).to_contain_text("after:")
    await expect(heard).not_to_contain_text("none:")


async def test_an_application_lets_a_person_choose_rights_and_items(page: Page, site: Portal) -> None:
    heard = in_app(page).locator("#heard")
    await ask(in_app(page), "selectAccess", {"value": ["AU"]}, key="access")
    await expect(page.locator('[data-option="AU"]')).to_have_count(0)
    await expect(page.locator("#picker-done")).to_be_disabled()
    await expect(page.locator("#picker-done")).to_have_text("Ничего не выбрано")
    await page.click('[data-option="DR3"]')
    await page.click("#picker-done")
    await expect(heard).to_contain_text('access:[{"id":"DR3","name":"Бухгалтерия"}]')
    params = {"entityType": ["deal", "company"], "multiple": True, "value": {"deal": [2]}}
    await ask(in_app(page), "selectCRM", params, key="crm")
    await expect(page.locator('[data-option="D_2"]')).to_have_attribute("aria-pressed", "true")
    await page.click('[data-option="CO_40"]')
    await page.click("#picker-done")
    await expect(heard).to_contain_text('"deal":{"0":{"id":"D_2","type":"deal"')
    await expect(heard).to_contain_text('"company":{"0":{"id":"CO_40"')


async def test_a_settings_page_fills_in_properties_and_is_not_called_back(page: Page, site: Portal) -> None:
    app = site.apps.installed
    assert app is not None
    app.registrations["escalate_no_reply"].placement_handler = app.app_url
    site.touch()
    await page.click('[data-stage="C3:WORK"] .robot')
    frame = in_app(page, ".editor")
    await expect(frame.locator("#given")).to_contain_text("PLACEMENT=BIZPROC_ACTIVITY_PROPERTIES_DIALOG")
    await expect(frame.locator("#given")).to_contain_text("%22after_minutes%22%3A%2230%22")
    await ask(frame, "getInterface", key="knows")
    await expect(frame.locator("#heard")).to_contain_text("setPropertyValue")
    await expect(frame.locator("#heard")).not_to_contain_text("setTitle")
    await ask(frame, "setPropertyValue", {"after_minutes": "45", "AFTER_MINUTES": "1", "strange": "x"}, key="set")
    await ask(frame, "setTitle", {"title": "x"}, key="title")
    await ask(frame, "refreshAuth", key="last")
    await expect(frame.locator("#heard")).to_contain_text("last:")
    await expect(frame.locator("#heard")).not_to_contain_text("set:")
    await expect(frame.locator("#heard")).not_to_contain_text("title:")
    await page.click("#editor-save")
    await expect(page.locator(".editor")).to_have_count(0)
    assert site.bizproc.placed[(2, "C3:WORK")][0].properties == {"after_minutes": "45"}


async def test_options_of_an_application_are_remembered(page: Page, site: Portal) -> None:
    await ask(in_app(page), "setAppOption", {"name": "color", "value": "red"}, key="set")
    await ask(in_app(page), "getInitData", key="data")
    await expect(in_app(page).locator("#heard")).to_contain_text('"APP_OPTIONS":{"color":"red"}')


async def test_no_tab_of_the_application_before_it_is_installed(page: Page, site: Portal) -> None:
    """Platform.md 3.1."""
    app = site.apps.installed
    assert app is not None
    app.installed = False
    site.touch()
    await page.click("#card-2-1 .card-title")
    await expect(page.locator(".panel-card [role=tab]")).to_have_count(2)
    app.installed = True
    site.touch()
    await expect(page.locator(".panel-card [role=tab]")).to_have_count(3)
