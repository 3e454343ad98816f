"""One portal and one window for all tests of its pages, and an application that stands in them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest_asyncio
import uvicorn
from playwright.async_api import ConsoleMessage, Error, Page, async_playwright, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.apps import App, Placement, Registration
from sandbox.main import serve
from sandbox.portal import START_AT, Portal
from sandbox.scenario import reset
from sandbox.switches import Switches
from sandbox.wire import Json
from tests.sandbox.conftest import SCOPE, Receiver

fixture = pytest_asyncio.fixture(loop_scope="package")
package_fixture = pytest_asyncio.fixture(scope="package", loop_scope="package")

WITHIN_MS = 5_000
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


@package_fixture
async def address() -> AsyncIterator[str]:
    async with application() as found:
        yield found


@package_fixture
async def served() -> AsyncIterator[Portal]:
    """A portal on a socket, for all tests of its pages; each begins it anew."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        portal = Portal(speed=0, origin=f"http://localhost:{listening.getsockname()[1]}", client=Receiver().client)
        reset(portal, "demo")
        running = asyncio.create_task(serve(portal=portal, sock=listening))
        yield portal
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@package_fixture
async def window(chromium: str) -> AsyncIterator[Page]:
    """The one window of all tests: opening another costs as much as a test."""
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
    served.start_at = START_AT
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
