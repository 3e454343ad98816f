"""A robot is set up in the portal's own dialog: our page in its frame, the portal's windows over it; then it runs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import FrameLocator, Page, async_playwright, expect

from tests.acceptance.story import Story
from tests.portal_side import CHIEF, DEAL, WORK, Deal

pytestmark = pytest.mark.browser

PATIENCE_MS = 15_000


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about; a test that expects something takes it out."""
    return []


@pytest.fixture
async def page(story: Story, chromium: str, complaints: list[str]) -> AsyncIterator[Page]:
    """The portal in a browser; whatever the browser complains about fails the test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        await browser.close()
    assert complaints == []


async def set_up(page: Page, story: Story, code: str) -> FrameLocator:
    """Add a robot to the stage and open its settings."""
    await page.goto(story.service.portal_url)
    await page.click(f'[data-stage="{WORK}"] .robots-button')
    await page.select_option("#editor-add", code)
    return await settings_of(page)


async def settings_of(page: Page) -> FrameLocator:
    frame = page.frame_locator(".editor .frame-host iframe")
    await expect(frame.locator("body[data-ready]")).to_be_attached(timeout=PATIENCE_MS)
    return frame


async def choose(page: Page, option: str) -> None:
    """Choose in the window that the portal opens for a page."""
    await page.click(f'.picker [data-option="{option}"]')
    if await page.locator("#picker-done").count():
        await page.click("#picker-done")


async def saved(page: Page, story: Story) -> Any:
    """Press the portal's own button, and return what the robot is set to from now on."""
    await page.click("#editor-save")
    await expect(page.locator(".editor")).to_have_count(0)
    placed = (await story.read("view"))["automation"]
    (stage,) = [one for one in placed if (one["entityTypeId"], one["stageId"]) == (DEAL, WORK)]
    return stage["robots"][-1]["properties"]


async def tells(story: Story, deal: Deal, words: str) -> bool:
    return bool(await story.runs(deal)) and words in await story.log(deal)


async def example(page: Page, frame: FrameLocator, deal: Deal) -> None:
    await frame.locator("#choose-item").click()
    await choose(page, f"D_{deal.id}")
    await expect(frame.locator("#what-if-item")).to_contain_text("Расчёт зарплаты", timeout=PATIENCE_MS)


async def test_a_chain_is_built_looked_at_saved_and_runs(page: Page, story: Story) -> None:
    deal = await story.deal()
    frame = await set_up(page, story, "escalate_no_reply")
    await expect(frame.locator("#f-after_minutes")).to_have_value("15")
    await example(page, frame, deal)
    await expect(frame.locator("#headline")).to_have_text(re.compile(r"\d\d:\d\d: уведомление — Ирина Петрова"))

    await frame.locator("[data-start]").click()
    await expect(frame.locator("#f-after_minutes")).to_be_hidden()
    await frame.locator('[data-level="0"] .minutes').fill("20")
    await frame.locator("[data-add-level]").click()
    target = frame.locator('[data-level="1"] select').last
    await target.select_option("user:")
    await choose(page, str(CHIEF))
    await expect(frame.locator('[data-level="1"] .chip')).to_contain_text("Ирина Петрова")
    await frame.locator("#what-if-head").click()
    await expect(frame.locator("#what-if-body")).to_contain_text("срабатывает уровень 2 из 2")

    properties = await saved(page, story)
    assert properties["levels"] == f"20: notify owner\n35: notify user:{CHIEF}"
    assert properties["quiet_hours"] == "Y", "what nobody touched is told with its default"
    await story.move(deal)
    await story.until(lambda: tells(story, deal, "20 минут"), "the wait of the first level")


async def test_what_was_set_is_there_again(page: Page, story: Story) -> None:
    await story.place("escalate_no_reply", levels=f"5: add user:{CHIEF}\n10: reassign pool=duty, comment", mode="dry")
    await page.goto(story.service.portal_url)
    await page.click(f'[data-stage="{WORK}"] .robots-button')
    frame = await settings_of(page)
    await expect(frame.locator(".minutes")).to_have_count(2)
    await expect(frame.locator('[data-level="0"] .chip')).to_contain_text("Ирина Петрова")
    await expect(frame.locator("#shared-changed")).to_have_text("изменено: 1")

    await frame.locator('[data-level="0"] [data-tool="down"]').click()
    await frame.locator('[data-mode="text"]').click()
    text = frame.locator("#f-levels")
    await expect(text).to_have_value(f"5: reassign pool=duty, comment\n10: add user:{CHIEF}")
    await text.fill("5: shout")
    await expect(frame.locator("#e-levels")).to_contain_text("строка 1: непонятное действие «shout»")
    await frame.locator('[data-mode="builder"]').click()
    await expect(frame.locator(".toast.bad")).to_contain_text("не понимает")
    await text.fill("7: notify head")
    await expect(frame.locator("#e-levels")).to_be_hidden()
    await frame.locator('[data-mode="builder"]').click()
    await expect(frame.locator(".minutes")).to_have_value("7")
    await frame.locator('[data-tool="remove"]').click()
    await expect(frame.locator("[data-start]")).to_be_visible()
    await expect(frame.locator("#f-after_minutes")).to_be_visible()
    assert (await saved(page, story))["levels"] == ""


async def test_mistakes_are_told_at_their_fields(page: Page, story: Story) -> None:
    frame = await set_up(page, story, "send_message")
    await expect(frame.locator("#headline")).to_contain_text("Заполните поля со звёздочкой")
    await expect(frame.locator("#e-text")).to_be_hidden()
    await frame.locator("#f-text").fill("Добрый день, {clien.name}!")
    await expect(frame.locator("#e-text")).to_contain_text("нет такой подстановки: {clien.name}")
    await expect(frame.locator("#headline")).to_contain_text("Сначала исправьте")
    await frame.locator("#f-text").fill("")
    await expect(frame.locator("#e-text")).to_contain_text("не заполнено")
    await frame.locator("[data-field=text] [data-open-insert]").click()
    await frame.locator("#insert-find").fill("имя клиента")
    await frame.locator('[data-insert="{client.first_name}"]').click()
    await expect(frame.locator("#f-text")).to_have_value("{client.first_name}")
    await expect(frame.locator("#e-text")).to_be_hidden()
    assert (await saved(page, story))["text"] == "{client.first_name}"


async def test_a_message_is_seen_before_anybody_gets_it(page: Page, story: Story) -> None:
    deal = await story.deal(client="Марина Белова")
    frame = await set_up(page, story, "send_message")
    await frame.locator("#f-text").fill("Добрый день, {client.first_name}!")
    await example(page, frame, deal)
    await expect(frame.locator("#headline")).to_contain_text("Добрый день, Марина!")
    assert await story.outbox(deal) == []
    assert await story.runs(deal) == []


async def test_an_expression_stays_what_it_is(page: Page, story: Story) -> None:
    await story.place(
        "escalate_no_reply", after_minutes="{=Document:OPPORTUNITY}", escalate_to="{=Document:ASSIGNED_BY_ID}"
    )
    await page.goto(story.service.portal_url)
    await page.click(f'[data-stage="{WORK}"] .robots-button')
    frame = await settings_of(page)
    minutes = frame.locator("[data-field=after_minutes]")
    await expect(minutes.locator("[data-raw]")).to_have_value("{=Document:OPPORTUNITY}")
    await frame.locator("#f-client_text").fill("Смотрим.")
    properties = await saved(page, story)
    assert properties["after_minutes"] == "{=Document:OPPORTUNITY}"
    assert properties["escalate_to"] == "{=Document:ASSIGNED_BY_ID}"

    await page.click(f'[data-stage="{WORK}"] .robots-button')
    frame = await settings_of(page)
    minutes = frame.locator("[data-field=after_minutes]")
    await minutes.locator("[data-toggle]").click()
    await minutes.locator("#f-after_minutes").fill("25")
    assert (await saved(page, story))["after_minutes"] == "25"


async def test_people_are_chosen_and_taken_away(page: Page, story: Story) -> None:
    frame = await set_up(page, story, "escalate_no_reply")
    field = frame.locator("[data-field=escalate_to]")
    await field.locator("[data-choose]").click()
    await choose(page, str(CHIEF))
    await expect(field.locator(".chip")).to_contain_text("Ирина Петрова")
    await field.locator(".chip button").click()
    await expect(field.locator(".chip")).to_have_count(0)
    properties = await saved(page, story)
    assert [value for value in properties["escalate_to"] if value] == []


async def test_a_session_that_is_over_comes_back_by_itself(page: Page, story: Story, complaints: list[str]) -> None:
    deal = await story.deal()
    frame = await set_up(page, story, "escalate_no_reply")
    await example(page, frame, deal)
    await story.order("oauth/expire")
    other = await story.deal(client="Пётр Иванов")
    await frame.locator("#choose-item").click()
    await choose(page, f"D_{other.id}")
    await expect(frame.locator("#what-if")).to_have_attribute("data-state", "told", timeout=PATIENCE_MS)
    await expect(frame.locator("#lost")).to_be_hidden()
    assert all("401" in complaint for complaint in complaints)
    complaints.clear()


@pytest.mark.parametrize("width", [600, 380])
async def test_the_page_fits_the_dialog(page: Page, story: Story, width: int) -> None:
    frame = await set_up(page, story, "escalate_no_reply")
    await frame.locator("[data-start]").click()
    await frame.locator("#shared summary").click()
    host = page.locator(".editor .frame-host")
    await host.evaluate("(element, width) => { element.style.width = width + 'px'; }", width)
    sideways = "document.documentElement.scrollWidth - window.innerWidth"
    assert await frame.locator("body").evaluate(sideways) <= 0
    heights = "[document.getElementById('page').getBoundingClientRect().height, window.innerHeight]"

    async def fits() -> bool:
        """The frame asks the portal for more height, and gets it a moment later."""
        page_height, frame_height = await frame.locator("body").evaluate(heights)
        scrolls: int = await host.evaluate("element => element.scrollHeight")
        return bool(page_height <= frame_height + 1 or scrolls >= page_height)

    await story.until(fits, "a frame as high as its page", within=60)
