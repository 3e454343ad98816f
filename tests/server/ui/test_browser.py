"""Our pages in a real browser, inside a page that plays the portal."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect
from playwright.async_api import Error as PlaywrightError
from sqlalchemy import delete, update
from sqlmodel import col

from core.portals.tables import Portal, Session
from core.runs.tables import Run
from core.texts.text import Text
from tests.core.runs.rows import event, run, store
from tests.server.ui.stage import Stage, browsing, stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

#: A moved deal must be seen within a second.
SOON_MS = 15_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with browsing(chromium) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def show(schema: Path, tmp_path: Path, browser: Browser) -> AsyncIterator[Stage]:
    async with stage(schema, tmp_path, browser) as opened:
        yield opened
        assert opened.troubles == []


def recent(title: str, *, minutes_ago: float = 5, **fields: Any) -> Run:
    """A run of just now: browsers have no fake clock."""
    made = run(title=title, **fields)
    made.created_at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    made.expires_at = made.created_at + timedelta(days=30)
    if made.finished_at:
        made.finished_at = made.created_at + timedelta(seconds=3)
    return made


def asleep(title: str) -> Run:
    return recent(
        title, status="waiting", result="", finished_at=None, wake_at=datetime.now(UTC) + timedelta(minutes=28)
    )


async def test_a_run_is_seen_within_a_second_and_nothing_is_executed(show: Stage) -> None:
    await store(show.database, recent('"><img src=x onerror=alert(1)>', reason=Text("<script>alert(2)", "x").as_json()))
    frame = await show.open()
    await expect(frame.locator("#live")).to_have_attribute("data-state", "live")
    await expect(frame.locator("bdi.item-title")).to_have_text('"><img src=x onerror=alert(1)>')
    assert await frame.evaluate("document.body.hasAttribute('data-token')") is False
    await store(show.database, recent("Новая сделка", minutes_ago=0))
    await expect(frame.get_by_text("Новая сделка")).to_be_visible(timeout=SOON_MS)
    assert await frame.locator("#rows > tr").count() == 2
    assert await frame.locator("#rows > tr").first.inner_text() != ""
    assert "setTitle" in await show.said()
    assert not await show.scrolls_sideways()


async def test_the_first_run_comes_in_by_itself_wherever_one_looks(show: Stage) -> None:
    await show.page.set_viewport_size({"width": 560, "height": 300})
    frame = await show.open()
    await expect(frame.locator("#live")).to_have_attribute("data-state", "live")
    await expect(frame.locator("#results .list-head")).not_to_be_in_viewport()
    await store(show.database, recent("Первая сделка", minutes_ago=0))
    await expect(frame.locator("bdi.item-title")).to_have_text("Первая сделка")
    await expect(frame.locator("#nothing")).to_have_count(0)
    await expect(frame.locator("#pill")).to_be_hidden()
    await expect(frame.get_by_role("heading", name="Всё работает")).to_be_visible()


async def test_rows_wait_on_while_another_part_of_the_page_changes(show: Stage) -> None:
    await show.page.set_viewport_size({"width": 560, "height": 300})
    await store(show.database, recent("Первая сделка"))
    frame = await show.open()
    await expect(frame.locator("#live")).to_have_attribute("data-state", "live")
    await expect(frame.locator("#results .list-head")).not_to_be_in_viewport()
    await store(show.database, recent("Вторая сделка", minutes_ago=0))
    await expect(frame.locator("#pill")).to_have_text("1 новый")
    await frame.evaluate("document.dispatchEvent(new CustomEvent('htmx:after:swap'))")
    await frame.evaluate("document.querySelector('#pill').click()")
    await expect(frame.locator("bdi.item-title").first).to_have_text("Вторая сделка")


async def test_a_row_changes_where_it_stands(show: Stage) -> None:
    one = asleep("Окна на дачу")
    await store(show.database, one, recent("Другая", minutes_ago=1))
    frame = await show.open()
    await expect(frame.locator("#live")).to_have_attribute("data-state", "live")
    row = frame.locator(f"#run-{one.id}")
    await expect(row.locator(".badge")).to_have_text("Ожидает")
    await row.hover()
    async with show.database.session() as session:
        await session.exec(
            update(Run)
            .where(col(Run.id) == one.id)
            .values(status="cancelled", result="cancelled_reply", wake_at=None, finished_at=datetime.now(UTC))
        )
        session.add(event(one, "ended", Text("Ответили", "Answered")))
    await expect(row.locator(".badge")).to_have_text("Отменён", timeout=SOON_MS)
    assert await frame.locator("#rows > tr").nth(1).get_attribute("id") == f"run-{one.id}"


async def test_new_rows_wait_while_somebody_points_at_the_list(show: Stage) -> None:
    await store(show.database, recent("Старая"))
    frame = await show.open()
    await expect(frame.locator("#live")).to_have_attribute("data-state", "live")
    await frame.locator("#rows > tr").hover()
    await store(show.database, recent("Первая", minutes_ago=0), recent("Вторая", minutes_ago=0))
    pill = frame.locator("#pill")
    await expect(pill).to_have_text("2 новых", timeout=SOON_MS)
    assert await frame.locator("#rows > tr").count() == 1
    await pill.click()
    await expect(frame.locator("#rows > tr")).to_have_count(3)
    await expect(pill).to_be_hidden()


async def test_a_filter_applies_to_what_comes(show: Stage) -> None:
    frame = await show.open()
    await expect(frame.get_by_text("Запусков пока нет")).to_be_visible()
    await frame.locator("#q").fill("deal:7")
    await expect(frame.get_by_text("Ничего не найдено")).to_be_visible()
    await store(show.database, recent("чужая", minutes_ago=0), recent("наша", minutes_ago=0, item_id=7))
    await expect(frame.get_by_text("наша")).to_be_visible(timeout=SOON_MS)
    await expect(frame.get_by_text("чужая")).to_have_count(0)


async def test_one_run_goes_on_before_our_eyes(show: Stage) -> None:
    one = asleep("Окна на дачу")
    assert one.wake_at is not None
    data = {"due": one.wake_at.isoformat(), "counted": [[one.created_at.isoformat(), one.wake_at.isoformat()]]}
    await store(show.database, one, event(one, "waits", Text("33 мин до 18:00", "33 min"), data=data))
    frame = await show.open()
    await frame.get_by_role("link", name="Эскалация, если нет ответа").click()
    await expect(frame.locator(".timeline li")).to_have_count(2)
    assert frame.url.endswith(f"/ui/runs/{one.id}")
    await expect(frame.locator("time[data-countdown]")).to_have_text(re.compile("через (27|28) минут"))
    await expect(frame.locator("#live")).to_have_attribute("data-state", "live")
    await store(show.database, event(one, "woke", Text("Клиент получил ответ", "The client was answered")))
    await expect(frame.get_by_text("Клиент получил ответ")).to_be_visible(timeout=SOON_MS)
    await frame.get_by_role("link", name="Журнал").click()
    await expect(frame.locator("#rows > tr")).to_have_count(1)
    await frame.evaluate("history.back()")
    await expect(frame.locator(".timeline li")).to_have_count(3)


async def test_the_way_back_leads_to_the_list_as_it_was_filtered(show: Stage) -> None:
    await store(show.database, recent("чужая"), recent("наша", item_id=7))
    frame = await show.open()
    await frame.locator("#q").fill("deal:7")
    await expect(frame.locator("#rows > tr")).to_have_count(1)
    await frame.get_by_role("link", name="Эскалация, если нет ответа").click()
    await frame.get_by_role("link", name="Журнал").click()
    await expect(frame.locator("#q")).to_have_value("deal:7")
    await expect(frame.locator("#rows > tr")).to_have_count(1)


@pytest.mark.parametrize("first", ["/ui/timers", "/ui/robots"])
async def test_of_two_pages_the_later_one_is_shown(show: Stage, first: str) -> None:
    asked = ("/ui/timers", "/ui/robots")
    answers = {address: asyncio.Event() for address in asked}
    frame = await show.open()

    async def hold(route: Route) -> None:
        await answers[urlsplit(route.request.url).path].wait()
        # A page that nobody wants any more is not waited for.
        with suppress(PlaywrightError):
            await route.continue_()

    for address in asked:
        await show.page.route(f"**{address}", hold)
        async with show.page.expect_request(f"**{address}"):
            await frame.locator(f'nav a[href="{address}"]').click()
    for address in sorted(asked, key=lambda one: one != first):
        answers[address].set()
        await frame.evaluate("new Promise((resolve) => setTimeout(resolve, 200))")
    await expect(frame.get_by_role("heading", name="Роботы", exact=True)).to_be_visible()
    assert frame.url.endswith("/ui/robots")


async def test_a_reloaded_frame_comes_in_by_itself(show: Stage) -> None:
    await store(show.database, recent("Окна на дачу"))
    frame = await show.open()
    await expect(frame.get_by_text("Окна на дачу")).to_be_visible()
    await frame.evaluate("location.reload()")
    await show.page.wait_for_function("said.includes('getInitData')")
    await expect(frame.get_by_text("Окна на дачу")).to_be_visible()
    await expect(frame.locator("#live")).to_have_attribute("data-state", "live")


async def test_a_session_that_ended_is_renewed_behind_the_scenes(show: Stage) -> None:
    await store(show.database, asleep("Окна на дачу"))
    frame = await show.open()
    await expect(frame.locator("#live")).to_have_attribute("data-state", "live")
    async with show.database.session() as session:
        await session.exec(delete(Session))
    await frame.get_by_role("link", name="Таймеры").click()
    await expect(frame.get_by_role("heading", name="Что сработает")).to_be_visible()
    await expect(frame.locator("#live")).to_have_attribute("data-state", "live")
    # However many requests find the session gone, the portal is asked once.
    assert (await show.said()).count("getInitData") == 1
    assert set(show.troubles) == {"Failed to load resource: the server responded with a status of 401 (Unauthorized)"}
    show.troubles.clear()


async def test_when_the_portal_does_not_know_us_any_more_the_page_says_so(show: Stage) -> None:
    frame = await show.open()
    await expect(frame.locator("#live")).to_have_attribute("data-state", "live")
    await show.page.evaluate("knows = false")
    async with show.database.session() as session:
        await session.exec(delete(Session))
    await frame.get_by_role("link", name="Таймеры").click()
    await expect(frame.get_by_role("alertdialog", name="Сеанс истёк")).to_be_visible()
    show.troubles.clear()


async def test_stopping_a_run_asks_first(show: Stage) -> None:
    one = asleep("Окна на дачу")
    await store(show.database, one)
    frame = await show.open()
    await frame.get_by_role("link", name="Эскалация, если нет ответа").click()
    await frame.get_by_role("button", name="Остановить").click()
    dialog = frame.get_by_role("dialog")
    await expect(dialog).to_contain_text("Остановить запуск?")
    await dialog.get_by_role("textbox").fill("Клиент передумал")
    await dialog.get_by_role("button", name="Остановить").click()
    await expect(frame.get_by_text("Готово.")).to_be_visible()
    async with show.database.session() as session:
        row = await session.get(Run, one.id)
    assert row is not None
    assert row.cancel_requested == "Анна: Клиент передумал"


async def test_the_keyboard(show: Stage) -> None:
    await store(show.database, recent("Вторая", minutes_ago=9), recent("Первая", minutes_ago=5))
    frame = await show.open()
    await frame.locator("h1").click()
    await show.page.keyboard.press("/")
    await expect(frame.locator("#q")).to_be_focused()
    await show.page.keyboard.press("Escape")
    await show.page.keyboard.press("j")
    await show.page.keyboard.press("j")
    await expect(frame.locator(".row-link").nth(1)).to_be_focused()
    await show.page.keyboard.press("Enter")
    await expect(frame.locator(".run-item")).to_contain_text("Вторая")


@pytest.mark.parametrize("width", [1280, 360])
async def test_no_page_is_wider_than_its_frame(show: Stage, width: int) -> None:
    one = asleep("Очень длинное название сделки, " * 5)
    await store(show.database, one, event(one, "waits", Text("Слово" * 40, "Word" * 40)))
    await show.page.set_viewport_size({"width": width, "height": 720})
    frame = await show.open()
    await expect(frame.locator("#rows > tr")).to_have_count(1)
    assert not await show.scrolls_sideways()
    await frame.get_by_role("link", name="Таймеры").click()
    await expect(frame.get_by_role("heading", name="Что сработает")).to_be_visible()
    assert not await show.scrolls_sideways()
    await frame.get_by_role("link", name="Эскалация, если нет ответа").click()
    await expect(frame.locator(".timeline li")).to_have_count(2)
    assert not await show.scrolls_sideways()


async def test_the_installation_finishes_by_itself(show: Stage) -> None:
    async with show.database.session() as session:
        await session.exec(update(Portal).values(robots_fingerprint="told"))
    frame = await show.open("/b24/install")
    await expect(frame.get_by_role("heading", name="Готово")).to_be_visible()
    await expect(frame.get_by_text("Роботы уже есть в воронках.")).to_be_visible()
    await show.page.wait_for_function("said.includes('setInstallFinish')")


async def test_the_installation_says_when_it_waits_for_a_worker(show: Stage) -> None:
    frame = await show.open("/b24/install")
    await expect(frame.get_by_text("Ждём рабочий процесс.")).to_be_visible()


async def test_outside_of_a_portal_the_page_is_friendly(show: Stage) -> None:
    await show.page.goto(f"{show.app_url}/ui/runs")
    await expect(show.page.get_by_role("heading", name="Откройте внутри Битрикс24")).to_be_visible()
