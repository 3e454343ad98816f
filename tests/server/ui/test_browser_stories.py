"""What an administrator does in a day, in a real browser that lets frames of other sites keep nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Frame, expect
from sqlalchemy import delete
from sqlmodel import col, select

from core.portals.settings import portal_settings
from core.portals.tables import Audit, Session
from core.runs.tables import Run
from core.texts.text import Text
from tests.core.runs.rows import call, effect, event, store
from tests.server.ui.stage import Stage, browsing, stage
from tests.server.ui.test_browser import SOON_MS, asleep, recent

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

#: A loaded machine may take longer than the promises, which have tests of their own.
expect.set_options(timeout=15_000)

UNAUTHORIZED = "Failed to load resource: the server responded with a status of 401 (Unauthorized)"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with browsing(chromium) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def show(schema: Path, tmp_path: Path, browser: Browser) -> AsyncIterator[Stage]:
    async with stage(schema, tmp_path, browser) as opened:
        yield opened
        assert opened.troubles == []


async def live(show: Stage, to: str = "") -> Frame:
    frame = await show.open(to=to)
    await expect(frame.locator("#live")).to_have_attribute("data-state", "live")
    return frame


async def runs(show: Stage) -> dict[str, Run]:
    async with show.database.session() as session:
        return {run.title: run for run in (await session.exec(select(Run).order_by(col(Run.created_at)))).all()}


async def titles(frame: Frame) -> list[str]:
    return await frame.locator("#rows bdi.item-title").all_inner_texts()


async def test_finding_runs(show: Stage) -> None:
    """Type, see how it was understood, take a condition away, drag over the picture, save, reload."""
    old = recent("старая", minutes_ago=60 * 23, status="failed")
    await store(
        show.database, old, recent("наша", item_id=7, status="failed"), recent("чужая"), recent("ещё", item_id=7)
    )
    frame = await live(show)
    assert await frame.evaluate(
        "(() => { try { return typeof localStorage; } catch (error) { return error.name; } })()"
    ) == ("SecurityError"), "this browser must let us keep nothing"
    await frame.locator("#q").fill("deal:7 status:ошибка")
    await expect(frame.locator(".chip")).to_have_text(["Сделка #7", "Ошибка"])
    assert await titles(frame) == ["наша"]
    await frame.get_by_role("link", name="Убрать условие: Ошибка").click()
    await expect(frame.locator("#rows > tr")).to_have_count(2)
    await expect(frame.locator("#q")).to_have_value("deal:7")
    await frame.get_by_role("button", name="Сохранить отбор").click()
    await frame.get_by_role("dialog").get_by_role("textbox").fill("Седьмая")
    await frame.get_by_role("dialog").get_by_role("button", name="Сохранить").click()
    await expect(frame.get_by_role("link", name="Седьмая")).to_have_attribute("aria-current", "true")
    await frame.get_by_role("link", name="Запуски").click()
    await frame.get_by_role("link", name="Седьмая").click()
    await expect(frame.locator("#rows > tr")).to_have_count(2)
    await frame.evaluate("location.reload()")
    await expect(frame.locator("#q")).to_have_value("deal:7")
    await frame.get_by_role("link", name="Запуски").click()
    await expect(frame.locator("#rows > tr")).to_have_count(4)
    box = await frame.locator("svg.plot").bounding_box()
    assert box is not None
    await show.page.mouse.move(box["x"] + 2, box["y"] + 40)
    await show.page.mouse.down()
    await show.page.mouse.move(box["x"] + box["width"] / 3, box["y"] + 40, steps=4)
    await show.page.mouse.up()
    await expect(frame.locator(".chip")).to_have_count(2)
    assert await titles(frame) == ["старая"]


async def test_a_table_is_taken_along(show: Stage) -> None:
    await store(show.database, recent("=1+1"), recent("Окна"))
    frame = await live(show)
    async with show.page.expect_download() as waiting:
        await frame.get_by_role("button", name="CSV").click()
    download = await waiting.value
    assert re.fullmatch(r"dezhurny-runs-\d{4}-\d\d-\d\d\.csv", download.suggested_filename)
    text = (await download.path()).read_text(encoding="utf-8-sig")
    assert {row[8] for row in csv.reader(io.StringIO(text), delimiter=";")} == {"Название", "'=1+1", "Окна"}


async def test_many_at_once_by_keyboard_and_mouse(show: Stage) -> None:
    """Tick with x, press r, read what would come of it, confirm; then stop what is asleep."""
    sent = recent("первая", minutes_ago=1, status="failed")
    await store(show.database, sent, recent("вторая", minutes_ago=2, status="failed"), asleep("спит"), effect(sent, 1))
    frame = await live(show)
    await frame.locator("h1").click()
    for key in ("j", "x", "j", "x"):
        await show.page.keyboard.press(key)
    await expect(frame.locator("#bulk")).to_contain_text("Выбрано 2")
    await show.page.keyboard.press("r")
    dialog = frame.get_by_role("dialog")
    await expect(dialog.get_by_role("listitem")).to_have_text(
        ["2 запуска.", "1 действие в портале уже сделано и не повторится."]
    )
    await dialog.get_by_role("button", name="Повторить").click()
    await expect(frame.get_by_text("2 запуска изменены.")).to_be_visible()
    await expect(frame.locator("#bulk")).to_be_hidden()
    assert {title: run.status for title, run in (await runs(show)).items()} == {
        "первая": "waiting",
        "вторая": "waiting",
        "спит": "waiting",
    }
    await frame.locator("input.pick").last.check()
    await frame.get_by_role("button", name="Выбрать все найденные").click()
    await expect(frame.locator("#bulk")).to_contain_text("все найденные")
    await frame.locator("#bulk").get_by_role("button", name="Остановить").click()
    await expect(dialog.get_by_role("listitem").first).to_have_text("3 запуска.")
    await dialog.get_by_role("textbox").fill("Праздник")
    await dialog.get_by_role("button", name="Остановить").click()
    await expect(frame.get_by_text("3 запуска изменены.")).to_be_visible()
    assert {run.cancel_requested for run in (await runs(show)).values()} == {"Анна: Праздник"}


async def test_errors_by_their_cause(show: Stage) -> None:
    said = Text("Отказ сотруднику 17", "Refused to 17").as_json()
    again = Text("Отказ сотруднику 4", "Refused to 4").as_json()
    await store(
        show.database,
        recent("a", status="failed", reason=said),
        recent("b", status="failed", reason=again),
        recent("c", status="failed"),
    )
    frame = await live(show)
    await frame.get_by_role("link", name="По причинам").click()
    await expect(frame.locator(".cause-count")).to_have_text(["2", "1"])
    await frame.get_by_role("link", name="Показать запуски").first.click()
    await expect(frame.locator("#rows > tr")).to_have_count(2)
    await frame.evaluate("history.back()")
    await frame.get_by_role("button", name="Повторить группу").first.click()
    await expect(frame.get_by_role("dialog").get_by_role("listitem").first).to_have_text("2 запуска.")
    await frame.get_by_role("dialog").get_by_role("button", name="Повторить").click()
    await expect(frame.locator(".cause-count")).to_have_text(["1"])


async def test_one_run_from_all_sides(show: Stage) -> None:
    """Its views, its times, a link for a colleague, an effect taken back, another run with other values."""
    one = recent("Окна", status="failed", properties={"minutes": "30", "text": "звоните +7 912 345-67-89"})
    body = {"chat_id": 5, "title": "новое", "seen_title": "старое"}
    renamed = effect(one, 1, kind="rename_dialog", body=body, summary=Text("Название", "Title").as_json())
    await store(
        show.database, one, renamed, call(one, "crm.item.get"), event(one, "decided", Text("Решено", "Decided"))
    )
    frame = await live(show)
    await frame.get_by_role("link", name="Эскалация, если нет ответа").click()
    for view, shown in (("Водопад", ".fall"), ("Вызовы REST", ".calls"), ("Сырые данные", ".tree")):
        await frame.get_by_role("link", name=view).click()
        await expect(frame.locator(shown)).to_be_visible()
    await frame.locator("[data-tree-search]").fill("звоните")
    await expect(frame.locator(".tree .found")).to_have_count(1)
    await frame.get_by_role("button", name="Показать телефоны и почту").click()
    await frame.get_by_role("dialog").get_by_role("button", name="Показать телефоны и почту").click()
    await expect(frame.locator(".tree")).to_contain_text("912 345-67-89")
    await frame.evaluate("import('/static/redraw.js').then(({ redraw }) => redraw({ gently: true }))")
    await expect(frame.locator(".htmx-request")).to_have_count(0)
    await expect(frame.locator(".tree")).to_contain_text("912 345-67-89")
    await frame.get_by_role("link", name="Хронология").click()
    await frame.get_by_role("button", name="от начала").click()
    await expect(frame.locator(".timeline time").first).to_have_text("+00:00:00")
    await frame.get_by_role("button", name="Ссылка").click()
    await expect(frame.get_by_text("Скопировано.")).to_be_visible()
    await frame.locator(".deeds").get_by_role("button", name="Отменить").click()
    await expect(frame.get_by_role("dialog")).to_contain_text("Будет: Название диалога: «старое».")
    await frame.get_by_role("dialog").get_by_role("button", name="Отменить").click()
    await expect(frame.locator(".deeds")).to_contain_text("отменено: ожидает")
    await frame.get_by_text("Повторить", exact=True).click()
    await frame.get_by_role("link", name="С другими настройками").click()
    await frame.get_by_label("Сколько ждать, минут").fill("45")
    asked: list[str] = []
    show.page.on("request", lambda request: asked.append(request.url))
    await frame.get_by_role("button", name="Запустить").click()
    await expect(frame.locator(".timeline")).to_contain_text("Анна: повтор с другими значениями: Сколько ждать, минут.")
    assert not [address for address in asked if "minutes" in address]
    async with show.database.session() as session:
        copies = (await session.exec(select(Run).where(Run.copy_of == one.id).order_by(col(Run.id)))).all()
        audited = (await session.exec(select(Audit.action).order_by(col(Audit.id)))).all()
    assert [copy.robot for copy in copies] == ["take_back", "escalate_no_reply"]
    assert copies[1].properties == {"minutes": "45", "text": "звоните +7 912 345-67-89"}
    assert list(audited) == ["reveal", "undo", "retry_edited"]


async def test_news_leave_a_page_alone_that_is_filled_in_or_left(show: Stage) -> None:
    """What happens meanwhile neither empties a form nor draws the page that was left over the next one."""
    one = recent("Окна", status="failed")
    await store(show.database, one)
    frame = await live(show)
    await frame.get_by_role("link", name="Эскалация, если нет ответа").click()
    await expect(frame.locator(".run-item")).to_contain_text("Окна")
    await frame.evaluate("import('/static/redraw.js').then(({ redraw }) => redraw())")
    await show.go(f"/ui/runs/{one.id}?tab=edit")
    minutes = frame.get_by_label("Сколько ждать, минут")
    await minutes.fill("45")
    await store(show.database, event(one, "woke", Text("Клиент получил ответ", "The client was answered")))
    await frame.evaluate("import('/static/redraw.js').then(({ redraw }) => redraw({ gently: true }))")
    await expect(frame.locator(".htmx-request")).to_have_count(0)
    await expect(minutes).to_have_value("45")


async def test_timers_are_moved_together(show: Stage) -> None:
    one, other = asleep("первый"), asleep("второй")
    assert one.wake_at is not None
    due = one.wake_at = one.wake_at.replace(microsecond=0)
    data = {"due": due.isoformat(), "counted": [[one.created_at.isoformat(), due.isoformat()]]}
    await store(show.database, one, other, event(one, "waits", Text("33 мин", "33 min"), data=data))
    frame = await live(show, "/timers")
    await frame.get_by_text("Как посчитано").click()
    await expect(frame.locator(".reckoned .wait-bar")).to_be_visible()
    await frame.get_by_label("Выбрать все на странице").check()
    await frame.get_by_role("button", name="Сдвинуть").click()
    await frame.get_by_role("dialog").get_by_role("spinbutton").fill("60")
    await frame.get_by_role("dialog").get_by_role("button", name="Перенести").click()
    await expect(frame.get_by_text("2 запуска изменены.")).to_be_visible()
    assert (await runs(show))["первый"].wake_at == due + timedelta(hours=1)
    await expect(frame.get_by_text("Как посчитано")).to_have_count(0)


async def test_late_waits_are_asked_about_and_decided_on(show: Stage) -> None:
    """The choice is made in the settings; then one is done from its page and the other skipped from the list."""
    frame = await live(show)
    await show.go("/ui/settings")
    part = frame.get_by_role("form", name="Ожидания, которые опоздали")
    await part.get_by_text("Спросить о слишком поздних").click()
    await part.get_by_role("combobox").select_option("4 ч")
    await part.get_by_role("button", name="Сохранить").click()
    await expect(frame.get_by_text("Сохранено")).to_be_visible()
    kept = await portal_settings("alpha", show.database)
    assert (kept["overdue"], kept["overdue_minutes"]) == ("ask", 240)
    one, other = asleep("первый"), asleep("второй")
    one.status = other.status = "held"
    await store(show.database, one, other)
    await show.go(f"/ui/runs/{one.id}")
    await frame.get_by_role("button", name="Выполнить сейчас").click()
    await expect(frame.get_by_text("Нужно ваше решение")).to_have_count(0)
    frame = await live(show)
    await frame.get_by_role("link", name="Нужно решение").click()
    await expect(frame.locator("#rows > tr")).to_have_count(1)
    await frame.locator("input.pick").check()
    await frame.locator("#bulk").get_by_role("button", name="Пропустить").click()
    await frame.get_by_role("dialog").get_by_role("button", name="Пропустить").click()
    await expect(frame.get_by_text("1 запуск изменён.")).to_be_visible()
    assert {run.status for run in (await runs(show)).values()} == {"waiting"}


async def test_a_run_beside_the_list(show: Stage) -> None:
    """A slider has a session and a stream of its own; when it is closed, nobody is reported an error."""
    one = asleep("Окна")
    await store(show.database, one)
    frame = await live(show)
    await frame.locator("#rows > tr").hover()
    await frame.get_by_role("button", name="Открыть в слайдере").click()
    slider = show.page.frame_locator("iframe.slider")
    await expect(slider.locator(".run-item")).to_contain_text("Окна")
    await expect(slider.locator("#live")).to_have_attribute("data-state", "live")
    await store(show.database, event(one, "woke", Text("Клиент получил ответ", "The client was answered")))
    await expect(slider.get_by_text("Клиент получил ответ")).to_be_visible(timeout=5 * SOON_MS)
    await show.page.evaluate("closeSlider()")
    await store(show.database, recent("после", minutes_ago=0))
    await frame.locator("#pill").click()
    await expect(frame.get_by_text("после")).to_be_visible()


async def test_a_stream_that_breaks_comes_back_with_a_new_session(show: Stage) -> None:
    frame = await live(show)
    async with show.database.session() as session:
        await session.exec(delete(Session))
    await frame.evaluate("document.getElementById('live')._htmx.sse.reader.cancel()")
    await expect(frame.locator("#live")).not_to_have_attribute("data-state", "live")
    await store(show.database, recent("после", minutes_ago=0))
    await expect(frame.get_by_text("после")).to_be_visible(timeout=20 * SOON_MS)
    await expect(frame.locator("#live")).to_have_attribute("data-state", "live")
    assert all(trouble == UNAUTHORIZED or "status 401" in trouble for trouble in show.troubles)
    show.troubles.clear()


async def test_health_and_numbers(show: Stage) -> None:
    await store(show.database, recent("Окна", status="failed"), recent("Двери"))
    frame = await live(show)
    await frame.locator("h1").click()
    await show.page.keyboard.press("g")
    await show.page.keyboard.press("h")
    await expect(frame.get_by_role("heading", name="Здоровье")).to_be_visible()
    await expect(frame.locator("#asked-checks, #asked .health-checks").first).to_be_visible(timeout=20 * SOON_MS)
    await expect(frame.get_by_text("страница узнаёт новости сразу")).to_be_visible()
    await show.page.keyboard.press("g")
    await show.page.keyboard.press("s")
    await expect(frame.get_by_role("heading", name="Статистика")).to_be_visible()
    await frame.locator(".days .bar.red").click()
    await expect(frame.locator("#rows > tr")).to_have_count(1)
    assert await titles(frame) == ["Окна"]
    await show.page.keyboard.press("?")
    await expect(frame.get_by_role("dialog", name="Клавиши")).to_be_visible()


async def test_a_page_loaded_anew_in_a_high_frame_does_not_stay_as_high(show: Stage) -> None:
    frame = await live(show)
    told = """() => {
        window.heights = [];
        window.addEventListener("message", (event) => {
            const height = /^resizeWindow:.*?"height":(\\d+)/.exec(event.data)?.[1];
            if (height) window.heights.push(Number(height));
        });
        document.querySelector("iframe").style.height = "4000px";
    }"""
    await show.page.evaluate(told)
    await frame.evaluate("location.reload()")
    await show.page.wait_for_function("window.heights.some((height) => height < 3000)")
