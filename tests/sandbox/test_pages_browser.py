"""The pages in a browser: what a person does there reaches the portal, and what happens there is seen at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import ConsoleMessage, Error, FrameLocator, Page, async_playwright, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.apps import App, Placement, Registration
from sandbox.faults import Fault
from sandbox.main import serve
from sandbox.portal import Portal
from sandbox.scenario import reset
from sandbox.switches import Switches
from sandbox.wire import Json
from tests.sandbox.conftest import SCOPE, Receiver
from tests.sandbox.demo_dialogs import chat_of

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
fixture = pytest_asyncio.fixture(loop_scope="module")

WITHIN_MS = 5_000
HOSTILE = '<img src=x onerror="document.title=1"> [b]жирно[/b] [url=javascript:alert(1)]ссылка[/url]'
#: A page of an application that speaks with the portal and shows what it hears.
APP_SCRIPT = """
const [domain, protocol, sid] = window.name.split("|");
const origin = `${protocol === "1" ? "https" : "http"}://${domain}`;
const heard = [];
window.addEventListener("message", (event) => {
  if (event.origin !== origin) return;
  heard.push(event.data);
  document.getElementById("heard").textContent = heard.join("\\n");
});
window.ask = (text) => parent.postMessage(text, origin);
window.sid = sid;
"""


async def app_page(request: Request) -> Response:
    """Show the form and the query that the portal opened the page with."""
    form = (await request.body()).decode()
    lines = "".join(f"<li>{part}</li>" for part in [*form.split("&"), *str(request.url.query).split("&")])
    script = f"<script>{APP_SCRIPT}</script>"
    return HTMLResponse(f"<!doctype html><body><ul id=given>{lines}</ul><pre id=heard></pre>{script}</body>")


@contextlib.asynccontextmanager
async def application() -> AsyncIterator[str]:
    """Run the application's page at an address of another site than the portal's."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = Starlette(routes=[Route("/b24/app", app_page, methods=["POST"])])
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await running


def installed(portal: Portal, address: str) -> None:
    """Install an application with a robot of every type of property and a tab in the card of a deal."""
    app = App("local.1", "secret", "a" * 32, SCOPE, f"{address}/b24/app", "")
    app.registrations["escalate_no_reply"] = Registration(
        code="escalate_no_reply",
        kind="robot",
        handler=f"{address}/b24/robot/escalate_no_reply",
        name={"ru": "Эскалация", "en": "Escalation"},
        use_subscription="Y",
        properties={
            "after_minutes": {"Name": {"ru": "Минуты", "en": "Minutes"}, "Type": "int", "Default": "15"},
            "note": {"Name": "Заметка", "Type": "string"},
            "levels": {"Name": "Уровни", "Type": "text"},
            "action": {"Name": "Что", "Type": "select", "Options": {"notify": "Уведомить", "task": "Задача"}},
            "escalate_to": {"Name": "Кому", "Type": "user", "Multiple": "Y"},
            "quiet_hours": {"Name": "Тихо", "Type": "bool", "Default": "Y"},
        },
        return_properties={"result": {"Name": {"ru": "Итог", "en": "Result"}, "Type": "string"}},
    )
    titles: dict[str, Json] = {"ru": {"TITLE": "Дежурный"}, "en": {"TITLE": "Dezhurny"}}
    tab = Placement("CRM_DEAL_DETAIL_TAB", f"{address}/b24/app", "Dezhurny", "", {}, titles, 0)
    app.placements.append(tab)
    portal.apps.install(app, by=portal.people.users[1])


module_fixture = pytest_asyncio.fixture(scope="module", loop_scope="module")


@module_fixture
async def address() -> AsyncIterator[str]:
    async with application() as found:
        yield found


@module_fixture
async def served() -> AsyncIterator[Portal]:
    """A portal on a socket, for all tests of the module; each begins it anew."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        portal = Portal(speed=0, origin=f"http://localhost:{listening.getsockname()[1]}", client=Receiver().client)
        reset(portal, "demo")
        running = asyncio.create_task(serve(portal=portal, sock=listening))
        yield portal
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@module_fixture
async def window(chromium: str) -> AsyncIterator[Page]:
    """The one window of the module: opening another costs as much as a test."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await opened.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(WITHIN_MS)
        yield page
        await opened.close()


@fixture
async def site(served: Portal, address: str) -> Portal:
    """The demo as it begins, with an application installed; its clock stands still."""
    served.clock.run_at(0)
    served.lang, served.switches, served.closing = "ru", Switches(), False
    reset(served, "demo")
    installed(served, address)
    return served


@fixture
async def complaints(window: Page) -> AsyncIterator[list[str]]:
    """What the console of the page has said; a test that expects something there takes it out."""
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    def fail(error: Error) -> None:
        said.append(str(error))

    window.on("console", note)
    window.on("pageerror", fail)
    yield said
    window.remove_listener("console", note)
    window.remove_listener("pageerror", fail)


@fixture
async def page(window: Page, site: Portal, complaints: list[str]) -> AsyncIterator[Page]:
    """The portal's page as a newcomer sees it; complaints in its console fail the test."""
    await window.goto(site.origin)
    await expect(window.locator("#card-2-1")).to_be_visible()
    yield window
    assert complaints == []


async def ask(frame: FrameLocator, command: str, params: object = None, *, key: str = "k1") -> None:
    """Let the page in a frame ask something of the portal, in the words of the protocol."""
    parts = [command, *([json.dumps(params, ensure_ascii=False)] if params else []), key]
    await frame.locator("#heard").evaluate("(_, text) => window.ask(`${text}:${window.sid}`)", ":".join(parts))


def in_app(page: Page, place: str = "#app-host") -> FrameLocator:
    return page.frame_locator(f"{place} iframe")


async def drag(page: Page, card: str, stage: str) -> None:
    taken = await page.locator(card).bounding_box()
    target = await page.locator(f'[data-stage="{stage}"]').bounding_box()
    assert taken is not None
    assert target is not None
    await page.mouse.move(taken["x"] + 40, taken["y"] + taken["height"] - 8)
    await page.mouse.down()
    await page.mouse.move(taken["x"] + 60, taken["y"] + 30)
    await page.mouse.move(target["x"] + target["width"] / 2, target["y"] + target["height"] / 2, steps=4)
    await page.mouse.up()


# The story ----------------------------------------------------------------------------------------------------------


async def test_the_story_of_the_demo_can_be_played(page: Page, site: Portal) -> None:
    await expect(page.locator(".hint.is-next")).to_have_attribute("data-hint", "move")
    await drag(page, "#card-2-1", "C3:WORK")
    await expect(page.locator('[data-stage="C3:WORK"] #card-2-1')).to_be_visible()
    deal = site.crm.items[(2, 1)]
    assert deal.stage_id == "C3:WORK"
    assert [one.stage_id for one in site.bizproc.history] == ["C3:WORK"], "robots of the stage have started"

    await expect(page.locator(".hint.is-next")).to_have_attribute("data-hint", "open")
    await in_app(page).locator("#given").click()
    await expect(page.locator(".hint.is-next")).to_have_attribute("data-hint", "answer")

    await page.fill("#chat-text", "Расчёт будет завтра к обеду")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message-staff").last).to_contain_text("Расчёт будет завтра к обеду")
    await expect(page.locator(".message-staff .reach-yes").last).to_be_visible()
    assert site.journal.outbox[-1].text == "Расчёт будет завтра к обеду"
    await expect(page.locator("#card-2-1 .mark-calm")).to_be_visible()
    await expect(page.locator(".hint.is-done")).to_have_count(3)

    before = site.now()
    await page.click("#clock-plus_30")
    await expect(page.locator(".clock-time")).to_have_text("11:30")
    assert (site.now() - before).total_seconds() == 1800


async def test_the_page_fits_a_small_screen_without_scrolling(page: Page, site: Portal) -> None:
    sizes = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert await page.evaluate(sizes) == [1280, 720]
    await expect(page.locator("#banner")).to_have_text("Демо: данные исчезнут")
    for pane in ("#kanban", "#talk", "#side", "#right"):
        box = await page.locator(pane).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] <= 720


# Kanban -------------------------------------------------------------------------------------------------------------


async def test_a_card_moves_by_keyboard_and_keeps_the_focus(page: Page, site: Portal) -> None:
    await page.focus("#menu-move-2-2")
    await page.keyboard.press("Enter")
    await expect(page.locator(".menu [role=menuitem]:focus")).to_have_text("В работе")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator('[data-stage="C3:WAIT"] #card-2-2')).to_be_focused()
    assert site.crm.items[(2, 2)].stage_id == "C3:WAIT"


async def test_a_drag_can_be_given_up(page: Page, site: Portal) -> None:
    box = await page.locator("#card-2-1").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 40, box["y"] + 60)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 300, box["y"] + 60, steps=3)
    await expect(page.locator(".ghost")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.mouse.up()
    await expect(page.locator(".ghost")).to_have_count(0)
    assert site.crm.items[(2, 1)].stage_id == "C3:NEW"


async def test_what_others_move_is_seen_at_once(page: Page, site: Portal) -> None:
    site.crm.move(site.crm.items[(2, 4)], "C3:WON")
    await expect(page.locator('[data-stage="C3:WON"] #card-2-4')).to_be_visible(timeout=2000)


async def test_the_smart_process_has_a_kanban_of_its_own(page: Page, site: Portal) -> None:
    await page.click(".kanban-tabs .tab >> nth=1")
    await drag(page, "#card-1036-1", "DT1036_5:CLIENT")
    await expect(page.locator('[data-stage="DT1036_5:CLIENT"] #card-1036-1')).to_be_visible()
    assert site.crm.items[(1036, 1)].stage_id == "DT1036_5:CLIENT"


async def test_a_new_client_writes_and_gets_a_card(page: Page, site: Portal) -> None:
    await page.click("#new-inquiry")
    await expect(page.locator('[data-stage="C3:NEW"] .card.is-chosen')).to_contain_text("Новое обращение")
    await expect(page.locator(".message-client")).to_have_count(1)
    await expect(page.locator(".card.is-chosen")).to_be_in_viewport()
    # The face of the operator before must leave nothing behind where nobody has accepted yet.
    await expect(page.locator(".session .person-name")).not_to_have_attribute("style", re.compile("background"))
    assert max(site.openlines.chats.values(), key=lambda chat: chat.id).bindings[2] > 8


# Robots -------------------------------------------------------------------------------------------------------------


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


# Dialogs ------------------------------------------------------------------------------------------------------------


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


# Time, people, trouble ----------------------------------------------------------------------------------------------


async def test_the_clock_jumps_to_the_next_working_morning_and_changes_its_speed(page: Page, site: Portal) -> None:
    await page.click("#clock-morning")
    await expect(page.locator(".clock-time")).to_have_text("09:00")
    assert site.now().isoformat() == "2026-11-25T06:00:00+00:00"
    # Whoever was at work came to work again: a day left open overnight would count as forgotten.
    anna = site.people.users[8]
    async with asyncio.timeout(10):
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


# The application ----------------------------------------------------------------------------------------------------


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


# Settings of the portal -----------------------------------------------------------------------------------------------


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


async def test_tabs_are_walked_with_the_arrows(page: Page, site: Portal) -> None:
    tabs = page.locator(".kanban-tabs [role=tab]")
    await expect(tabs).to_have_text(["Обслуживание", "Сверки", "Лиды"])
    await tabs.first.focus()
    await page.keyboard.press("ArrowRight")
    await expect(tabs.nth(1)).to_be_focused()
    await expect(page.locator("#card-1036-1")).to_be_visible()
    await page.keyboard.press("End")
    await expect(page.locator("#card-1-1")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await expect(tabs.first).to_have_attribute("aria-selected", "true")
    assert await tabs.evaluate_all("all => all.map((one) => one.tabIndex)") == [0, -1, -1]


async def test_the_demo_begins_anew_in_the_other_language(page: Page, site: Portal) -> None:
    await page.click("#menu-break")
    await page.locator(".menu-entry", has_text="Демо на английском").click()
    await expect(page.locator("#card-2-1 .card-title")).to_have_text("Daisy Ltd: Payroll for November")
    await expect(page.locator("#banner")).to_have_text("Demo: data is not kept")
    assert site.lang == "en"
    await expect(in_app(page).locator("#given")).to_contain_text("LANG=en")


async def test_a_crowd_is_folded_and_followed(page: Page, site: Portal) -> None:
    await page.click("#menu-break")
    await page.locator(".menu-entry", has_text="Много данных").click()
    column = page.locator('[data-stage="C3:WORK"]')
    await expect(column.locator(".card")).to_have_count(30, timeout=10_000)
    count = sum(1 for one in site.crm.of_type(2) if one.stage_id == "C3:WORK")
    await expect(column.locator(".stage-count")).to_have_text(str(count))
    await column.get_by_text("ещё").click()
    await expect(column.locator(".card")).to_have_count(count)


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


# What applications ask ------------------------------------------------------------------------------------------------


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


# Pure parts ---------------------------------------------------------------------------------------------------------


async def test_requests_of_frames_are_read(page: Page) -> None:
    raw = {"method": "a:b", "params": {"x": 1}, "callback": "k", "appSid": "s"}
    cases: list[tuple[object, object]] = [
        ("getInitData:k:s", {"command": "getInitData", "params": {}, "key": "k", "sid": "s"}),
        ('setTitle:{"title":"a:b"}:k:s', {"command": "setTitle", "params": {"title": "a:b"}, "key": "k", "sid": "s"}),
        ("setScroll:raw:k:s", {"command": "setScroll", "params": "raw", "key": "k", "sid": "s"}),
        (raw, {"command": "a:b", "params": {"x": 1}, "key": "k", "sid": "s"}),
        ("short:one", None),
        (42, None),
        (None, None),
    ]
    for said, heard in cases:
        script = "async (said) => (await import('/pages/script/protocol.js')).requestOf(said)"
        assert await page.evaluate(script, said) == heard, said


async def test_the_next_working_morning_skips_days_off(page: Page) -> None:
    cases = [
        ("2026-11-24T11:00:00+03:00", "9-18", ["SA", "SU"], "2026-11-25T09:00:00+03:00"),
        ("2026-11-24T08:59:00+03:00", "9-18", ["SA", "SU"], "2026-11-24T09:00:00+03:00"),
        ("2026-11-27T18:30:00+03:00", "9.3-18", ["SA", "SU"], "2026-11-30T09:30:00+03:00"),
        ("2026-11-28T12:00:00-04:30", "24/7", [], "2026-11-30T09:00:00-04:30"),
    ]
    for now, hours, days_off, opening in cases:
        script = "async ([now, line]) => (await import('/pages/script/moments.js')).nextOpening(now, line)"
        assert await page.evaluate(script, [now, {"hours": hours, "daysOff": days_off}]) == opening


async def test_markup_of_messages_becomes_elements(page: Page) -> None:
    script = """async (text) => {
      const { rich } = await import("/pages/script/bbcode.js");
      const { draw } = await import("/pages/script/element.js");
      const host = document.createElement("p");
      draw(host, rich(text));
      return host.innerHTML;
    }"""
    cases = {
        "[B]да[/B] и [I]нет[/I]": '<b class="">да</b> и <i class="">нет</i>',
        "[b]не закрыто": '<b class="">не закрыто</b>',
        "чужое [/b] и [x]": "чужое [/b] и [x]",
        "[url=https://example.com/?a=1&b=2]там[/url]": (
            '<a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">там</a>'
        ),
        "[url]data:text/html,x[/url]": "<span>data:text/html,x</span>",
        "раз[br]два": "раз\nдва",
        "[user=7]Ирина[/user]": '<span class="mention">Ирина</span>',
    }
    for text, drawn in cases.items():
        assert await page.evaluate(script, text) == drawn, text
