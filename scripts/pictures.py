"""Make the pictures of the READMEs: play the demo's first minutes and photograph three pages, in both languages."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from playwright.async_api import async_playwright

TOP = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
#: Deals in the order in which they are moved, and the stages that they are moved to.
MOVES = ((5, "C3:NEW"), (2, "C3:WAIT"), (4, "C3:WORK"), (1, "C3:WORK"))


async def main() -> None:
    (TOP / "docs").mkdir(exist_ok=True)
    for language in ("ru", "en"):
        async with demo(language) as portal:
            await photograph(portal, TOP / "docs", language)


@asynccontextmanager
async def demo(language: str) -> AsyncIterator[str]:
    """A demo on free ports in a folder of its own; its address."""
    program = Path(sys.executable).parent / "dezhurny"
    ports = ["--port", str(_free_port()), "--portal-port", str(_free_port())]
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            program, "demo", "--no-open", "--lang", language, *ports, cwd=folder, stdout=asyncio.subprocess.PIPE
        )
        try:
            assert process.stdout is not None  # it was asked for
            yield re.findall(r"http://\S+", (await process.stdout.readline()).decode())[0]
        finally:
            process.terminate()
            await process.wait()


async def photograph(portal: str, folder: Path, language: str) -> None:
    """The log beside the portal, then one run and the robots as whole pages."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": 1280, "height": 720})
        await page.goto(portal)
        log = page.frame_locator("#app-host iframe")
        await log.get_by_role("heading", level=1).wait_for()
        for deal, stage in MOVES:
            await asyncio.to_thread(_order, portal, "items/move", {"entityTypeId": 2, "id": deal, "stageId": stage})
            await page.wait_for_timeout(2000)
        await page.locator("#card-2-1").click()
        await asyncio.to_thread(_order, portal, "clock", {"advance_seconds": 1140})
        await page.locator("#notices a").first.wait_for()
        await page.wait_for_timeout(7000)
        await page.screenshot(path=folder / f"log.{language}.png")
        # The window is the application's alone: the page in its frame is as wide as in a portal.
        await page.evaluate(
            "Object.assign(document.getElementById('app-host').style,"
            " {position: 'fixed', inset: '0', zIndex: '99', background: 'white'})"
        )
        await log.locator(".row-link").filter(has_text=re.compile("Эскалация|Escalate")).first.click()
        await log.locator(".timeline").wait_for()
        await page.wait_for_timeout(1500)
        await page.screenshot(path=folder / f"run.{language}.png")
        await log.locator("a[href='/ui/robots']").first.click()
        await log.locator("a[href='/ui/robots'][aria-current]").wait_for()
        await page.wait_for_timeout(1500)
        await page.screenshot(path=folder / f"robots.{language}.png")
        await browser.close()


def _order(portal: str, path: str, body: dict[str, object]) -> None:
    request = Request(  # an address of this machine
        f"{portal}/_sandbox/{path}", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=20):  # an address of this machine
        return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
    return port


if __name__ == "__main__":
    asyncio.run(main())
