"""A stage for a real browser: our pages on one origin, and on another a page that plays the portal around them."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from playwright.async_api import Browser, Frame, Page, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from core.bitrix24.secret import Secret
from core.clock import SystemClock
from core.db import Database
from core.portals.keyring import Keyring
from server.errors import HANDLERS
from server.guard import Guard
from server.intake.form import parse
from server.intake.pages import InstallPages
from server.ui import door_of, mount_static, pages_of, routes
from server.ui.door import Claim
from server.ui.install import install_page
from tests.core.runs.rows import portal, store
from tests.server.ui.people import KEY, Bell, KnownPeople, person, services_for, settings_for
from tests.servers import free_port

MEMBER = "a" * 32

#: Opens us in a frame with a form, as portals do, and answers the frame's commands; what was said is in ``said``.
#: A slider is another frame over the first; ``closeSlider()`` takes it away.
PORTAL = """<!doctype html><meta charset="utf-8"><title>A portal</title>
<style>body {{ margin: 0 }} iframe {{ border: 0; width: 100%; height: 100vh; display: block }}
iframe.slider {{ position: fixed; inset: 0 0 0 120px; width: calc(100% - 120px); background: white }}</style>
<body><script>
window.said = [];
window.knows = true;
function open(options, className) {{
  const frame = document.createElement("iframe");
  frame.name = "{frame}" + (className || "");
  frame.className = className;
  frame.allow = "clipboard-write";
  document.body.append(frame);
  const form = document.createElement("form");
  Object.assign(form, {{ method: "post", target: frame.name, action: "{app}{path}", hidden: true }});
  const placed = {{ PLACEMENT: "DEFAULT", PLACEMENT_OPTIONS: JSON.stringify(options) }};
  for (const [name, value] of Object.entries({{ AUTH_ID: "tok_A_admin", member_id: "{member}", ...placed }}))
    form.append(Object.assign(document.createElement("input"), {{ name, value }}));
  document.body.append(form);
  form.submit();
}}
function closeSlider() {{ document.querySelector("iframe.slider").remove(); }}
addEventListener("message", (event) => {{
  const parts = event.data.split(":");
  const key = parts[parts.length - 2];
  const who = {{ AUTH_ID: "tok_A_admin", MEMBER_ID: "{member}", LANG: "{language}" }};
  said.push(parts[0]);
  if (["getInitData", "refreshAuth"].includes(parts[0]))
    event.source.postMessage(key + ":" + JSON.stringify(knows ? who : {{}}), event.origin);
  if (parts[0] === "openApplication") open(JSON.parse(parts.slice(1, -2).join(":")), "slider");
}});
open({options}, "");
</script>"""


@dataclass
class Stage:
    """A page of the portal with our frame in it, and everything behind."""

    browser: Browser
    page: Page
    database: Database
    app_url: str
    portal_url: str
    troubles: list[str]

    @property
    def frame(self) -> Frame:
        return self.page.frames[1]

    async def open(self, path: str = "/b24/app", *, to: str = "", language: str = "ru") -> Frame:
        """Open the application as the portal does; ``to`` is a page of it, such as ``/timers``."""
        query = urlencode({"path": path, "to": to, "lang": language})
        await self.page.goto(f"{self.portal_url}/?{query}")
        await self.frame.wait_for_load_state("networkidle" if path != "/b24/app" else "load")
        return self.frame

    async def go(self, address: str) -> None:
        """Go to a page of ours from within."""
        await self.frame.locator("#page[data-title]").wait_for(state="attached")
        await self.frame.evaluate(
            "address => htmx.ajax('GET', address, {target: '#page', select: '#page', swap: 'outerHTML', push: 'true'})",
            address,
        )

    async def said(self) -> list[str]:
        told: list[str] = await self.page.evaluate("said")
        return told

    async def scrolls_sideways(self) -> bool:
        wide: bool = await self.frame.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        return wide


@asynccontextmanager
async def browsing(chromium: str) -> AsyncIterator[Browser]:
    """A browser that lets frames of other sites keep nothing, as people's browsers do more and more."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--test-third-party-cookie-phaseout"]
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def stage(schema: Path, folder: Path, browser: Browser) -> AsyncIterator[Stage]:
    """Open both sides and a window; what its console complains of is collected."""
    app_port, portal_port = free_port(), free_port()
    app_url, portal_url = f"http://127.0.0.1:{app_port}", f"http://localhost:{portal_port}"
    url = f"sqlite+aiosqlite:///{shutil.copy(schema, folder / 'stage.db')}"
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database(url))
        data_key = Keyring([KEY]).new_data_key("alpha")
        await store(
            database,
            portal("alpha", origin=portal_url, client_endpoint=f"{portal_url}/rest/", data_key=data_key),
        )
        await stack.enter_async_context(_serving(_our_side(database, url, app_url, portal_url), app_port))
        await stack.enter_async_context(_serving(_portal_side(app_url, portal_port), portal_port))
        context = await browser.new_context(viewport={"width": 1280, "height": 720}, locale="ru-RU")
        stack.push_async_callback(context.close)
        page = await context.new_page()
        troubles: list[str] = []
        page.on("console", lambda said: troubles.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: troubles.append(error.stack or str(error)))
        page.on("dialog", lambda dialog: troubles.append(f"dialog {dialog.message}"))
        yield Stage(browser, page, database, app_url, portal_url, troubles)


def _our_side(database: Database, url: str, app_url: str, portal_url: str) -> ASGIApp:
    anna = replace(
        person("Анна Админ", admin=True), origin=portal_url, client_endpoint=f"{portal_url}/rest/", user_name="Анна"
    )
    settings = settings_for(url, app_url, portals=(portal_url,))
    services = services_for(database, SystemClock(), KnownPeople({"tok_A_admin": anna}), Bell(), settings)
    install = InstallPages(door_of(services), pages_of(services))

    async def installed(request: Request) -> Response:
        form = parse(await request.body())
        entered = await install.door.enter(Claim(Secret(str(form["AUTH_ID"])), MEMBER, "ru"))
        return install_page(install.pages, entered)

    app = Starlette(
        routes=[*routes(services), Route("/b24/install", installed, methods=["POST"]), mount_static()],
        exception_handlers=dict(HANDLERS),
    )
    app.state.services = services
    return Guard(app, app_url)


def _portal_side(app_url: str, port: int) -> ASGIApp:
    async def page(request: Request) -> Response:
        asked = request.query_params
        language = asked.get("lang", "ru")
        html = PORTAL.format(
            frame=f"localhost:{port}|0|sid",
            app=app_url,
            path=f"{asked['path']}?LANG={language}",
            member=MEMBER,
            language=language,
            options=json.dumps({"to": asked["to"]} if asked.get("to") else {}),
        )
        return HTMLResponse(html)

    async def icon(request: Request) -> Response:
        return Response(status_code=204)

    async def rest(request: Request) -> Response:
        """This portal has no REST interface behind it."""
        return Response(status_code=503)

    return Starlette(
        routes=[Route("/", page), Route("/favicon.ico", icon), Route("/rest/{method:path}", rest, methods=["POST"])]
    )


@asynccontextmanager
async def _serving(app: ASGIApp, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = server.force_exit = True
        await task
