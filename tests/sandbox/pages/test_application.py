"""The application in its frames, in a browser: how it is opened, and what it is answered."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from sandbox.portal import Portal
from tests.sandbox.pages.gestures import ask, in_app

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_the_application_is_opened_by_the_form_of_a_real_portal(page: Page, site: Portal) -> None:
    given = await in_app(page).locator("#given").inner_text()
    names = {line.split("=")[0] for line in given.splitlines()}
    assert names == {
        *("DOMAIN", "PROTOCOL", "LANG", "APP_SID"),
        *("AUTH_ID", "AUTH_EXPIRES", "REFRESH_ID", "SERVER_ENDPOINT", "APPLICATION_TOKEN", "APPLICATION_SCOPE"),
        *("member_id", "status", "PLACEMENT", "PLACEMENT_OPTIONS"),
    }
    assert "LANG=ru" in given


async def test_the_page_answers_the_frame(page: Page, site: Portal) -> None:
    frame = in_app(page)
    heard = frame.locator("#heard")
    await ask(frame, "getInitData")
    await expect(heard).to_contain_text('k1:{"AUTH_ID":"')
    await expect(heard).to_contain_text('"PLACEMENT":"DEFAULT"')
    await expect(heard).to_contain_text(f'"MEMBER_ID":"{site.member_id}"')
    await ask(frame, "refreshAuth", key="k2")
    await expect(heard).to_contain_text('k2:{"AUTH_ID":"')
    await ask(frame, "setTitle", {"title": "Журнал: всё"})
    await expect(page.locator("#tab-app")).to_have_text("Журнал: всё")
    await ask(frame, "resizeWindow", {"width": "100%", "height": 1400})
    await expect(heard).to_contain_text('"height":1400')


async def test_strangers_get_no_answer(page: Page, site: Portal) -> None:
    frame = in_app(page)
    heard = frame.locator("#heard")
    await heard.evaluate("() => { window.ask('getInitData:k1:' + 'f'.repeat(32)); window.ask('getInitData'); }")
    await heard.evaluate("() => window.ask({method: 'getInitData'})")
    await ask(frame, "noSuchThing", key="k2")
    await page.evaluate("() => window.postMessage('getInitData:k9:x', '*')")
    await ask(frame, "setTitle", {"title": "дошло"}, key="k3")
    await expect(page.locator("#tab-app")).to_have_text("дошло")
    await expect(heard).to_have_text("k3:")


async def test_the_application_opens_its_pages_in_sliders_and_closes_them(page: Page, site: Portal) -> None:
    frame, slider = in_app(page), in_app(page, ".panel-app")
    await ask(frame, "openApplication", {"to": "/runs/7", "bx24_title": "Запуск 7", "bx24_width": 640})
    await expect(page.locator(".panel-app h2")).to_have_text("Запуск 7")
    await expect(slider.locator("#given")).to_contain_text("%22to%22%3A%22%2Fruns%2F7%22")
    own = await slider.locator("#heard").evaluate("() => window.sid")
    assert own != await frame.locator("#heard").evaluate("() => window.sid")
    await ask(slider, "closeApplication")
    await expect(page.locator(".panel")).to_have_count(0)
    await expect(frame.locator("#heard")).to_contain_text("k1:")


async def test_the_application_opens_cards_of_the_portal(page: Page, site: Portal) -> None:
    frame = in_app(page)
    await ask(frame, "openPath", {"path": "/crm/deal/../../crm/deal/details/3/?IFRAME=Y"})
    await expect(page.locator(".panel-card h2").first).to_contain_text("Закрывающие документы")
    await page.click(".panel-close")
    await expect(frame.locator("#heard")).to_contain_text('k1:{"result":"close"}')
    await ask(frame, "openPath", {"path": "/crm/deal/details/999/"})
    await expect(frame.locator("#heard")).to_contain_text('"result":"error"')


async def test_the_installation_is_finished_by_the_page(page: Page, site: Portal) -> None:
    assert site.apps.installed is not None
    site.apps.installed.installed = False
    sid = await in_app(page).locator("#heard").evaluate("() => window.sid")
    await ask(in_app(page), "setInstallFinish")
    await expect(in_app(page).locator("#given")).not_to_contain_text(sid)
    assert site.apps.installed.installed is True


async def test_the_card_shows_processes_tasks_comments_and_the_tab_of_the_application(page: Page, site: Portal) -> None:
    deal = site.crm.items[(2, 1)]
    site.crm.move(deal, "C3:WORK")
    site.office.comment(2, 1, "Эскалация: [B]сообщили[/B]", author=7)
    await page.click("#card-2-1 .card-title")
    card = page.locator(".panel-card")
    await expect(card).to_contain_text("18 000 ₽")
    await expect(card.locator(".comment")).to_contain_text("Эскалация: сообщили")
    await card.locator(".tab", has_text="Процессы").click()
    await expect(card.locator(".run")).to_contain_text("ждёт ответа приложения")
    token = site.bizproc.history[-1].runs[0].token
    site.bizproc.send_event(token, {"result": "https://example.com/run"}, "Клиент ответил", later=lambda act: act())
    await expect(card.locator(".run")).to_contain_text("завершён")
    await expect(card.locator(".returned")).to_contain_text("Итог")
    await expect(card.locator(".returned a")).to_have_attribute("href", "https://example.com/run")
    await expect(card.locator(".run-log")).to_have_text("Клиент ответил")
    await card.locator(".tab", has_text="Дежурный").click()
    inside = in_app(page, ".panel-card").locator("#given")
    await expect(inside).to_contain_text("PLACEMENT=CRM_DEAL_DETAIL_TAB")
    await expect(inside).to_contain_text("%22ID%22%3A%221%22")


async def test_another_language_and_another_person_reach_the_application(page: Page, site: Portal) -> None:
    await page.click("#language")
    await expect(page.locator("#banner")).to_have_text("Demo: data is not kept")
    await expect(in_app(page).locator("#given")).to_contain_text("LANG=en")
    assert page.url.endswith("?lang=en")
    sid = await in_app(page).locator("#heard").evaluate("() => window.sid")
    await page.click("#menu-me")
    await page.locator(".menu-entry", has_text="Анна Смирнова").click()
    await expect(page.locator("#menu-me")).to_have_attribute("aria-label", "You: Анна Смирнова")
    await expect(in_app(page).locator("#given")).not_to_contain_text(sid)
    await ask(in_app(page), "getInitData")
    await expect(in_app(page).locator("#heard")).to_contain_text('"IS_ADMIN":false')
