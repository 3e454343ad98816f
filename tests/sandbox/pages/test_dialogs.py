"""Dialogs in a browser: who writes as whom, who leads them, what is heard of them."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from sandbox.portal import Portal
from tests.sandbox.demo_dialogs import chat_of

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]
HOSTILE = '<img src=x onerror="document.title=1"> [b]жирно[/b] [url=javascript:alert(1)]ссылка[/url]'


async def test_a_person_writes_as_the_client_as_an_employee_and_hidden(page: Page, site: Portal) -> None:
    chat = next(iter(site.openlines.chats.values()))
    await page.locator("label:has(#voice-client)").click()
    await page.fill("#chat-text", "Жду ответа")
    await page.click("#chat-send")
    await expect(page.locator(".message-client").last).to_contain_text("Жду ответа")
    await page.locator("label:has(#voice-hidden)").click()
    await page.select_option("#chat-employee", "7")
    await page.fill("#chat-text", "Анна, посмотри")
    await page.click("#chat-send")
    await expect(page.locator(".message-hidden")).to_contain_text("видят только сотрудники")
    assert [(one.author, one.hidden) for one in chat.messages[-1:]] == [(7, True)]
    await page.locator("label:has(#voice-staff)").click()
    await page.fill("#chat-text", "Уже считаем")
    await page.click("#chat-send")
    await expect(page.locator(".message-staff").last).to_contain_text("Ирина Петрова")
    assert site.journal.outbox[-1].text == "Уже считаем"


async def test_texts_of_clients_stay_texts(page: Page, site: Portal) -> None:
    chat = next(iter(site.openlines.chats.values()))
    site.openlines.talk.client_writes(chat, HOSTILE)
    last = page.locator(".message-client").last
    await expect(last).to_contain_text('<img src=x onerror="document.title=1"> жирно ссылка')
    await expect(last.locator("img, a")).to_have_count(0)
    await expect(last.locator("b", has_text="жирно")).to_be_visible()
    assert await page.title() == "Демо-портал — Дежурный"


async def test_news_leave_the_focus_and_the_half_typed_text_alone(page: Page, site: Portal) -> None:
    chat = next(iter(site.openlines.chats.values()))
    await page.click("#chat-text")
    await page.keyboard.type("Уважаемая Мар")
    await page.keyboard.press("ArrowLeft")
    for number in range(5):
        site.openlines.talk.client_writes(chat, f"вопрос {number}")
    await expect(page.locator(".message-client").last).to_contain_text("вопрос 4")
    await page.keyboard.type("и")
    await expect(page.locator("#chat-text")).to_have_value("Уважаемая Маир")
    await page.click("#card-2-2")
    await expect(page.locator("#chat-text")).to_have_value("")
    await page.click("#card-2-1")
    await expect(page.locator("#chat-text")).to_have_value("Уважаемая Маир")


async def test_a_talk_follows_its_end_unless_the_person_reads_back(page: Page, site: Portal) -> None:
    chat = next(iter(site.openlines.chats.values()))
    for number in range(12):
        site.openlines.talk.client_writes(chat, f"вопрос {number}")
    await expect(page.locator(".message-client", has_text="вопрос 11")).to_be_in_viewport()
    await page.locator("#messages").evaluate("node => { node.scrollTop = 0; }")
    await expect(page.locator("#messages[data-live-back]")).to_be_attached()
    site.openlines.talk.client_writes(chat, "последний вопрос")
    await expect(page.locator(".message-client", has_text="последний вопрос")).to_be_attached()
    await expect(page.locator(".message-client", has_text="последний вопрос")).not_to_be_in_viewport()


async def test_an_operator_accepts_hands_on_and_closes(page: Page, site: Portal) -> None:
    chat = next(iter(site.openlines.chats.values()))
    await page.click("#session-accept")
    await expect(page.locator(".session .person")).to_contain_text("Ольга Власова")
    await expect(page.locator("#session-accept")).to_be_disabled()
    await page.click("#menu-transfer")
    await page.locator(".menu-entry", has_text="Дмитрий Кузнецов").click()
    await expect(page.locator(".session .person")).to_contain_text("Дмитрий Кузнецов")
    assert chat.owner == 9
    await page.click("#session-close_dialog")
    await expect(page.locator("#session-state")).to_have_text("закрыт")
    await expect(page.locator("#session-close_dialog")).to_be_disabled()


async def test_a_deal_without_a_chat_gets_one(page: Page, site: Portal) -> None:
    await page.click("#card-2-8")
    await page.click("#first-words")
    await expect(page.locator(".message-client")).to_have_count(1)


async def test_notifications_of_employees_are_seen_and_their_links_open_cards(page: Page, site: Portal) -> None:
    site.office.notify(7, "Клиент ждёт: [URL=/crm/deal/details/3/]сделка[/URL]", author=0)
    await expect(page.locator("#notices .notice")).to_contain_text("Ирина Петрова")
    await expect(page.locator(".toast")).to_contain_text("Клиент ждёт: сделка")
    await expect(page.locator("#menu-bell .count")).to_have_text("1")
    await page.click("#notices a")
    await expect(page.locator(".panel-card h2").first).to_contain_text("Закрывающие документы")
    await page.keyboard.press("Escape")
    await expect(page.locator(".panel")).to_have_count(0)
    session = chat_of(site, 2).session_id
    site.office.notify(7, f"Ещё ждёт: [URL=/online/?IM_HISTORY=imol|{session}]диалог[/URL]", author=0)
    await page.click("#notices a >> text=диалог")
    await expect(page.locator("#card-2-2")).to_have_class("card is-chosen")
    await page.click("#menu-bell")
    await page.locator(".menu-entry", has_text="Отметить").click()
    await expect(page.locator("#menu-bell .count")).to_have_count(0)
