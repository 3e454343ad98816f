"""A stage for a real browser: our pages on one origin, and on another a page that plays the portal around them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

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
from server.errors import HANDLERS
from server.guard import Guard
from server.intake.form import parse
from server.intake.pages import InstallPages
from server.ui import door_of, mount_static, pages_of, routes
from server.ui.door import Claim
from server.ui.install import install_page
from tests.core.runs.rows import portal, store
from tests.server.ui.people import Bell, KnownPeople, person, services_for, settings_for
from tests.servers import free_port

MEMBER = "a" * 32

#: Opens us in a frame with a form, as portals do, and answers the frame's commands; what was said is in ``said``.
PORTAL = """<!doctype html><meta charset="utf-8"><title>A portal</title>
<style>body {{ margin: 0 }} iframe {{ border: 0; width: 100%; height: 100vh; display: block }}</style>
<iframe name="{frame}"></iframe>
<form method="post" target="{frame}" action="{app}{path}" hidden>
<input name="AUTH_ID" value="tok_A_admin"><input name="member_id" value="{member}">
<input name="PLACEMENT" value="DEFAULT"><input name="PLACEMENT_OPTIONS" value="{{}}"></form>
<script>
window.said = [];
window.knows = true;
addEventListener("message", (event) => {{
  const parts = event.data.split(":");
  said.push(parts[0]);
  const key = parts[parts.length - 2];
  const who = {{ AUTH_ID: "tok_A_admin", MEMBER_ID: "{member}", LANG: "ru" }};
  if (["getInitData", "refreshAuth"].includes(parts[0]))
    event.source.postMessage(key + ":" + JSON.stringify(knows ? who : {{}}), event.origin);
}});
document.forms[0].submit();
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

    async def open(self, path: str = "/b24/app") -> Frame:
        await self.page.goto(f"{self.portal_url}/?path={path}")
        await self.frame.wait_for_load_state("networkidle" if path != "/b24/app" else "load")
        return self.frame

    async def said(self) -> list[str]:
        told: list[str] = await self.page.evaluate("said")
        return told

    async def scrolls_sideways(self) -> bool:
        wide: bool = await self.frame.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        return wide


@asynccontextmanager
async def stage(schema: Path, folder: Path, chromium: str) -> AsyncIterator[Stage]:
    """Open both sides and a browser; what its console complains of is collected."""
    app_port, portal_port = free_port(), free_port()
    app_url, portal_url = f"http://127.0.0.1:{app_port}", f"http://localhost:{portal_port}"
    url = f"sqlite+aiosqlite:///{shutil.copy(schema, folder / 'stage.db')}"
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database(url))
        await store(database, portal("alpha", origin=portal_url, client_endpoint=f"{portal_url}/rest/"))
        await stack.enter_async_context(_serving(_our_side(database, url, app_url, portal_url), app_port))
        await stack.enter_async_context(_serving(_portal_side(app_url, portal_port), portal_port))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        stack.push_async_callback(browser.close)
        page = await browser.new_page(viewport={"width": 1280, "height": 720}, locale="ru-RU")
        troubles: list[str] = []
        page.on("console", lambda said: troubles.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
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
        frame = f"localhost:{port}|0|sid"
        path = request.query_params["path"] + "?LANG=ru"
        return HTMLResponse(PORTAL.format(frame=frame, app=app_url, path=path, member=MEMBER))

    async def icon(request: Request) -> Response:
        return Response(status_code=204)

    return Starlette(routes=[Route("/", page), Route("/favicon.ico", icon)])


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
